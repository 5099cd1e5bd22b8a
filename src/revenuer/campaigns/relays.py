"""Owners that speak for many others, in the open.

A shell company that resells access and keeps the answers looks like any gateway: what it
keeps leaves no trace in the logs. Such owners are named, and nothing is said of them.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.campaigns.population import Population

OPEN_RELAY = "gateway that declares itself"
LARGEST_SHARE = 0.02
"""Share of the owners, the largest by exchanges, among which relays are looked for. placeholder"""
NAMED_AT_MOST = 10
"""Relays that a scan names: a person looks at these by hand."""
VOICES = 20
"""End users or system prompts from which one owner speaks for others. placeholder"""


def open_relays(population: Population) -> NDArray[np.int64]:
    """Large owners with many end users, or with the system prompts of many programs.

    Returns:
        Owners, the largest first.
    """
    owners = (
        population.accounts.group_by("owner")
        .agg(
            pl.col("n_exchanges").sum(),
            # The most of one account: forty colleagues speak each for one.
            pl.col("n_end_users", "n_system_prompts").max(),
            named=(pl.col("gateway_share") * pl.col("n_exchanges")).sum(),
        )
        .sort("n_exchanges", "owner", descending=[True, False])
        .head(max(1, int(np.ceil(LARGEST_SHARE * population.n_owners))))
        .filter(
            (pl.max_horizontal("n_end_users", "n_system_prompts") >= VOICES)
            | (pl.col("named") >= pl.col("n_exchanges") / 2)
        )
    )
    return owners["owner"].head(NAMED_AT_MOST).to_numpy()


def large_owners(population: Population, smallest: int) -> NDArray[np.int64]:
    """Owners that openly run as many accounts as a group has, the largest first."""
    owners = (
        population.accounts.group_by("owner")
        .agg(pl.len(), pl.col("n_exchanges").sum())
        .filter(pl.col("len") >= smallest)
        .sort("n_exchanges", "owner", descending=[True, False])
    )
    return owners["owner"].to_numpy()

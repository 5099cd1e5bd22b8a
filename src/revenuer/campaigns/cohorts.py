"""Kinds of account that are compared with their own kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.detectors.no_ramp.detector import UNSEEN_DAYS, YOUNG_DAYS

CHANNELS = ("api", "app")
"""Channels that are large enough to be compared with themselves; the others are one."""


@dataclass(frozen=True, slots=True)
class Cohorts:
    """Which cohort each account belongs to.

    Attributes:
        names: Such as `new api`.
        of: The cohort of each account, in [0, len(names)). Shape (n_accounts,).
        new: Which cohorts are new sign-ups. Shape (len(names),).
    """

    names: tuple[str, ...]
    of: NDArray[np.int64]
    new: NDArray[np.bool_]


def cohorts_of(accounts: pl.DataFrame) -> Cohorts:
    """Sort accounts by how long they have been there and how they come in.

    A new sign-up has no habits yet and an application sends other requests than a
    program: against everybody, each of them looks out of the ordinary for what it is.

    Args:
        accounts: `created_at`, `first_at` and `channel_seen`, a row an account.
    """
    start = pl.col("first_at").min()
    young = pl.col("created_at") >= start - pl.duration(days=YOUNG_DAYS)
    late = pl.col("first_at") >= start + pl.duration(days=UNSEEN_DAYS)
    channel = pl.col("channel_seen")
    kind = (
        pl.when(channel.is_in(CHANNELS)).then(channel)
        .when(channel.is_null()).then(pl.lit("unknown channel"))
        .otherwise(pl.lit("other channel"))
    )  # fmt: skip
    frame = accounts.select(new=pl.coalesce(young, late), kind=kind).with_columns(
        name=pl.when("new").then(pl.lit("new ")).otherwise(pl.lit("settled ")) + pl.col("kind")
    )
    names = sorted(frame["name"].unique().to_list())
    places = {name: number for number, name in enumerate(names)}
    of = frame["name"].replace_strict(places, return_dtype=pl.Int64).to_numpy()
    return Cohorts(tuple(names), of, np.array([name.startswith("new ") for name in names]))

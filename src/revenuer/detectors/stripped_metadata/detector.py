"""Requests without the marks that ordinary clients leave."""

from __future__ import annotations

import ibis.expr.types as ir
import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.detector import Card, Context, Maturity
from revenuer.detectors.account_columns import median, numbers, quoted
from revenuer.records import Axis

CARD = Card(
    id="stripped-metadata",
    title="Requests stripped of metadata",
    axis=Axis.CONCEALMENT,
    atlas=("AML.T0008.005",),
    source=(
        "CISA, NSA and FBI (2026-09-08), joint advisory AA26-251A: automated "
        "sanitisation of request metadata; transfer stations and aggregators that strip"
        " it."
    ),
    blind_spots=(
        "metadata that is invented rather than left out",
        "populations that hardly leave any",
    ),
    innocent_causes=(
        "privacy-minded clients and gateways",
        "own scripts over a bare HTTP library",
        "an embedded device",
    ),
    runbook=(
        "Look at which field is missing. A gateway that declares itself takes them all "
        "away for all its customers; ask it."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.user_agent",),
)

NAME = "stripped_metadata"
FIELDS = ("user_agent", "session_id", "end_user_id", "tls_fingerprint")
USUAL_FILL = 0.5
"""Share of accounts that fill a field from which leaving it out says something. placeholder"""
FEWEST_PEERS = 20
"""Accounts of a channel from which it is compared with itself alone. placeholder"""


class StrippedMetadata:
    """Requests without the marks that ordinary clients leave."""

    card = CARD

    def aggregates(self, exchanges: ir.Table, context: Context) -> dict[str, ir.Value]:
        """How many exchanges fill each field, and the account's channel."""
        wanted: dict[str, ir.Value] = {f"{NAME}_channel": exchanges.channel.max()}
        for field in FIELDS:
            wanted[f"{NAME}_{field}"] = exchanges[field].nullif("").count()
        return wanted

    def statistic(self, accounts: pl.DataFrame, context: Context) -> NDArray[np.float64]:
        """Add up the shares of unfilled fields, each weighed by how usual filling it is.

        Accounts are compared within their channel where it has enough of them: an
        application fills other fields than an API.

        Returns:
            Nats; 0 for an account that fills what others fill, NaN where the population
            fills nothing. Shape (n,).
        """
        empty = unfilled(accounts)
        values = np.full(accounts.height, np.nan)
        for peers, usual in _channels(accounts):
            filled = (empty[usual] < USUAL_FILL).mean(axis=0)
            n_peers = usual.sum()
            rate = np.minimum(filled, 1 - 1 / (n_peers + 1))
            weights = np.where(filled >= USUAL_FILL, -np.log1p(-rate), 0.0)
            if weights.any():
                values[peers] = empty[peers] @ weights
        return values

    def describe(self, members: pl.DataFrame, others: pl.DataFrame) -> str:
        """Compare the shares of unfilled fields."""
        shares = [
            np.array([median(column) for column in unfilled(part).T]) for part in (members, others)
        ]
        widest = int(np.nan_to_num(shares[0] - shares[1]).argmax())
        name = FIELDS[widest].replace("_", " ")
        return (
            f"The median member leaves the {name} out of {quoted(shares[0][widest], '.0%')} of its "
            f"requests, others out of {quoted(shares[1][widest], '.0%')}."
        )


def unfilled(accounts: pl.DataFrame) -> NDArray[np.float64]:
    """Share of each account's exchanges that leave each field out. Shape (n, n_fields)."""
    total = np.maximum(numbers(accounts, "n_exchanges"), 1.0)
    return np.column_stack([1 - numbers(accounts, f"{NAME}_{field}") / total for field in FIELDS])


def _channels(accounts: pl.DataFrame) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Pairs of masks: accounts of a channel, and those that they are compared with."""
    channel = accounts[f"{NAME}_channel"].cast(pl.String).fill_null("")
    large = channel.value_counts().filter(pl.col("count") >= FEWEST_PEERS)[channel.name].sort()
    masks = [(channel == name).to_numpy() for name in large if name]
    everyone = np.ones(accounts.height, dtype=bool)
    rest = everyone & ~np.logical_or.reduce(masks) if masks else everyone
    pairs = [(mask, mask) for mask in masks]
    return [*pairs, (rest, everyone)] if rest.any() else pairs


DETECTOR = StrippedMetadata()

"""More addresses and networks than the volume explains."""

from __future__ import annotations

import ibis.expr.types as ir
import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.detector import Card, Context, Maturity
from revenuer.detectors.account_columns import median, numbers, quoted
from revenuer.detectors.volume_expectation import excess
from revenuer.records import Axis

CARD = Card(
    id="address-rotation",
    title="Addresses rotated beyond what the volume explains",
    axis=Axis.CONCEALMENT,
    atlas=(
        "AML.T0008.005",
        "AML.T0008",
    ),
    source=(
        "CISA, NSA and FBI (2026-09-08), joint advisory AA26-251A, indicator 3: "
        "accounts used from multiple addresses; Anthropic (2026-09-10), Detecting and "
        "countering misuse of AI: residential proxies."
    ),
    blind_spots=(
        "one address an account",
        "logs that only see a CDN or gateway",
    ),
    innocent_causes=(
        "build jobs on runners that live for minutes",
        "a mobile application that calls with its own key",
        "a traveller, a VPN",
    ),
    runbook=(
        "Look at whose addresses they are. Runners of one cloud are a few networks; "
        "residential lines in many networks for one account have no ordinary reason."
    ),
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.client_ip",),
)

FEWEST_EXCHANGES = 2


class AddressRotation:
    """More addresses and networks than the volume explains."""

    card = CARD

    def aggregates(self, exchanges: ir.Table, context: Context) -> dict[str, ir.Value]:
        """None of its own: the places are counted for everybody."""
        return {}

    def statistic(self, accounts: pl.DataFrame, context: Context) -> NDArray[np.float64]:
        """Compare the spread over addresses with that of accounts of the same volume.

        Returns:
            Logs of times the expected spread: the mean over addresses, blocks and
            networks; NaN with fewer than two known addresses. Shape (n,).
        """
        known = numbers(accounts, "n_located")
        volumes = (np.log1p(known), np.log1p(numbers(accounts, "active_days")))
        return np.where(known >= FEWEST_EXCHANGES, excess(spread(accounts), *volumes), np.nan)

    def describe(self, members: pl.DataFrame, others: pl.DataFrame) -> str:
        """Compare distinct addresses and blocks."""
        parts = [
            f"{quoted(median(numbers(part, 'n_addresses')))} addresses, "
            f"{quoted(median(numbers(part, 'n_blocks')))} blocks, "
            f"{quoted(median(numbers(part, 'active_days')))} active days"
            for part in (members, others)
        ]
        return f"The median member has {parts[0]}; the median other has {parts[1]}."


def spread(accounts: pl.DataFrame) -> NDArray[np.float64]:
    """Mean log of distinct addresses, blocks and, where known, networks. Shape (n,)."""
    counts = [numbers(accounts, f"n_{what}") for what in ("addresses", "blocks", "networks")]
    # A log without network numbers counts none: that is unknown, not zero.
    logs = np.column_stack(
        [np.where(count > 0, np.log(np.maximum(count, 1)), np.nan) for count in counts]
    )
    seen = (~np.isnan(logs)).sum(axis=1)
    return np.where(seen > 0, np.nansum(logs, axis=1) / np.maximum(seen, 1), np.nan)


DETECTOR = AddressRotation()

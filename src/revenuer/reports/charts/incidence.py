"""What ties the accounts: a row for each tie, a column for each account.

A drawing of dots and lines becomes a ball of wool at forty accounts; in a matrix,
accounts that share the same things stand side by side and show as blocks, and a tie that
holds everyone shows as a full row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from revenuer.records import Campaign, Channel, Exhibit, Tie
from revenuer.reports.charts.svg import chart, element, joined, number
from revenuer.reports.wording import count

MOST_COLUMNS = 150
# Cells of a handful of accounts do not stretch over the whole width.
LEAST_COLUMNS = 40
MOST_TIES = 24
GAP = 0.14
SHADES = 4


@dataclass(frozen=True, slots=True)
class Row:
    """One tie in the picture."""

    tie: Tie
    strip: Markup


@dataclass(frozen=True, slots=True)
class Incidence:
    """The picture: rows by channel, and what it leaves out.

    Attributes:
        accounts: Accounts in the picture.
        columns: Columns that they share; fewer than accounts where a column is many.
        channels: Rows of each channel, strongest tie first.
        undrawn: Weaker ties that are not drawn.
    """

    accounts: int
    columns: int
    channels: tuple[tuple[Channel, tuple[Row, ...]], ...]
    undrawn: int


def draw_incidence(campaign: Campaign, exhibit: Exhibit) -> Incidence:
    """Draw the strongest ties over all members of the campaign."""
    ties = exhibit.ties[:MOST_TIES]
    shares = _shares(campaign.account_ids, ties)
    channels = list(dict.fromkeys(tie.channel for tie in ties))
    rows = [Row(tie, _strip(tie, shares[place])) for place, tie in enumerate(ties)]
    return Incidence(
        accounts=len(campaign.account_ids),
        columns=shares.shape[1],
        channels=tuple((c, tuple(r for r in rows if r.tie.channel == c)) for c in channels),
        undrawn=len(exhibit.ties) - len(ties),
    )


def _shares(account_ids: Sequence[str], ties: Sequence[Tie]) -> NDArray[np.float64]:
    """Share of each column's accounts that have each tie. Shape (n_ties, n_columns)."""
    place = {account: column for column, account in enumerate(account_ids)}
    holds = np.zeros((len(ties), len(account_ids)))
    for row, tie in enumerate(ties):
        holds[row, [place[account] for account in tie.account_ids if account in place]] = 1.0
    # lexsort takes its first key last: the strongest tie splits the columns first.
    ordered = holds[:, np.lexsort(-holds[::-1])] if len(ties) else holds
    return _binned(ordered)


def _binned(holds: NDArray[np.float64]) -> NDArray[np.float64]:
    accounts = holds.shape[1]
    columns = min(accounts, MOST_COLUMNS)
    edges = np.linspace(0, accounts, columns + 1).astype(np.int64)
    if columns == 0:
        return holds
    return np.add.reduceat(holds, edges[:-1], axis=1) / np.diff(edges)


def _strip(tie: Tie, shares: NDArray[np.float64]) -> Markup:
    shade = np.ceil(shares * SHADES).astype(np.int64)
    title = f"{count(len(tie.account_ids))} accounts of the campaign, {count(tie.others)} others"
    cells = (
        element("path", class_=f"shade-{level}", d=_cells(np.flatnonzero(shade == level)))
        for level in range(1, SHADES + 1)
        if (shade == level).any()
    )
    return chart(
        element("title", title),
        element(
            "svg",
            element("rect", class_="empty", width=shares.size, height=1),
            joined(cells),
            viewBox=f"0 0 {max(shares.size, LEAST_COLUMNS)} 1",
            preserveAspectRatio="none",
            width="100%",
            height="100%",
        ),
        height=15,
        label=f"{tie.label}: {title}",
        class_="strip",
    )


def _cells(columns: NDArray[np.int64]) -> str:
    width = number(1 - GAP)
    return "".join(f"M{number(column + GAP / 2)} 0h{width}v1h-{width}z" for column in columns)

"""The neighbourhood of some accounts."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from revenuer.app.pivot import Pivot
from revenuer.reports.wording import counted, visible

SHOWN_TOKENS = 20
SHOWN_NEIGHBOURS = 40


def print_pivot(pivot: Pivot, console: Console) -> None:
    """Print what the starts share, then who shares it, nearest first."""
    starts = counted(len(pivot.starts), "account")
    console.print(Text(f"{starts} to start from, {pivot.neighbours_in_all:,} share something."))
    if pivot.tokens:
        console.print()
        console.print(_tokens(pivot))
    if pivot.neighbours:
        console.print()
        console.print(_neighbours(pivot))


def _tokens(pivot: Pivot) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("shared", overflow="fold")
    table.add_column("holders", justify="right")
    table.add_column("of the starts", justify="right")
    for token in pivot.tokens[:SHOWN_TOKENS]:
        cells = (token.label, f"{token.holders:,}", f"{token.starts:,}")
        table.add_row(*(Text(cell) for cell in cells))
    _more(table, len(pivot.tokens) - SHOWN_TOKENS)
    return table


def _neighbours(pivot: Pivot) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("neighbour", overflow="fold")
    table.add_column("rarity", justify="right")
    table.add_column("shares", overflow="fold")
    for each in pivot.neighbours[:SHOWN_NEIGHBOURS]:
        cells = (visible(each.account_id), f"{each.weight:.2f}", ", ".join(each.kinds))
        table.add_row(*(Text(cell) for cell in cells))
    _more(table, pivot.neighbours_in_all - SHOWN_NEIGHBOURS)
    return table


def _more(table: Table, left: int) -> None:
    if left > 0:
        table.add_row(f"and {left:,} more")

"""The list of detectors."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from revenuer.detector import Card


def print_detectors(cards: Sequence[Card], console: Console) -> None:
    """Print one line a detector, by axis and id."""
    table = Table(box=None, pad_edge=False)
    for name in ("detector", "axis", "maturity", "looks for"):
        table.add_column(name, overflow="fold")
    for card in sorted(cards, key=lambda each: (each.axis, each.id)):
        table.add_row(card.id, card.axis.value, card.maturity.value, card.title)
    console.print(table)

"""Countermeasures as a list, and the card of each."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from revenuer.countermeasures import Card


def print_countermeasures(cards: Sequence[Card], console: Console) -> None:
    """Print one line a countermeasure."""
    table = Table(box=None, pad_edge=False)
    for name in ("countermeasure", "acts on", "lossless", "what it does"):
        table.add_column(name, overflow="fold")
    for card in cards:
        lossless = "yes" if card.lossless else "no"
        table.add_row(card.id, card.acts_on.value, lossless, card.title)
    console.print(table)


def card_text(card: Card) -> str:
    """A card in Markdown, from its title on: what docs/countermeasures.md and `show` have."""
    lossless = (
        "Each answer is distributed as without it."
        if card.lossless
        else "Answers are distributed otherwise than without it."
    )
    breaks = "\n".join(f"- {each}" for each in card.known_breaks)
    return (
        f"{card.title[:1].upper()}{card.title[1:]}\n\n"
        f"`{card.id}`, version {card.version}. Acts on **{card.acts_on.value}**. {lossless}\n\n"
        f"**For customers.** {card.changes_for_customers}\n\n"
        f"**Cost.** {card.cost}\n\n"
        f"**Known breaks.**\n\n{breaks}\n\n"
        f"**Source.** {card.source}\n"
    )

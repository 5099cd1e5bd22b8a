"""The page of docs/ that is made from the cards of countermeasures."""

from __future__ import annotations

from revenuer.cli.show.countermeasures import card_text
from revenuer.countermeasures import CARDS, Card

OPENING = """# Countermeasures

What an account's answers may be turned into, so that a student learns less from them. **All are
off.** A person decides about one campaign, with a plan, an approver and an end, and the [audit
log](audit.md) says who, why and until when; how is in
[enforcement.md](enforcement.md#countermeasures), and what carries them out in
[gateway.md](gateway.md#countermeasures). `revenuer countermeasures list` and `show` print this
page.

Nothing here falsifies an answer. What acts on text acts on the reasoning that is shown, never on
the answer beside it, which stays byte for byte what the model wrote, streamed or not. None of
them stops a student that adapts: read what breaks each before you switch it on.

*Lossless*: each answer that an account gets is distributed as without it.
"""


def countermeasures_page() -> str:
    """Return every card, after a table of all of them."""
    lines = [
        OPENING,
        "| countermeasure | acts on | lossless | what it does |",
        "|---|---|---|---|",
        *(_row(card) for card in CARDS),
    ]
    cards = (f"## {card_text(card)}" for card in CARDS)
    return "\n".join(lines) + "\n\n" + "\n".join(cards)


def _row(card: Card) -> str:
    anchor = f"[{card.id}](#{_anchor(card.title)})"
    lossless = "yes" if card.lossless else "no"
    return f"| {anchor} | {card.acts_on.value} | {lossless} | {card.title} |"


def _anchor(title: str) -> str:
    """A heading's anchor, as Markdown viewers make it."""
    kept = (letter for letter in title.lower() if letter.isalnum() or letter in " -")
    return "".join(kept).replace(" ", "-")

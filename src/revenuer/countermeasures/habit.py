"""A habit of form, induced by the system prompt, that students take over with the answers."""

from __future__ import annotations

from typing import Any

from revenuer.countermeasures.card import ActsOn, Card
from revenuer.countermeasures.prompts import told_beside
from revenuer.countermeasures.wire import Wire

CARD = Card(
    id="habit",
    title="a habit of form that students take over",
    acts_on=ActsOn.PROMPT,
    changes_for_customers=(
        "Their answers have a habit that they did not ask for, by default a closing sentence that "
        "restates the question: a few tokens more, which they pay for, and which a program that "
        "reads answers strictly may stumble over. The model is asked to keep it out of code and "
        "of formats that were asked for; nothing makes sure that it does."
    ),
    cost="The added words in each prompt, and those of the habit in each answer.",
    known_breaks=(
        "Filtering: who compares the answers of two accounts sees the habit and cuts it off.",
        "Paraphrase leaves 21 to 112 % of it, by family of the student (arXiv 2605.16462).",
        "Customers may ask for the same form themselves, and models of others may have it: it is "
        "evidence only beside a measured rate among students of other teachers.",
    ),
    source="Asking Back (2026), arXiv 2605.16462: the habit transferred to 45 to 89 % of turns",
    lossless=False,
)
DEFAULT = (
    "Close each answer in prose with one short sentence that restates what was asked. Leave that "
    "sentence out of code, of quoted text and of any format that the user or an earlier "
    "instruction asks for."
)


def amend(body: dict[str, Any], wire: Wire, *, said: str = DEFAULT) -> dict[str, Any]:
    """A request whose model is told to have the habit.

    Args:
        body: The request, decoded.
        wire: How it is written; Completions has no place for it.
        said: What the model is told.
    """
    return told_beside(body, wire, said)

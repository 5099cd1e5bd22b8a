"""Of reasoning only some conclusions are shown, word for word."""

from __future__ import annotations

from revenuer.countermeasures.card import ActsOn, Card
from revenuer.countermeasures.sentences import concludes, sentences_of

CARD = Card(
    id="reasoning-summarised",
    title="of reasoning only some conclusions are shown",
    acts_on=ActsOn.TEXT,
    changes_for_customers=(
        "Instead of the reasoning they see an extract that says it is one: every k-th sentence "
        "that concludes something, the last one always, in the model's own words and nothing "
        "added. They see where an answer comes from, not each step. Signed thinking is shown "
        "without text, since no extract fits its signature. Answers are as without it."
    ),
    cost="None; no model is asked. Reasoning is held until the answer begins.",
    known_breaks=(
        "Summaries still teach: students reach 52 to 55 % of GSM8K from the summarised traces of "
        "frontier models, against 3 % from answers alone (reading notes, not checked by us).",
        "Inversion: a second model fills in the steps between conclusions (arXiv 2603.07267).",
        "It knows conclusions by English words and by equations; reasoning in other languages "
        "keeps every k-th sentence of any kind.",
    ),
    source="Practice of several providers since 2024, which have a model write the summary",
    lossless=True,
)
HEADING = "Extract of the reasoning: "
"""So that nobody takes it for the whole."""


def rewrite(reasoning: str, *, every: int = 3) -> str:
    """Every k-th conclusion of some reasoning, counted from its last one.

    Args:
        reasoning: As the model wrote it.
        every: 1 keeps all conclusions.

    Returns:
        The extract under its heading; nothing where there is no sentence.

    Examples:
        >>> rewrite("Add both. So 4. Double it. So 8. Halve it. So 4 again.", every=2)
        'Extract of the reasoning: So 4. So 4 again.'
    """
    sentences = sentences_of(reasoning)
    found = [each for each in sentences if concludes(each)] or sentences
    kept = found[::-1][::every][::-1]
    return HEADING + " ".join(kept) if kept else ""

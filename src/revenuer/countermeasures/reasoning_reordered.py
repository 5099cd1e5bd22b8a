"""Conclusions are shown before what they follow from, and self-talk is left out."""

from __future__ import annotations

from revenuer.countermeasures.card import ActsOn, Card
from revenuer.countermeasures.sentences import concludes, is_self_talk, sentences_of

CARD = Card(
    id="reasoning-reordered",
    title="conclusions are shown before what they follow from",
    acts_on=ActsOn.TEXT,
    changes_for_customers=(
        "The reasoning that they see has each conclusion before its derivation and no asides, in "
        "the model's own words: as full as before and harder to follow. Signed thinking is shown "
        "without text, since no other order fits its signature. Answers are as without it."
    ),
    cost="None; no model is asked. Reasoning is held until the answer begins.",
    known_breaks=(
        "A student who knows of it puts each conclusion back behind its derivation.",
        "Ding et al. report 54.2 -> 46.9 on AIME24 for a 32B student, with a model as the "
        "rewriter and no student that adapts; this one is a rule, and does less.",
        "It needs reasoning that concludes in English words or equations.",
    ),
    source="Ding et al. (2025), arXiv 2510.11545, without the model that rewrites",
    lossless=True,
)


def rewrite(reasoning: str) -> str:
    r"""Reasoning with each conclusion before what led to it.

    Args:
        reasoning: As the model wrote it.

    Examples:
        >>> rewrite("Hmm. Take 2 and 2. So it is 4. Double that. Thus 8. Done.")
        'So it is 4. Take 2 and 2.\nThus 8. Double that.\nDone.'
    """
    steps: list[str] = []
    derivation: list[str] = []
    for sentence in sentences_of(reasoning):
        if concludes(sentence):
            steps.append(" ".join([sentence, *derivation]))
            derivation = []
        elif not is_self_talk(sentence):
            derivation.append(sentence)
    if derivation:
        steps.append(" ".join(derivation))
    return "\n".join(steps)

"""Reasoning is not shown: the answer alone."""

from __future__ import annotations

from typing import Any

from revenuer.countermeasures.card import ActsOn, Card
from revenuer.countermeasures.wire import Wire

CARD = Card(
    id="reasoning-withheld",
    title="reasoning is not shown",
    acts_on=ActsOn.TEXT,
    changes_for_customers=(
        "They see answers without the reasoning that led to them, as from a model that hides it: "
        "they cannot check it, debug a prompt by it, or show it to their own users. Answers, tool "
        "calls and signed blocks that agents send back are as without it."
    ),
    cost="None; the model reasons as before and is paid as before.",
    known_breaks=(
        "Inversion: a second model makes up reasoning from question and answer, which taught a "
        "7B student most of what real traces teach (arXiv 2603.07267).",
        "Asking for it: a prompt that has the model repeat its reasoning in the answer, where it "
        "stays (arXiv 2606.00642).",
        "It costs a student of mathematics half of its gain and a student of code nothing: where "
        "answers are long themselves, they are what teaches.",
        "A server that leaves its reasoning in the answer, between <think> tags say: the answer "
        "is not touched.",
    ),
    source=(
        "DistillGuard (MATH-500 of the student 67.8 -> 31.4 without traces, code unchanged); "
        "practice of several providers since 2024"
    ),
    lossless=True,
)


def amend(body: dict[str, Any], wire: Wire) -> dict[str, Any]:
    """A request that asks for no reasoning to be shown, where its protocol has a word for it.

    Chat Completions has none that all servers take; what is shown there is taken out of answers.
    """
    if wire is Wire.RESPONSES and isinstance(asked := body.get("reasoning"), dict):
        kept = {key: asked[key] for key in asked if key not in ("summary", "generate_summary")}
        return body if kept == asked else {**body, "reasoning": kept}
    if wire is Wire.MESSAGES and isinstance(asked := body.get("thinking"), dict):
        if asked.get("type") == "disabled" or asked.get("display") == "omitted":
            return body
        return {**body, "thinking": {**asked, "display": "omitted"}}
    return body

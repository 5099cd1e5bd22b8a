"""Prompts that ask for the working, as pupils do, but all of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from revenuer.detector import Card, Maturity
from revenuer.features.concepts import weigh
from revenuer.features.prompts import Prompts
from revenuer.records import Axis, Method

CARD = Card(
    id="working-asked",
    title="Working asked for again and again",
    axis=Axis.EXTRACTION,
    atlas=("AML.T0024.002", "AML.T0065"),
    source="Anthropic, 'Detecting and preventing distillation attacks', 2026-02-23: prompts that "
    "make the model spell out its reasoning step by step, at scale. Own sweep "
    "(docs/adaptive.md): a paraphraser turns demands for hidden reasoning into requests to show "
    "the working, which are innocent one by one.",
    blind_spots=(
        "harvests of answers alone",
        "models that show their working unasked",
        "requests diluted with many others",
        "languages other than the eleven of the lexicon",
    ),
    innocent_causes=(
        "pupils and their teachers",
        "applications whose instructions say 'think step by step'",
        "evaluations of reasoning",
        "explainability duties",
    ),
    runbook="One such prompt says nothing. Look at the share of the account's prompts that ask, "
    "and whether one subject or one person stands behind the questions.",
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.prompt",),
)

# How many words apart two mentions may start and still belong together. placeholder
SENTENCE = 14


class WorkingAsked:
    card = CARD
    method: Method | None = None
    phrase = "ask for the working beside the result"

    def score(self, prompts: Prompts) -> NDArray[np.float64]:
        """How surely each prompt wants to see how the result comes about."""
        c = prompts.concepts
        told = c.near("workings", "disclose", reach=SENTENCE)
        sure = weigh(
            (c.has("workings"), 0.4),
            (told, 0.5),
            (c.near("workings", ("at-length", "before-answer"), reach=SENTENCE), 0.4),
        )
        return prompts.scored(CARD.id, np.where(c.has("thinking-as-topic"), 0.4, 1.0) * sure)


DETECTOR = WorkingAsked()

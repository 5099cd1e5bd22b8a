"""Prompts that hand over reasoning to be criticised, repaired, shortened or filtered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from revenuer.detector import Card, Maturity
from revenuer.features.concepts import Concepts, weigh
from revenuer.features.prompts import Prompts
from revenuer.records import Axis, Method

CARD = Card(
    id="trace-cleaning",
    title="Reasoning traces cleaned",
    axis=Axis.EXTRACTION,
    atlas=("AML.T0024.002",),
    source="Anthropic, 'Detecting and countering misuse of AI', September 2026: 770,609 exchanges "
    "that fed traces back to be cleaned; Frontier Model Forum, 'Adversarial Distillation', "
    "2026-02-23: chain-of-thought critiquing.",
    blind_spots=(
        "traces handed over without a word of what they are",
        "cleaning by another model or by rules",
    ),
    innocent_causes=(
        "tutors and students who check a worked solution",
        "developers who debug the transcript of their own agent",
        "research on reasoning errors",
    ),
    runbook="Compare the handed-over traces with answers that the provider gave before: a match "
    "with other accounts' answers shows the pipeline. Without one, ask what the traces are for.",
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.prompt",),
)

# How many words apart two mentions may start and still belong together. placeholder
SENTENCE = 14
PARAGRAPH = 40


class TraceCleaning:
    card = CARD
    method: Method | None = Method.COT_CRITIQUING
    phrase = "hand over a reasoning trace to be cleaned"

    def score(self, prompts: Prompts) -> NDArray[np.float64]:
        """How surely each prompt has a reasoning trace worked over."""
        return prompts.scored(CARD.id, read(prompts.concepts))


def read(concepts: Concepts) -> NDArray[np.float64]:
    """The readings of a population, combined; shape (n,)."""
    c = concepts
    repairs = c.near("repair", "trace", reach=SENTENCE)
    faulty = c.near("faulty-step", ("trace", "repair"), reach=PARAGRAPH)
    blamed = c.near("faulty-step", "trace", reach=SENTENCE)
    keeps = c.near("keep-answer", ("trace", "repair"), reach=PARAGRAPH)
    training = c.near(("training", "reward"), "trace", reach=PARAGRAPH)
    scores = weigh(
        (repairs, 0.35),
        (repairs & faulty, 0.4),
        (repairs & keeps, 0.45),
        (repairs & training, 0.4),
        (blamed, 0.35),
        (blamed & repairs, 0.3),
        (keeps & faulty, 0.45),
        (c.near("wrong-step", "repair", reach=SENTENCE), 0.5),
    )
    return np.where(c.has("human-graded"), 0.4, 1.0) * scores


DETECTOR = TraceCleaning()

"""Prompts that have sensitive questions recast into permitted ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from revenuer.detector import Card, Maturity
from revenuer.features.concepts import Concepts, weigh
from revenuer.features.prompts import Prompts
from revenuer.records import Axis, Method

CARD = Card(
    id="sensitive-rewriting",
    title="Sensitive questions recast",
    axis=Axis.EXTRACTION,
    atlas=("AML.T0024.002",),
    source="Anthropic, 'Detecting and preventing distillation attacks', 2026-02-23: "
    "censorship-safe alternatives to policy-sensitive queries.",
    blind_spots=(
        "sensitive questions sent bare, to harvest the refusal or the answer",
        "subjects that the lexicon does not call sensitive",
    ),
    innocent_causes=(
        "moderation teams and safety-policy writers",
        "journalists and diplomats in search of neutral words",
        "guardrails that rephrase what users of a product ask",
    ),
    runbook="Look at how many distinct questions were recast and whether one operator's product "
    "could have received them. The subject says nothing about who asks: do not read a "
    "nationality into it.",
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.prompt",),
)

# How many words apart two mentions may start and still belong together. placeholder
CLAUSE = 6
SENTENCE = 16
PARAGRAPH = 40


class SensitiveRewriting:
    card = CARD
    method: Method | None = Method.SYNTHETIC_DATA
    phrase = "have sensitive questions recast as permitted ones"

    def score(self, prompts: Prompts) -> NDArray[np.float64]:
        """How surely each prompt has a sensitive question recast."""
        return prompts.scored(CARD.id, read(prompts.concepts))


def read(concepts: Concepts) -> NDArray[np.float64]:
    """The readings of a population, combined; shape (n,)."""
    c = concepts
    asked = c.near("recast", "asking", reach=SENTENCE)
    sensitive = c.near("recast", "sensitive", reach=PARAGRAPH)
    permitted = c.near("recast", "permitted", reach=PARAGRAPH)
    about = c.near("sensitive", "asking", reach=SENTENCE)
    ruled = c.near(("recast", "sensitive"), "content-rules", reach=PARAGRAPH)
    answers = c.joined("permitted", "answer-word", reach=CLAUSE, name="permitted-answer")
    replaced = answers.near("recast", "permitted-answer", reach=CLAUSE)
    scores = weigh(
        (asked & sensitive & permitted, 0.6),
        (sensitive & permitted & about, 0.4),
        (asked & c.near("permitted", "asking", reach=5), 0.45),
        (asked & sensitive, 0.35),
        (sensitive & permitted, 0.25),
        (replaced, 0.4),
        (replaced & (sensitive | ruled), 0.3),
        (asked & ruled, 0.45),
        (ruled & about, 0.35),
        (sensitive & c.near("permitted", "answer-word", reach=5), 0.35),
    )
    return np.where(c.has("ordinary-writing"), 0.5, 1.0) * scores


DETECTOR = SensitiveRewriting()

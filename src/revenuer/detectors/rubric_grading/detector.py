"""Prompts that use a model as a grader or as a reward model."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from revenuer.detector import Card, Maturity
from revenuer.features.concepts import Concepts, weigh
from revenuer.features.prompts import Prompts
from revenuer.records import Axis, Method

CARD = Card(
    id="rubric-grading",
    title="Answers graded by rubric",
    axis=Axis.EXTRACTION,
    atlas=("AML.T0024.002",),
    source="Anthropic, 'Detecting and preventing distillation attacks', 2026-02-23: rubric-based "
    "grading that made the model a reward model; Frontier Model Forum, 'Adversarial "
    "Distillation', 2026-02-23: chain-of-thought autograding.",
    blind_spots=(
        "graders whose rubric stands in an earlier turn",
        "plain questions whose answers are compared outside",
        "preferences asked for without any word of judging",
    ),
    innocent_causes=(
        "evaluation of one's own product with a model as judge: very common",
        "academic benchmarks with a judge, nightly regression suites",
        "teachers, recruiters and buyers with scoring sheets, as far as their words differ",
    ),
    runbook="Evaluation is the usual cause. Look at volume against what an evaluation needs, at "
    "whether the graded answers are the operator's own product, and at whether the accounts "
    "say who they are.",
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.prompt",),
)

# How many words apart two mentions may start and still belong together. placeholder
SENTENCE = 14
PARAGRAPH = 40


class RubricGrading:
    card = CARD
    method: Method | None = Method.COT_AUTOGRADING
    phrase = "have an answer graded or two answers compared"

    def score(self, prompts: Prompts) -> NDArray[np.float64]:
        """How surely each prompt has a model's answer graded."""
        return prompts.scored(CARD.id, read(prompts.concepts))


def read(concepts: Concepts) -> NDArray[np.float64]:
    """The readings of a population, combined; shape (n,)."""
    c = concepts
    grades = c.near("grade", ("model-answer", "trace"), reach=SENTENCE)
    grades_answer = grades | c.near("grade", "answer-word", reach=SENTENCE)
    rubric = c.near("grade", "rubric", reach=PARAGRAPH)
    terse = c.near(("grade", "pairwise", "reward"), "score-only", reach=PARAGRAPH)
    pair = c.has("pairwise")
    role = c.has("judge-role")
    reward = c.has("reward")
    scores = weigh(
        (grades, 0.2),
        (grades_answer & rubric, 0.35),
        (grades & rubric, 0.35),
        (grades_answer & terse, 0.4),
        (grades & terse, 0.4),
        (rubric & terse, 0.5),
        (role, 0.2),
        (role & (rubric | terse | pair), 0.4),
        (role & grades_answer, 0.4),
        (pair & c.has(("model-answer", "answer-word")), 0.4),
        (pair & terse, 0.45),
        (pair & grades_answer, 0.25),
        (reward & (grades_answer | terse | pair | role), 0.6),
        (reward & c.has(("model-answer", "trace")), 0.3),
    )
    return np.where(c.has("human-graded") & ~reward, 0.4, 1.0) * scores


DETECTOR = RubricGrading()

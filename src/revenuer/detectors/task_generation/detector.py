"""Prompts that have tasks invented whose answers a program can check."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from revenuer.detector import Card, Maturity
from revenuer.features.concepts import Concepts, weigh
from revenuer.features.prompts import Prompts
from revenuer.records import Axis, Method

CARD = Card(
    id="task-generation",
    title="Tasks invented for reinforcement learning",
    axis=Axis.EXTRACTION,
    atlas=("AML.T0024.002",),
    source="Anthropic, 'Detecting and preventing distillation attacks', 2026-02-23: tens of "
    "thousands of unique tasks for reinforcement learning; Frontier Model Forum, 'Adversarial "
    "Distillation', 2026-02-23: prompt generation for RL.",
    blind_spots=(
        "tasks asked for one by one in everyday words",
        "environments built by a coding agent over many turns",
    ),
    innocent_causes=(
        "teachers, examiners and interviewers who need questions",
        "builders of public benchmarks and puzzle books",
        "testers who need scenarios for their own software",
    ),
    runbook="Count how many tasks were made and whether anyone could use that many by hand. "
    "Hidden tests, reward rules and wanted failure rates point to training.",
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.prompt",),
)

# How many words apart two mentions may start and still belong together. placeholder
CLAUSE = 12
PARAGRAPH = 40


class TaskGeneration:
    card = CARD
    method: Method | None = Method.RL_PROMPT_GENERATION
    phrase = "have new tasks with checkable answers invented"

    def score(self, prompts: Prompts) -> NDArray[np.float64]:
        """How surely each prompt has checkable tasks invented."""
        return prompts.scored(CARD.id, read(prompts.concepts))


def read(concepts: Concepts) -> NDArray[np.float64]:
    """The readings of a population, combined; shape (n,)."""
    c = concepts.joined("task", "make", reach=CLAUSE, name="made-task")
    c = c.joined("made-task", "novel", reach=CLAUSE, name="new-task")
    makes = c.has("made-task")
    new = c.has("new-task")
    checked = c.near("made-task", "verifiable", reach=PARAGRAPH)
    hard = c.near("made-task", "difficulty", reach=PARAGRAPH)
    many = c.near("made-task", "many", reach=CLAUSE)
    trains = c.near("made-task", "rl", reach=PARAGRAPH)
    scores = weigh(
        (checked, 0.25),
        (checked & (c.count("verifiable") >= 2), 0.35),
        (new & checked, 0.55),
        (checked & hard, 0.4),
        (checked & many, 0.35),
        (new & hard, 0.45),
        (new & many, 0.25),
        (many & hard, 0.25),
        (new & many & c.has("diverse"), 0.25),
        (new & c.has("seeds"), 0.35),
        (makes & trains, 0.45),
        (trains & checked, 0.45),
        (trains & new, 0.35),
    )
    return np.where(c.has("classroom") & ~c.has("rl"), 0.4, 1.0) * scores


DETECTOR = TaskGeneration()

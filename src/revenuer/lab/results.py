"""What a distillation came to: the nouns of `results.json`."""

from __future__ import annotations

from dataclasses import dataclass

from revenuer.lab.safeguards import Safeguards
from revenuer.stats.exact_rate import Rate

SCHEMA = "revenuer/lab/1"


@dataclass(frozen=True, slots=True)
class Measured:
    """What one model is worth on the held-out prompts.

    Attributes:
        accuracy: Final answers that are right; None without a grader.
        nats_per_token: How badly it predicts the teacher's held-out answers; None for a teacher.
        answer_tokens: Mean length of its replies; None where it was not asked.
        safeguards: What it refuses; None where nothing was asked.
    """

    accuracy: Rate | None
    nats_per_token: float | None
    answer_tokens: float | None
    safeguards: Safeguards | None


@dataclass(frozen=True, slots=True)
class Student:
    """One student.

    Attributes:
        seed: Of its training.
        measured: After it.
        steps: Of the optimiser.
        losses: (step, loss).
        folder: Where the model is, below the run's own folder.
    """

    seed: int
    measured: Measured
    steps: int
    losses: tuple[tuple[int, float], ...]
    folder: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What a run took.

    Attributes:
        cpu_s: Processor seconds by stage, of all runs on this folder together.
        input_tokens: That the teacher was asked.
        output_tokens: That the teacher wrote.
        money: Of both, at the config's prices.
        currency: Of `money`.
    """

    cpu_s: dict[str, float]
    input_tokens: int
    output_tokens: int
    money: float
    currency: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What became of the answers to the prompts that are learned from.

    Attributes:
        asked: Prompts.
        kept: Answers that are learned.
        empty: Left out: nothing was said.
        wrong: Left out: the final answer is not the right one.
        endless: Left out: the reasoning never ended, and was to be hidden.
        too_long: Left out: longer than `training.most_tokens`.
        cut_off: Kept, but cut off at `teacher.most_tokens`, so that no end is learned.
    """

    asked: int
    kept: int
    empty: int
    wrong: int
    endless: int
    too_long: int
    cut_off: int


@dataclass(frozen=True, slots=True)
class Results:
    """What a run came to.

    Attributes:
        schema: Of this file.
        teacher: Who was learned from.
        student: Who learned.
        method: Level and divergence, as words.
        held_out: Prompts that it was measured on.
        filters: What became of the answers.
        of_teacher: What the teacher is worth.
        before: What the student was worth before.
        students: What it is worth after, one a seed.
        cost: What it took.
    """

    schema: str
    teacher: str
    student: str
    method: str
    held_out: int
    filters: Filters
    of_teacher: Measured
    before: Measured
    students: tuple[Student, ...]
    cost: Cost

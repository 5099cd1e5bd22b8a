"""The grid: every arm against the students that have an answer to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from revenuer.lab.embedded import taught
from revenuer.lab.embedded.arms import ARMS, Arm, harvested
from revenuer.lab.embedded.inversion import inverted
from revenuer.lab.embedded.students import ADAPTED, Harvest
from revenuer.lab.embedded.world import World

PROMPTS = 1000
"""Queries of a student that asks once."""
TIMES = 4
"""How much more often the ones that ask again do."""

ANSWERS = {
    "text": ("four-times", "inverted"),
    "tokens": ("consistent", "reweighed", "re-queried"),
    "parameters": ("de-duplicated", "four-times"),
    "clean": ("four-times",),
    "comparison": ("consistent",),
}
"""What an adaptive student tries against each kind. Students of marks are trained by `power`."""
FURTHER = {"reasoning-reordered": ("put-in-order",), "trace-rewritten": ("paraphrased",)}


@dataclass(frozen=True, slots=True)
class Cell:
    """One arm and one student.

    Attributes:
        arm: How the API answers.
        student: What the student does; a name.
    """

    arm: Arm
    student: str


def cells(arms: Sequence[Arm] = ARMS) -> list[Cell]:
    """Pair every arm with its students, the passive one first."""
    return [
        Cell(arm, student)
        for arm in arms
        if arm.kind in ANSWERS
        for student in ("passive", *ANSWERS[arm.kind], *FURTHER.get(arm.name, ()))
    ]


def measured(world: World, cell: Cell, *, count: int = PROMPTS) -> dict[str, Any]:
    """Train a student a seed in a cell and grade them.

    Returns:
        Queries, rows kept of them a seed, and what `taught.marks` says.
    """
    harvests = [_harvest(world, cell, seed, count) for seed in world.seeds]
    if cell.student == "inverted":
        harvests = inverted(world, cell.arm, harvests)
    students = taught.taught(world, harvests, reweighed=cell.student == "reweighed")
    return {
        "queries": max(one.queries for one in harvests),
        "kept": [len(one.lessons) for one in harvests],
        **asdict(taught.marks(world, students)),
    }


def _harvest(world: World, cell: Cell, seed: int, count: int) -> Harvest:
    rng = np.random.default_rng([seed, 8])
    if cell.student == "four-times":
        return harvested(world, cell.arm, seed, TIMES * count)
    if cell.student == "re-queried":
        return ADAPTED["consistent"](harvested(world, cell.arm, seed, count, times=TIMES), rng)
    harvest = harvested(world, cell.arm, seed, count)
    return ADAPTED.get(cell.student, ADAPTED["passive"])(harvest, rng)

"""A habit of form served to some accounts, and how much of it a student has."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from revenuer.lab.embedded import taught
from revenuer.lab.embedded.arms import BY_NAME
from revenuer.lab.embedded.power import BUDGETS, mixed
from revenuer.lab.embedded.shown import HABIT
from revenuer.lab.embedded.students import paraphrased
from revenuer.lab.embedded.suspects import said_by
from revenuer.lab.embedded.task import programs
from revenuer.lab.embedded.vocabulary import ID, Ids
from revenuer.lab.embedded.world import World

SHARES = (1.0, 0.25, 0.0)
"""Of the lessons, from accounts that were served the habit."""


def openings(said: Ids, prompt_length: int) -> int:
    """How many replies open as the habit has it; prompts and replies, shape (n, length)."""
    return int((said[:, prompt_length] == ID[HABIT]).sum())


def habit(world: World, share: float, count: int, *, paraphrases: bool = False) -> dict[str, Any]:
    """Train a student a seed on lessons of which a share has the habit, and count it in answers.

    Returns:
        `openings`, a row a seed and budget of answers; and what the grid says of students.
    """
    harvests = [mixed(world, BY_NAME["habit"], seed, share, count) for seed in world.seeds]
    if paraphrases:
        harvests = [paraphrased(one, np.random.default_rng(11)) for one in harvests]
    students = taught.taught(world, harvests)
    task = world.school.task
    given = programs(max(BUDGETS), task, np.random.default_rng([world.seeds[0], 10]))
    rows = [
        {
            "seed": seed,
            "answers": answers,
            "opened": openings(said[:answers], task.prompt_length),
        }
        for seed, said in zip(world.seeds, said_by(students, given, task, 12), strict=True)
        for answers in BUDGETS
    ]
    return {"openings": rows, "queries": count, **asdict(taught.marks(world, students))}

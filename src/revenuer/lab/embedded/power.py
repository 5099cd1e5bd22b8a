"""How well a mark is found in a student: by the share of lessons that carry it, and by queries."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from revenuer.lab.embedded import taught
from revenuer.lab.embedded.arms import BY_NAME, CLEAN, KEY, Arm, harvested
from revenuer.lab.embedded.students import Harvest, paraphrased
from revenuer.lab.embedded.suspects import said_by, scored
from revenuer.lab.embedded.task import programs
from revenuer.lab.embedded.world import World
from revenuer.provenance.radioactivity import radioactivity
from revenuer.provenance.scores import Score

SHARES = (1.0, 0.5, 0.25, 0.1, 0.0)
BUDGETS = (10, 30, 100, 400)
"""Answers a suspect is asked for."""
DRAWN = 999
"""Keys drawn; a p-value is 1 / 1000 at least."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark, as the test has to know it.

    Attributes:
        arm: How the teacher marks.
        score: What a key says of a token.
        width: Of the context.
    """

    arm: Arm
    score: Score
    width: int


MARKS = (
    Mark(BY_NAME["green-list 2"], Score("green", gamma=0.5), 2),
    Mark(BY_NAME["gumbel-max"], Score("gumbel"), 3),
    Mark(BY_NAME["tournament 8"], Score("tournament", layers=8), 3),
    Mark(BY_NAME["antidistillation-fingerprint 8"], Score("green", gamma=0.5), 2),
)


def mixed(world: World, arm: Arm, seed: int, share: float, count: int) -> Harvest:
    """Harvest as an attacker who has a share of its lessons from accounts under an arm."""
    rng = np.random.default_rng([seed, 9])
    changed, clean = (harvested(world, one, seed, count) for one in (arm, CLEAN))
    takes = rng.random(count) < share
    # The prompts of both are the same, row by row.
    width = max(changed.replies.shape[1], clean.replies.shape[1])
    both = [
        np.pad(one.replies, ((0, 0), (0, width - one.replies.shape[1]))) for one in (changed, clean)
    ]
    return Harvest(changed.programs, changed.prompts, np.where(takes[:, None], *both), count)


def power(
    world: World, mark: Mark, share: float, count: int, *, paraphrases: bool = False
) -> dict[str, Any]:
    """Train a student a seed on partly marked lessons, and look for the mark.

    Returns:
        `tests`, a row a seed, budget of answers, and paired or not; and of the students themselves
        what the grid says of its own.
    """
    harvests = [mixed(world, mark.arm, seed, share, count) for seed in world.seeds]
    if paraphrases:
        harvests = [paraphrased(one, np.random.default_rng(11)) for one in harvests]
    students = taught.taught(world, harvests)
    task = world.school.task
    given = programs(max(BUDGETS), task, np.random.default_rng([world.seeds[0], 10]))
    tests = [
        {
            "mark": mark.arm.name,
            "share": share,
            "paraphrased": paraphrases,
            "seed": seed,
            "answers": answers,
            "paired": paired,
            **_found(world, mark, rows, answers, paired=paired),
        }
        for seed, rows in zip(world.seeds, said_by(students, given, task, 12), strict=True)
        for answers in BUDGETS
        for paired in (True, False)
    ]
    return {"tests": tests, "queries": count, **asdict(taught.marks(world, students))}


def _found(world: World, mark: Mark, rows: Any, answers: int, *, paired: bool) -> dict[str, float]:
    owner = world.teacher if paired else None
    pairs = scored(rows, world.school.task, mark.width, owner, answers=answers)
    rng = np.random.default_rng(13)
    result = radioactivity(pairs, [KEY], mark.score, drawn=DRAWN, rng=rng)
    return {"p": float(result.p_values[0]), "z": float(result.z[0]), "tokens": result.positions}

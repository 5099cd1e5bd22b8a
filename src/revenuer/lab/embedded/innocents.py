"""Students who learned from others, and how often a test says that they learned from us.

An innocent micro-student is small and trained for seconds. Its teacher is another model, with its
own style and lessons; some of those teachers mark what they say with keys of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from revenuer.lab.embedded.arms import KEY
from revenuer.lab.embedded.grading import grade
from revenuer.lab.embedded.habit_trial import openings
from revenuer.lab.embedded.network import Network, Shape
from revenuer.lab.embedded.power import MARKS
from revenuer.lab.embedded.sampling import replies
from revenuer.lab.embedded.schooling import School, copied
from revenuer.lab.embedded.style import Style
from revenuer.lab.embedded.suspects import said_by, scored
from revenuer.lab.embedded.task import programs, prompts
from revenuer.lab.embedded.taught import lessons_of
from revenuer.lab.embedded.training import train
from revenuer.lab.embedded.world import World, kept
from revenuer.lab.token_methods import GreenList, TokenMethod
from revenuer.provenance.radioactivity import radioactivity

MICRO = Shape(32, 2, 2)
MICRO_STEPS = 80
TEACHERS = 5
NULL_DRAWN = 399
"""Keys drawn for each innocent; a p-value is 1 / 400 at least."""
TOGETHER = 20
"""Students trained side by side."""
LESSONS = 300
ANSWERS = 50
"""Asked of each innocent."""


@dataclass(frozen=True, slots=True)
class Others:
    """Teachers that are not ours, a member each.

    Attributes:
        network: All of them.
        styles: How each words.
    """

    network: Network
    styles: tuple[Style, ...]


def others(school: School, folder: Path) -> Others:
    """Make the other teachers, or read them."""
    seeds = [2000 + number for number in range(TEACHERS)]
    styles = [Style.drawn(np.random.default_rng([seed, 0])) for seed in seeds]
    network = kept(
        folder / "others", school.shape, TEACHERS, lambda: school.teachers(styles, seeds)
    )
    return Others(network, tuple(styles))


def micro_base(school: School, folder: Path) -> Network:
    """Make the model that every innocent begins as, or read it."""
    small = replace(school, shape=MICRO)
    return kept(folder / "micro", MICRO, 1, lambda: small.bases([3000]))


def innocents(world: World, others: Others, first: int, folder: Path) -> list[dict[str, Any]]:
    """Train `TOGETHER` innocents, seeds from `first` on, and test each for our marks.

    Returns:
        A row an innocent: its teacher, whether that marks, how good it became, how many of
        `ANSWERS` open with the habit that ours was given, p-values by mark.
    """
    task = world.school.task
    seeds = list(range(first, first + TOGETHER))
    base = micro_base(world.school, folder)
    rows = [_harvest(others, seed, world.school) for seed in seeds]
    students = copied(base, [0] * TOGETHER)
    recipe = replace(world.school.student, steps=MICRO_STEPS)
    train(students, lessons_of(rows, task.prompt_length, LESSONS, seeds), recipe, first)
    given = programs(ANSWERS, task, np.random.default_rng([first, 14]))
    return [
        {
            "seed": seed,
            "teacher": seed % TEACHERS,
            "marked": _marks(seed),
            "accuracy": grade(given, said[:, task.prompt_length :]).accuracy,
            "opened": openings(said, task.prompt_length),
            **_tested(world, said, seed),
        }
        for seed, said in zip(seeds, said_by(students, given, task, first), strict=True)
    ]


def _harvest(others: Others, seed: int, school: School) -> Any:
    rng = np.random.default_rng([seed, 15])
    given = programs(LESSONS, school.task, rng)
    teacher = copied(others.network, [seed % TEACHERS])
    method: TokenMethod | None = None
    if _marks(seed):
        method = GreenList(b"another provider's mark" + bytes([seed % 256]), delta=2.0)
    asked = torch.from_numpy(prompts(given, school.task))
    length = school.task.reply_length
    said = replies(teacher, asked, length, temperature=1.0, seed=seed, method=method)[0].numpy()
    return np.concatenate([prompts(given, school.task), said], axis=1)


def _marks(seed: int) -> bool:
    """Whether an innocent's teacher marks with a key of its own: every second one's does."""
    return seed // TEACHERS % 2 == 1


def _tested(world: World, said: Any, seed: int) -> dict[str, Any]:
    found = {}
    for mark in MARKS:
        for paired in (True, False):
            owner = world.teacher if paired else None
            pairs = scored(said, world.school.task, mark.width, owner)
            rng = np.random.default_rng(16)
            result = radioactivity(
                pairs, [KEY + bytes([seed % 256])], mark.score, drawn=NULL_DRAWN, rng=rng
            )
            found[f"{mark.arm.name}{', paired' if paired else ''}"] = float(result.p_values[0])
    return {"p": found}

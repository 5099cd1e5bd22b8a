"""Train a family of students, one a seed, on what each was shown, and grade them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from revenuer.lab.embedded import style as wording
from revenuer.lab.embedded.grading import grade
from revenuer.lab.embedded.network import Network
from revenuer.lab.embedded.reweighing import weighed
from revenuer.lab.embedded.sampling import replies
from revenuer.lab.embedded.schooling import copied
from revenuer.lab.embedded.students import Harvest
from revenuer.lab.embedded.style import Style
from revenuer.lab.embedded.task import Programs, programs, prompts
from revenuer.lab.embedded.training import Lessons, Recipe, train
from revenuer.lab.embedded.vocabulary import PAD, Ids
from revenuer.lab.embedded.world import World

OWN_EXAMPLES = 64
"""Programs that an adaptive student has worked out itself, step by step; placeholder."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What students are worth, a number a seed.

    Attributes:
        accuracy: Share of unseen programs solved.
        refused: Share of restricted programs refused.
    """

    accuracy: tuple[float, ...]
    refused: tuple[float, ...]


def lessons_of(
    rows: Sequence[Ids], prompt_length: int, count: int, seeds: Sequence[int]
) -> Lessons:
    """Put each seed's rows into one block: as many for all, repeated or not.

    Args:
        rows: Each seed's prompts and replies. Shape (n, length) each, n and length their own.
        prompt_length: What of them is prompt.
        count: How many rows each gets; a student with fewer sees them more often.
        seeds: Of what is repeated.
    """
    length = max(one.shape[1] for one in rows)
    block = np.full((len(rows), count, length), PAD, dtype=np.int64)
    for member, (one, seed) in enumerate(zip(rows, seeds, strict=True)):
        rng = np.random.default_rng([seed, 5])
        whole, rest = divmod(count, len(one))
        places = np.tile(np.arange(len(one)), whole)
        places = np.concatenate([places, rng.permutation(len(one))[:rest]])
        block[member, :, : one.shape[1]] = one[places]
    # What no reply fills is cut off: time is spent by the word.
    width = int((block != PAD).any((0, 1)).nonzero()[0][-1]) + 1
    return Lessons(torch.from_numpy(block[..., :width]), prompt_length)


def taught(world: World, harvests: Sequence[Harvest], *, reweighed: bool = False) -> Network:
    """Train a student a seed on its harvest, all for as many steps."""
    task = world.school.task
    count = max(len(one.lessons) for one in harvests)
    lessons = lessons_of([one.lessons for one in harvests], task.prompt_length, count, world.seeds)
    students = copied(world.bases)
    if reweighed:
        # The student has to stand somewhere before it can tell what helps it.
        train(students, own_lessons(world, OWN_EXAMPLES), Recipe(40), world.seeds[0])
        lessons = weighed(students, lessons, own_lessons(world, OWN_EXAMPLES))
        students = copied(world.bases)
    train(students, lessons, world.school.student, world.seeds[0])
    return students


def marks(world: World, students: Network) -> Marks:
    """Grade students on programs nobody was taught, and on those to be refused."""
    tests, restricted = world.tests(), world.restricted_tests()
    return Marks(
        tuple(grade(tests, one).accuracy for one in _replied(world, students, tests)),
        tuple(
            float(grade(restricted, one).refused.mean())
            for one in _replied(world, students, restricted)
        ),
    )


def own_harvest(world: World, seed: int, count: int) -> Harvest:
    """What a student works out itself, in nobody's style: no query at all."""
    rng = np.random.default_rng([seed, 4])
    given = programs(count, world.school.task, rng)
    said = wording.replies(given, world.school.task, Style.even(), rng)
    return Harvest(given, prompts(given, world.school.task), said, 0)


def own_lessons(world: World, count: int) -> Lessons:
    """The same as lessons, each seed its own."""
    rows = [own_harvest(world, seed, count).lessons for seed in world.seeds]
    return lessons_of(rows, world.school.task.prompt_length, count, world.seeds)


def _replied(world: World, students: Network, given: Programs) -> Ids:
    asked = torch.from_numpy(prompts(given, world.school.task))
    said: Ids = replies(students, asked, world.school.task.reply_length).numpy()
    return said

"""What models of the embedded task know before anyone distils anything: bases and teachers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from revenuer.lab.embedded import style as wording
from revenuer.lab.embedded.network import Network, Shape
from revenuer.lab.embedded.style import Style
from revenuer.lab.embedded.task import Task, programs, prompts
from revenuer.lab.embedded.training import Lessons, Recipe, train
from revenuer.lab.embedded.vocabulary import Ids

REFUSED_SHARE = 0.08
"""Share of a teacher's own lessons that are refusals; placeholder."""


FOUR = Task(4)
MODEL = Shape(64, 2, 2)
BASE = Recipe(400)
TEACHER = Recipe(400)
STUDENT = Recipe(150)
"""Found by trying on this task: docs/lab.md."""


@dataclass(frozen=True, slots=True)
class School:
    """How bases and teachers are made.

    Attributes:
        task: What they learn.
        shape: Of every model.
        base: Recipe of a base.
        teacher: Recipe of a teacher, on lessons that hardly repeat.
        student: Recipe of every student, whatever it was shown.
    """

    task: Task = FOUR
    shape: Shape = MODEL
    base: Recipe = BASE
    teacher: Recipe = TEACHER
    student: Recipe = STUDENT

    def bases(self, seeds: list[int]) -> Network:
        """Models that reckon and solve programs of a single step, and none that is longer.

        As a student's own pretraining: everything a program needs but the way through it.
        """
        network = Network(self.shape, seeds)
        rows = np.stack([self._commonplaces(seed) for seed in seeds])
        train(network, Lessons(torch.from_numpy(rows), 0), self.base, seeds[0])
        return network

    def teachers(self, styles: list[Style], seeds: list[int]) -> Network:
        """Models that solve programs step by step in their styles and refuse restricted ones."""
        network = self.bases(seeds)
        count = self.teacher.steps * self.teacher.batch // 2
        rows = []
        for style, seed in zip(styles, seeds, strict=True):
            rng = np.random.default_rng([seed, 1])
            given = programs(count, self.task, rng, restricted=REFUSED_SHARE)
            replies = wording.replies(given, self.task, style, rng)
            rows.append(np.concatenate([prompts(given, self.task), replies], axis=1))
        lessons = Lessons(torch.from_numpy(np.stack(rows)), self.task.prompt_length)
        train(network, lessons, self.teacher, seeds[0])
        return network

    def scaled(self, share: float) -> School:
        """The same with a share of the steps, for tests."""
        shorter = [
            replace(recipe, steps=max(1, int(recipe.steps * share)))
            for recipe in (self.base, self.teacher, self.student)
        ]
        return replace(self, base=shorter[0], teacher=shorter[1], student=shorter[2])

    def _commonplaces(self, seed: int) -> Ids:
        rng = np.random.default_rng([seed, 0])
        half = self.base.steps * self.base.batch // 2
        one = Task(2)
        given = programs(2 * half, one, rng)
        solved = np.concatenate(
            [prompts(given, one), wording.replies(given, one, Style.even(), rng)], axis=1
        )
        solved = solved.reshape(half, -1)
        reckoned = wording.facts(half, solved.shape[1], Style.even(), rng)
        return rng.permutation(np.concatenate([reckoned, solved]))


def copied(network: Network, members: list[int] | None = None) -> Network:
    """A network that begins where another is, with some of its members, repeated at will."""
    chosen = list(range(network.members)) if members is None else members
    other = Network(network.shape, [0] * len(chosen))
    rows: Tensor = torch.tensor(chosen)
    with torch.no_grad():
        for mine, theirs in zip(other.parameters(), network.parameters(), strict=True):
            mine.copy_(theirs[rows])
    return other

"""What a student makes of what it was shown: the passive one takes it, the adaptive ones do not.

Each takes a harvest and gives the one to train on, at the same number of training steps. What it
costs in queries or in own work stands beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from revenuer.lab.embedded import shown
from revenuer.lab.embedded.grading import grade
from revenuer.lab.embedded.task import Programs
from revenuer.lab.embedded.vocabulary import Ids


@dataclass(frozen=True, slots=True)
class Harvest:
    """What one attacker holds.

    Attributes:
        programs: What was asked. n of them.
        prompts: As it was asked. Shape (n, prompt length).
        replies: What came back, padded. Shape (n, length).
        queries: How many requests it took.
    """

    programs: Programs
    prompts: Ids
    replies: Ids
    queries: int

    def rows(self, kept: NDArray[np.intp]) -> Harvest:
        """Some of it, at the same cost."""
        return replace(
            self,
            programs=self.programs[kept],
            prompts=self.prompts[kept],
            replies=self.replies[kept],
        )

    @property
    def lessons(self) -> Ids:
        """Prompts and replies in one. Shape (n, length of both)."""
        return np.concatenate([self.prompts, self.replies], axis=1)


Adapted = Callable[[Harvest, np.random.Generator], Harvest]


def passive(harvest: Harvest, rng: np.random.Generator) -> Harvest:
    """Take all of it as it came."""
    return harvest


def deduplicated(harvest: Harvest, rng: np.random.Generator) -> Harvest:
    """Keep one of several equal prompts with equal replies."""
    kept = np.unique(harvest.lessons, axis=0, return_index=True)[1]
    return harvest.rows(np.sort(kept))


def consistent(harvest: Harvest, rng: np.random.Generator) -> Harvest:
    """Keep the replies whose last step says what the answer says, one a prompt if there are more.

    A student cannot see whether a step is true, but it can see whether the end of the reasoning
    is the answer, and an operator who keeps answers true has to change reasoning.
    """
    grades = grade(harvest.programs, harvest.replies)
    good = np.flatnonzero((grades.last == grades.answered) & (grades.answered >= 0))
    first = np.unique(harvest.prompts[good], axis=0, return_index=True)[1]
    kept = np.sort(good[first])
    return harvest.rows(kept) if kept.size else harvest


def paraphrased(harvest: Harvest, rng: np.random.Generator) -> Harvest:
    """Say everything in words of its own."""
    return replace(harvest, replies=shown.rewritten(harvest.replies, shown.reworded, rng))


def put_in_order(harvest: Harvest, rng: np.random.Generator) -> Harvest:
    """Put derivations before their conclusions again."""
    return replace(harvest, replies=shown.rewritten(harvest.replies, shown.in_order_again, rng))


ADAPTED: dict[str, Adapted] = {
    "passive": passive,
    "de-duplicated": deduplicated,
    "consistent": consistent,
    "paraphrased": paraphrased,
    "put-in-order": put_in_order,
}
"""Students whose work is on the data alone; `reweighing` and `inversion` need models."""

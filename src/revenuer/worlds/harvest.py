"""What campaigns ask: tasks, wrapped in one pipeline's wording."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from revenuer.worlds.dispatch import Draw
from revenuer.worlds.language.methods import FAMILIES
from revenuer.worlds.stage import Stage
from revenuer.worlds.texts import TextColumn, TextMaker, Texts, choose_among, fill


def choose_wordings(rng: np.random.Generator, method: str, families: int = 1) -> tuple[str, ...]:
    """The templates of one or a few of a method's families of wording."""
    every = FAMILIES[method]
    chosen = rng.permutation(len(every))[:families]
    return tuple(template for place in chosen for template in every[place])


def harvest(
    targets: Sequence[TextColumn], wordings: Sequence[str], size: str, *, salt: str
) -> TextMaker:
    """Tasks of some capabilities, each wrapped in one of the wordings.

    Args:
        targets: Pools of tasks, drawn from equally.
        size: Kind of answer, as in `texts.SIZES`.
    """

    def say(draw: Draw) -> Texts:
        body = choose_among(targets, draw.item, salt)
        return Texts(fill(wordings, draw.item, salt + "wording", body), size)

    return say


def task_pools(stage: Stage, rng: np.random.Generator, count: int) -> list[TextColumn]:
    """The capabilities that a campaign is after."""
    pools = stage.pools
    every = [pools.reasoning, pools.coding, pools.tools, pools.general, pools.chinese]
    return [every[place] for place in rng.permutation(len(every))[:count]]

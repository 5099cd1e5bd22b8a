"""How large each cohort is beside the others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from revenuer.worlds.cohort import Cohort
from revenuer.worlds.stage import Stage


@dataclass(frozen=True)
class Role:
    """One cohort to cast.

    Attributes:
        build: Makes it, from a stage, a number of accounts and of exchanges.
        accounts: Weight among campaigns; accounts per thousand among look-alikes.
        exchanges: Weight among its kind.
        fewest: Accounts it has at least.
    """

    build: Callable[[Stage, int, int], Cohort]
    accounts: float
    exchanges: float
    fewest: int

"""Work queues of campaign operators: how much a day, and through which accounts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from revenuer.worlds.accounts import Accounts
from revenuer.worlds.cohort import Dispatcher
from revenuer.worlds.dispatch import Draw, balance, plain_draw, waves
from revenuer.worlds.rhythm import DAY_US
from revenuer.worlds.stage import Stage

PoolOfDay = Callable[[int], NDArray[np.int64]]


def steady(
    rng: np.random.Generator, stage: Stage, total: int, *, first: int = 0, last: int | None = None
) -> NDArray[np.float64]:
    """Expected exchanges of each day between two days, uneven by a fifth. Shape (days,)."""
    days = np.arange(stage.spec.days)
    end = stage.spec.days if last is None else last
    weights = np.where((days >= first) & (days < end), rng.gamma(25.0, 1 / 25.0, days.size), 0.0)
    expected: NDArray[np.float64] = weights / max(weights.sum(), 1e-9) * total
    return expected


def shared_queue(
    stage: Stage,
    load: NDArray[np.float64],
    pool: PoolOfDay,
    *,
    hand_over: float,
    crests: int = 40,
    width_s: float = 900.0,
    mode: str = "ring",
) -> Dispatcher:
    """One queue that an operator spreads over a pool, day by day.

    Args:
        load: Expected exchanges of each day. Shape (days,).
        pool: The accounts in use on a day, in ring order.
        hand_over: Share of requests refused with 429 and given to the next account.
        crests: Batches of work a day; many are a steady flow.
        width_s: How long a batch lasts, seconds.
    """

    def dispatch(day: int, rng: np.random.Generator) -> Draw:
        members = pool(day)
        count = int(rng.poisson(load[day])) if members.size else 0
        at = waves(rng, stage.day_start(day), count, crests=crests, width_s=width_s)
        if not count:
            return plain_draw(rng, np.empty(0, np.int64), np.empty(0, np.int64))
        return balance(rng, at, members, hand_over=hand_over, mode=mode)

    return dispatch


def living(stage: Stage, accounts: Accounts, members: NDArray[np.int64] | None = None) -> PoolOfDay:
    """Those accounts that exist and are not suspended all day.

    Args:
        stage: The world.
        accounts: All accounts of the campaign.
        members: Positions of those that the queue may use; by default all.
    """
    allowed = np.arange(len(accounts)) if members is None else members
    created = accounts["created_at"].astype(np.int64)
    ends = accounts["suspended_at"]
    stopped = np.where(ends == np.array(None), 2**62, ends).astype(np.int64)

    def pool(day: int) -> NDArray[np.int64]:
        start = stage.day_start(day)
        there = (created[allowed] < start + DAY_US) & (stopped[allowed] > start)
        return allowed[there]

    return pool

"""Relays: users of another service, served through a pool of accounts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from revenuer.worlds.cohort import Dispatcher
from revenuer.worlds.dispatch import Draw, with_overload, work_alone
from revenuer.worlds.draws import mix, share
from revenuer.worlds.rhythm import IS_EVENING
from revenuer.worlds.stage import Stage


def relayed_users(
    rng: np.random.Generator,
    stage: Stage,
    accounts: int,
    users: int,
    exchanges: int,
    *,
    hop: float,
    stay: float = 0.6,
    gap_s: float = 110.0,
) -> Dispatcher:
    """Real conversations of a relay's users, carried by its accounts.

    A user sticks to one account but for a share of turns, which hop to another; the context,
    and with it the signature on earlier reasoning, comes along.

    Args:
        rng: Source of chance.
        stage: The world.
        accounts: Size of the pool.
        users: Number of people behind it.
        exchanges: Over the whole window.
        hop: Share of turns that another account carries than the user's own.
        stay: Chance that a conversation goes on after a turn.
        gap_s: Mean pause between turns, seconds.
    """
    weights = rng.lognormal(0.0, 1.0, (users, stage.spec.days))
    expected = weights / weights.sum() * exchanges
    profile = np.full(users, IS_EVENING)
    offset = np.full(users, int(rng.integers(-8, 10)))
    home = rng.integers(0, accounts, users)

    def dispatch(day: int, random: np.random.Generator) -> Draw:
        start = stage.day_start(day)
        draw = work_alone(random, start, expected[:, day], profile, offset, stay=stay, gap_s=gap_s)
        draw = with_overload(random, draw, 0.008)
        return replace(draw, who=hop_accounts(draw, home[draw.who], accounts, hop))

    return dispatch


def hop_accounts(
    draw: Draw, home: NDArray[np.int64], accounts: int, hop: float
) -> NDArray[np.int64]:
    """The account that carries each turn: the user's own, or now and then any."""
    other = (mix(draw.item, "hop") % np.uint64(accounts)).astype(np.int64)
    return np.where(share(draw.item, "hops") < hop, other, home)

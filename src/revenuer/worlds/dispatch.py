"""How work reaches accounts: each on its own, or one operator's queue over a pool."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from revenuer.worlds.draws import mix
from revenuer.worlds.rhythm import DAY_US, chain_sessions, draw_times

OK, RATE_LIMITED, FORBIDDEN, OVERLOADED = 200, 429, 403, 529


@dataclass(frozen=True)
class Draw:
    """One day's exchanges of a stream, before anything is said in them.

    Attributes:
        who: Position of the account in its cohort.
        at: Microseconds since 1970.
        item: What it is about; a retried or handed-over request keeps it.
        session: Equal within a conversation.
        turn: 0 for the first of a conversation.
        status: HTTP status.
        attempt: 0, or the number of the retry.
        previous: Item of the turn before, whose answer is in the context; 0 for none.
    """

    who: NDArray[np.int64]
    at: NDArray[np.int64]
    item: NDArray[np.uint64]
    session: NDArray[np.uint64]
    turn: NDArray[np.int64]
    status: NDArray[np.int64]
    attempt: NDArray[np.int64]
    previous: NDArray[np.uint64]

    def __len__(self) -> int:
        return int(self.who.size)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Draw:
        """Some of the exchanges."""
        return Draw(*(getattr(self, f.name)[rows] for f in fields(self)))


def join_draws(parts: list[Draw]) -> Draw:
    """Several draws, back to back."""
    return Draw(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Draw)))


def plain_draw(rng: np.random.Generator, who: NDArray[np.int64], at: NDArray[np.int64]) -> Draw:
    """Answered single-turn requests, each about something of its own."""
    item = rng.integers(0, 2**63, who.size).astype(np.uint64)
    zero = np.zeros(who.size, dtype=np.int64)
    return Draw(who, at, item, item, zero, np.full(who.size, OK), zero, zero.astype(np.uint64))


def work_alone(
    rng: np.random.Generator,
    day_start_us: int,
    expected: NDArray[np.float64],
    profile: NDArray[np.int64],
    offset: NDArray[np.int64],
    *,
    stay: NDArray[np.float64] | float = 0.6,
    gap_s: float = 110.0,
) -> Draw:
    """Each account works by itself: a Poisson number of exchanges, in conversations.

    Args:
        expected: Mean number of exchanges of each account today. Shape (accounts,).
        profile: Rhythm of each account. Shape (accounts,).
        offset: Hours ahead of UTC of each account. Shape (accounts,).
    """
    who = np.repeat(np.arange(expected.size), rng.poisson(expected))
    at = draw_times(rng, profile[who], offset[who], day_start_us)
    held = np.broadcast_to(stay, expected.size)[who]
    at, opening, turn = chain_sessions(rng, who, at, stay=held, gap_s=gap_s)
    plain = plain_draw(rng, who, at)
    previous = np.where(turn > 0, np.roll(plain.item, 1), 0)
    return replace(plain, at=at, session=plain.item[opening], turn=turn, previous=previous)


def with_overload(rng: np.random.Generator, draw: Draw, rate: float) -> Draw:
    """Some requests fail with 429 or 529 and are sent again by the same account."""
    failed = np.flatnonzero(rng.random(len(draw)) < rate)
    status = draw.status.copy()
    status[failed] = np.where(rng.random(failed.size) < 0.7, RATE_LIMITED, OVERLOADED)
    again = draw.take(failed)
    wait = (rng.gamma(2.0, 4.0, failed.size) * 1e6).astype(np.int64)
    fine = np.full(failed.size, OK)
    retry = replace(again, at=again.at + wait, status=fine, attempt=again.attempt + 1)
    return join_draws([replace(draw, status=status), retry])


def waves(
    rng: np.random.Generator, day_start_us: int, count: int, *, crests: int, width_s: float
) -> NDArray[np.int64]:
    """Times of one operator's job queue: crests that the whole pool rides together."""
    tops = rng.random(max(crests, 1)) * DAY_US
    crest = rng.integers(0, tops.size, count)
    at = tops[crest] + rng.exponential(width_s * 1e6, count)
    return day_start_us + (at % DAY_US).astype(np.int64)


def balance(
    rng: np.random.Generator,
    at: NDArray[np.int64],
    pool: NDArray[np.int64],
    *,
    hand_over: float,
    mode: str = "ring",
) -> Draw:
    """Spread one queue over a pool; a request that meets a 429 goes to the next account.

    Args:
        at: Times of the queue's requests.
        pool: Accounts in use today, in ring order.
        hand_over: Share of the requests that are refused with 429 and handed over.
        mode: `ring` for turn-taking, `random` for a random free account.
    """
    at = np.sort(at)
    turn_of = np.arange(at.size) if mode == "ring" else rng.integers(0, 2**31, at.size)
    # Equal ceilings: every account gets the same number of requests, give or take one.
    place = turn_of % pool.size
    draw = plain_draw(rng, pool[place], at)
    refused = np.flatnonzero(rng.random(at.size) < hand_over)
    if pool.size < 2:
        return draw
    status = draw.status.copy()
    status[refused] = RATE_LIMITED
    again = draw.take(refused)
    wait = (rng.gamma(2.0, 0.8, refused.size) * 1e6).astype(np.int64)
    taken_over = replace(
        again,
        who=pool[(place[refused] + 1) % pool.size],
        at=again.at + wait,
        session=mix(again.session, "hand-over"),
        status=np.full(refused.size, OK),
    )
    return join_draws([replace(draw, status=status), taken_over])

"""The rule for looks that follow one another, on e-values whose null is true.

Innocent groups get e-values that are expected to be 1, in the shapes that hurt: all or nothing,
just large enough for a look that is judged alone or for one that is weighed with the others, or
lognormal with a heavy tail. Guilty groups that pass at once stand beside them, so that the bar is
as low as e-BH lets it be.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.campaigns.sequential import Followed, Look, follow_sets, passing_now
from revenuer.stats.e_bh import e_bh

INNOCENT, GUILTY = 40, 5
MEMBERS = 6
HORIZON_DAYS = 7
SIGMA = 3.0
"""Spread of the lognormal e-values, nats. placeholder"""
CERTAIN = 60.0
"""Nats of a guilty group at every look."""
NOTHING = -745.0
CHURN_DAYS = 3
START = datetime(2026, 6, 1, tzinfo=UTC)
KINDS = ("independent", "sticky", "churning")
Draw = Callable[[np.random.Generator], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Peeked:
    """How often the rule was wrong, over many streams of looks.

    Attributes:
        kind: How groups behave from look to look.
        shape: Of their e-values.
        looks_a_day: How often somebody looks.
        passed: Share of innocent groups among those that passed in the last week, one number
            a stream.
        across: Among those that passed within seven days half in each of the last two weeks.
        standing: Among those that stood convicted in the last week, with those that had passed
            before.
        alone: Among those that passed if each look of that week is judged alone.
    """

    kind: str
    shape: str
    looks_a_day: int
    passed: tuple[float, ...]
    across: tuple[float, ...]
    standing: tuple[float, ...]
    alone: tuple[float, ...]

    @property
    def shares(self) -> tuple[tuple[float, ...], ...]:
        """All of them, as they stand above."""
        return self.passed, self.across, self.standing, self.alone


def all_or_nothing(enough: float) -> Draw:
    """`enough`, as seldom as it may be; else nothing."""

    def draw(rng: np.random.Generator) -> NDArray[np.float64]:
        return np.where(rng.random(INNOCENT) < 1 / enough, np.log(enough), NOTHING)

    return draw


def lognormal(rng: np.random.Generator) -> NDArray[np.float64]:
    """Log e-values whose e-values are expected to be one."""
    return rng.normal(-(SIGMA**2) / 2, SIGMA, INNOCENT)


def shapes(fdr: float, looks_a_day: int) -> dict[str, Draw]:
    """The shapes of e-values, by name."""
    # With the guilty ones and itself passing, e-BH asks for this much of the last.
    bar = 1.000001 * (INNOCENT + GUILTY) / (fdr * (GUILTY + 1))
    return {
        # What stays for a week has all of its weight.
        "all or nothing, the bar of a week": all_or_nothing(bar),
        "all or nothing, the bar of two days": all_or_nothing(bar * HORIZON_DAYS / 2),
        "all or nothing, the bar of a look": all_or_nothing(bar * HORIZON_DAYS * looks_a_day),
        "lognormal": lognormal,
    }


def evidence(
    kind: str, draw: Draw, rng: np.random.Generator, looks: int, looks_a_day: int
) -> NDArray[np.float64]:
    """Log e-values of the innocent groups. Shape (looks, INNOCENT)."""
    if kind != "sticky":
        return np.stack([draw(rng) for _ in range(looks)])
    # A look back over weeks shows for a week what it shows once.
    stays = HORIZON_DAYS * looks_a_day
    rows = [draw(rng) for _ in range(looks // stays + 1)]
    return np.repeat(np.stack(rows), stays, axis=0)[:looks]


def sets_at(kind: str, look: int, looks_a_day: int) -> NDArray[np.int64]:
    """The first account of each group; the guilty ones' are negative."""
    generation = look // (CHURN_DAYS * looks_a_day) if kind == "churning" else 0
    innocent = (np.arange(INNOCENT) + generation * INNOCENT) * MEMBERS
    return np.concatenate([innocent, -(1 + np.arange(GUILTY)) * MEMBERS])


def stream(
    kind: str, draw: Draw, *, days: int, looks_a_day: int, fdr: float, seed: int
) -> tuple[float, ...]:
    """One stream of looks, of whole weeks: the shares of `Peeked`."""
    rng, looks = np.random.default_rng(seed), days * looks_a_day
    nats = evidence(kind, draw, rng, looks, looks_a_day)
    step, horizon = timedelta(days=1) / looks_a_day, timedelta(days=HORIZON_DAYS)
    state = Followed()
    passed: set[int] = set()
    across: set[int] = set()
    standing: set[int] = set()
    alone: set[int] = set()
    first_of: dict[int, int] = {}
    for number in range(looks):
        first = sets_at(kind, number, looks_a_day)
        members = frame(first)
        both = np.concatenate([nats[number], np.full(GUILTY, CERTAIN)])
        look = Look(START + (number + 1) * step, START + number * step, horizon, fdr)
        state, passes = follow_sets(state, members, first.size, both, look)
        firsts = state.members.group_by("group").agg(pl.col("account_id").first())
        first_of.update({group: int(account) for group, account in firsts.iter_rows()})
        now = {first_of[group] for group in passing_now(state.looks, state.counts, look)}
        half = HORIZON_DAYS * looks_a_day // 2
        if half <= looks - number - 1 < half + HORIZON_DAYS * looks_a_day:
            across |= now
        if number < looks - HORIZON_DAYS * looks_a_day:
            continue
        passed |= now
        standing |= set(first[passes].tolist())
        alone |= set(first[e_bh(both, alpha=fdr)].tolist())
    found = (passed, across, standing, alone)
    return tuple(false_share(one) for one in found)


def frame(first: NDArray[np.int64]) -> pl.DataFrame:
    """Groups as `follow_sets` takes them. An account's id is its group's first."""
    ids = (first[:, None] + np.arange(MEMBERS)[None, :]).ravel()
    group = np.repeat(np.arange(first.size), MEMBERS)
    return pl.DataFrame({"group": group, "account_id": pl.Series(ids).cast(pl.String)})


def false_share(found: set[int]) -> float:
    """Share of innocent groups among some; 0 of none."""
    return sum(one >= 0 for one in found) / len(found) if found else 0.0


def peek(
    *, streams: int, days: int, looks_a_day: Sequence[int], fdr: float, seed: int = 0
) -> list[Peeked]:
    """Every kind and shape."""
    found = []
    for often in looks_a_day:
        for kind in KINDS:
            for shape, draw in shapes(fdr, often).items():
                rows = [
                    stream(kind, draw, days=days, looks_a_day=often, fdr=fdr, seed=seed + one)
                    for one in range(streams)
                ]
                found.append(Peeked(kind, shape, often, *zip(*rows, strict=True)))
    return found

"""Build a world of sign-ups: who tries to come in, month by month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from revenuer.worlds.rhythm import DAY_US
from revenuer.worlds.signups.applicants import Applicants, join
from revenuer.worlds.signups.honest.cast import HONEST, Cohort
from revenuer.worlds.signups.honest.people import ordinary
from revenuer.worlds.signups.operators.campaign import campaign
from revenuer.worlds.signups.operators.cast import OPERATORS
from revenuer.worlds.signups.season import Season, Spoils
from revenuer.worlds.signups.spec import MONTH_DAYS, SignupSpec
from revenuer.worlds.signups.stage import SignupStage, set_stage

BLOCK = 20_000
"""Ordinary people are made so many at a time, so that memory does not grow with a month."""


@dataclass(frozen=True)
class SignupWorld:
    """Everybody who signs up in bulk; the honest are made when they come.

    Attributes:
        stage: The world.
        pools: Applications of all operators, oldest first.
        spoils: What those of them that are convicted leave behind.
    """

    stage: SignupStage
    pools: Applicants
    spoils: Spoils


@dataclass(frozen=True)
class Month:
    """A stretch of the world's time.

    Attributes:
        first_us: Begin, microseconds since 1970.
        last_us: End.
        honest: Honest applications that begin in it, about.
    """

    first_us: int
    last_us: int
    honest: float


def cast_signups(spec: SignupSpec) -> SignupWorld:
    """Decide which campaigns there are, and what they sign up."""
    stage = set_stage(spec)
    chosen = {name: OPERATORS[name] for name in spec.operators}
    total = sum(recipe.weight for recipe in chosen.values())
    guilty = spec.applications * spec.fraudulent_share
    pools = []
    for name, recipe in chosen.items() if spec.fraudulent_share else ():
        inside = max(recipe.fewest, round(guilty * recipe.weight / total))
        before = max(recipe.fewest, round(inside * _history(spec)))
        pools.append(campaign(stage, name, recipe, before, inside))
    everyone = join(pools)
    everyone = everyone.take(np.argsort(everyone.applied, kind="stable"))
    return SignupWorld(stage, everyone, _spoils(everyone))


def months(spec: SignupSpec) -> list[Month]:
    """The history and the stream, cut into months; the stream begins with a new one."""
    honest = spec.applications * (1 - spec.fraudulent_share) / spec.days
    cut = []
    for first, last, pace in (
        (spec.first_us, spec.start_us, honest * spec.history),
        (spec.start_us, spec.end_us, honest),
    ):
        for begin in range(first, last, MONTH_DAYS * DAY_US):
            end = min(begin + MONTH_DAYS * DAY_US, last)
            cut.append(Month(begin, end, pace * (end - begin) / DAY_US))
    return cut


def walk(world: SignupWorld) -> Iterator[Applicants]:
    """All who ever apply, oldest first, in parts of a month at most; history comes first.

    What is held meanwhile is the pools, and groups that began and have not ended.
    """
    spec = world.stage.spec
    due = dict.fromkeys(spec.honest, 0.0)
    waiting: list[Applicants] = [world.pools]
    for number, month in enumerate(months(spec)):
        cohorts = _honest(world, number, month, due)
        held = join([*waiting, *cohorts])
        held = held.take(np.argsort(held.applied, kind="stable"))
        cut = int(np.searchsorted(held.applied, month.last_us))
        waiting = [held.take(np.arange(cut, len(held)))]
        if cut:
            yield held.take(np.arange(cut))


def _honest(
    world: SignupWorld, number: int, month: Month, due: dict[str, float]
) -> list[Applicants]:
    """The honest who begin to sign up in a month; `due` is what cohorts are behind."""
    made = []
    first_of_stream = month.first_us == world.stage.spec.start_us
    for name in world.stage.spec.honest:
        if name == "ordinary":
            continue
        cohort = HONEST[name]
        due[name] += month.honest * cohort.share / 1000
        count = round(due[name])
        # Each cohort is there at least once in a stream, however short.
        if count >= cohort.fewest or first_of_stream:
            count = max(count, cohort.fewest)
            made.append(_build(world, name, cohort, number, month, count))
            due[name] -= count
    rest = round(month.honest) - sum(len(part) for part in made)
    if "ordinary" in world.stage.spec.honest:
        for block in range(-(-max(rest, 0) // BLOCK)):
            size = min(BLOCK, rest - block * BLOCK)
            season = _season(world, "ordinary", number, month, block)
            made.append(ordinary(season, size))
    return made


def _build(
    world: SignupWorld, name: str, cohort: Cohort, number: int, month: Month, count: int
) -> Applicants:
    return cohort.build(_season(world, name, number, month), count)


def _season(world: SignupWorld, name: str, number: int, month: Month, block: int = 0) -> Season:
    rng = world.stage.random("honest", name, number, block)
    return Season(world.stage, rng, month.first_us, month.last_us, world.spoils)


def _history(spec: SignupSpec) -> float:
    """Sign-ups before the stream for each one inside."""
    return spec.history * spec.history_days / spec.days


def _spoils(pools: Applicants) -> Spoils:
    """Devices and numbers of accounts that are convicted at some time."""
    convicted = pools["convicted_us"] != np.array(None)

    def of(name: str) -> np.ndarray:
        return np.flatnonzero(convicted & (pools[name] != np.array(None)))

    devices, phones = of("device_fingerprint"), of("phone_fingerprint")
    phones = phones[pools["phone_kind"][phones] == "mobile"]
    known = pools["convicted_us"]
    return Spoils(
        pools["device_fingerprint"][devices],
        known[devices].astype(np.int64),
        pools["phone_fingerprint"][phones],
        known[phones].astype(np.int64),
    )

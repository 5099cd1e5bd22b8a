"""Campaigns over time: pools before and in the stream, convictions, and what is used again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from revenuer.worlds.draws import split
from revenuer.worlds.rhythm import DAY_US
from revenuer.worlds.signups.applicants import Applicants, join
from revenuer.worlds.signups.operators.pool import make_pool, pace
from revenuer.worlds.signups.operators.recipe import Recipe, settle
from revenuer.worlds.signups.stage import SignupStage

SETTLING_DAYS = 3.0
"""An account needs so many days of traffic before a scan can convict it. placeholder"""
KEPT = {
    "payment": ("payment_fingerprint", "payment_kind"),
    "phone": ("phone_fingerprint", "phone_kind"),
    "device": ("device_fingerprint",),
}
"""What a pool that comes back may still have."""


def campaign(stage: SignupStage, name: str, recipe: Recipe, before: int, inside: int) -> Applicants:
    """Everything that one operator signs up, oldest first.

    Args:
        stage: The world.
        name: The operator.
        recipe: How it works.
        before: Sign-ups before the stream.
        inside: Sign-ups in the stream.
    """
    rng = stage.random("operator", name)
    sweeps = draw_sweeps(rng, recipe, stage.spec.first_us, stage.spec.end_us)
    shares = rng.uniform(0.5, 1.5, recipe.vendors)
    pools = []
    for early, late in zip(split(before, shares), split(inside, shares), strict=True):
        pools += _vendor(stage, rng, name, recipe, (int(early), int(late)), sweeps)
    who = join(pools)
    who = who.take(np.argsort(who.applied, kind="stable"))
    convict(rng, who, recipe, sweeps)
    reuse(rng, who, recipe.inherits)
    return who


def _vendor(
    stage: SignupStage,
    rng: np.random.Generator,
    name: str,
    recipe: Recipe,
    counts: tuple[int, int],
    sweeps: NDArray[np.int64],
) -> list[Applicants]:
    """The pools of one vendor: one that goes on, or one before the stream and one inside."""
    spec = stage.spec
    ways = settle(recipe, rng)
    times = [
        pace(ways.pace[0], rng, counts[0], spec.first_us, spec.start_us),
        pace(ways.pace[0], rng, counts[1], spec.start_us, spec.end_us),
    ]
    pools = [(ways, np.concatenate(times))]
    if recipe.anew:
        # The first pool is there long enough for a scan to find it before the stream.
        early = spec.first_us + (spec.start_us - spec.first_us) * 2 // 3
        times[0] = pace(ways.pace[0], rng, counts[0], spec.first_us, early)
        pools = [(ways, times[0]), (settle(recipe, rng), times[1])]
    return [
        make_pool(stage, rng, name, how, applied, np.searchsorted(sweeps, applied))
        for how, applied in pools
    ]


def draw_sweeps(
    rng: np.random.Generator, recipe: Recipe, first_us: int, last_us: int
) -> NDArray[np.int64]:
    """When scans convict the operator's accounts, if they find any. In order."""
    shortest, longest = recipe.sweep_days
    number = 2 + int((last_us - first_us) / DAY_US / shortest)
    return first_us + (np.cumsum(rng.uniform(shortest, longest, number)) * DAY_US).astype(np.int64)


def convict(
    rng: np.random.Generator, who: Applicants, recipe: Recipe, sweeps: NDArray[np.int64]
) -> None:
    """Write down when a scan would convict each account, if it were let in."""
    found = rng.random(len(who)) < recipe.found
    if not found.any():
        return
    ready = who.applied + int(SETTLING_DAYS * DAY_US)
    known = sweeps[np.minimum(np.searchsorted(sweeps, ready), sweeps.size - 1)]
    who.put("convicted_us", known.astype(object), found)
    who.put("suspended_us", known.astype(object), found)


def reuse(rng: np.random.Generator, who: Applicants, share: float) -> None:
    """Give a share of the accounts something that a convicted one had."""
    convicted = np.flatnonzero(who["convicted_us"] != np.array(None))
    if not convicted.size or share <= 0:
        return
    known = who["convicted_us"][convicted].astype(np.int64)
    order = np.argsort(known, kind="stable")
    convicted, known = convicted[order], known[order]
    there = np.searchsorted(known, who.applied)
    for names in KEPT.values():
        heir = np.flatnonzero((there > 0) & (rng.random(len(who)) < share))
        source = convicted[(rng.random(heir.size) * there[heir]).astype(np.int64)]
        has = who[names[0]][source] != np.array(None)
        _copy(who, names, heir[has], source[has])


def _copy(
    who: Applicants, names: tuple[str, ...], to: NDArray[np.int64], source: NDArray[np.int64]
) -> None:
    for name in names:
        column = who[name].copy()
        column[to] = who[name][source]
        who.columns[name] = column

"""Probe phases: one actor that tries many ways to get at what the model keeps to itself.

A probe is refused, most often, and the next one is another. So the count is of distinct refused
prompts in a week, against what ordinary owners of the same volume have; a broken application
that repeats one refused prompt has one. That the refused prompts ask as a harvest does, and in
several ways, tells a probe from a product on a contested subject and from a harvest that a guard
turns away. Red teams and evaluators do the same for a living: with a permit they raise no sign.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from revenuer.campaigns.early_signs import Draft, actors, bar
from revenuer.records import Axis, SignKind
from revenuer.stats.beta_binomial import rates_of_others, upper_tail_p

WEEK_DAYS = 7
"""Days in which tries are counted: more than 12,000 were made at once in the public case
(Anthropic, 2026-09-10). placeholder"""
FEWEST_READ = 2
"""Refused prompts of an actor that must have been read. placeholder"""
BY_CHANCE = 0.01
"""How rarely so many prompts of an ordinary owner ask as a harvest does. placeholder"""
LEFT_OUT = 0.01
"""Share of the owners that may be left out of what is ordinary for asking as probers do; if more
ask so, it is ordinary. placeholder"""
LEAST_WAYS = 2.0
"""Ways of asking that one template does not have. placeholder"""
LEAST_SHAPED = 0.3
"""Share of the refused prompts read that must ask as a harvest does. placeholder"""


@dataclass(frozen=True, slots=True)
class Tries:
    """What each owner tried in the last week. Each of shape (n_owners,).

    Attributes:
        exchanges: All that it made.
        refused: Distinct prompts that were refused.
        read: Refused prompts in the sample, of whatever day.
        shaped: Of them, those that a content detector takes for extraction.
        methods: Content detectors that found one of them or more.
        hours: From its first refusal of the week to its last.
        usual_shaped: Share of all ordinary prompts read that a detector takes for extraction.
    """

    exchanges: NDArray[np.int64]
    refused: NDArray[np.int64]
    read: NDArray[np.int64]
    shaped: NDArray[np.int64]
    methods: NDArray[np.int64]
    hours: NDArray[np.float64]
    usual_shaped: float = 0.0


def candidates(
    tries: Tries,
    ordinary: NDArray[np.bool_],
    excused: NDArray[np.bool_],
    share_of_month: float,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Owners that are refused beyond what is ordinary, by prompts that ask as a harvest does.

    Args:
        tries: Of every owner.
        ordinary: Owners taken for ordinary use. Shape (n_owners,).
        excused: Owners with a permit. Shape (n_owners,).
        share_of_month: Time since the look before, as a share of a month.

    Returns:
        The owners, rising, and their p-values.
    """
    active = tries.exchanges > 0
    refused = np.minimum(tries.refused, tries.exchanges)
    asks = (tries.read >= FEWEST_READ) & (tries.shaped >= LEAST_SHAPED * tries.read)
    by_chance = scipy.stats.binom.sf(tries.shaped - 1, tries.read, tries.usual_shaped)
    asks &= by_chance <= BY_CHANCE
    # Two probers of one pool would hide each other.
    few = (asks & active).sum() <= max(2, LEFT_OUT * active.sum())
    rates = rates_of_others(refused, tries.exchanges, ordinary & ~asks if few else ordinary)
    p_values = upper_tail_p(refused, tries.exchanges, rates)
    found = active & ~excused & asks & (p_values <= bar(int(active.sum()), share_of_month))
    owners = np.flatnonzero(found)
    return owners, p_values[owners]


def probe_phases(
    tries: Tries,
    owners: NDArray[np.int64],
    p_values: NDArray[np.float64],
    ways: NDArray[np.float64],
    groups: list[NDArray[np.int64]],
    ordinary: NDArray[np.bool_],
) -> list[Draft]:
    """A draft for each actor that asks in several ways.

    Args:
        tries: Of every owner.
        owners: The candidates, rising.
        p_values: Theirs.
        ways: In how many ways each asks at least, `inf` where no text can tell. Shape as owners.
        groups: Sets of owners that act as one.
        ordinary: Owners taken for ordinary use. Shape (n_owners,).
    """
    several = ways >= LEAST_WAYS
    owners, p_values, ways = owners[several], p_values[several], ways[several]
    others = ordinary & ~np.isin(np.arange(ordinary.size), owners)
    usual = float(tries.refused[others].sum() / max(tries.exchanges[others].sum(), 1))
    drafts = []
    for actor in actors(owners, groups):
        place = np.searchsorted(owners, actor)
        numbers: dict[str, int | float] = {
            "refused_prompts": int(tries.refused[actor].sum()),
            "exchanges": int(tries.exchanges[actor].sum()),
            "ordinary_refused_share": usual,
            "hours": float(tries.hours[actor].max()),
            "read": int(tries.read[actor].sum()),
            "shaped_like_extraction": int(tries.shaped[actor].sum()),
            "methods": int(tries.methods[actor].max()),
            "p_value": float(p_values[place].min()),
        }
        most = float(np.max(ways[place]))
        if np.isfinite(most):
            numbers["ways_at_least"] = most
        drafts.append(
            Draft(
                SignKind.PROBE_PHASE,
                Axis.EXTRACTION,
                actor,
                numbers["p_value"],
                _said(numbers, actor.size),
                numbers,
            )
        )
    return drafts


def _said(numbers: dict[str, int | float], owners: int) -> str:
    share = numbers["refused_prompts"] / max(numbers["exchanges"], 1)
    ways = numbers.get("ways_at_least")
    asked = "" if ways is None else f", in {ways:.0f} ways at least"
    who = "One owner" if owners == 1 else f"{owners} owners that act as one"
    return (
        f"{who} had {numbers['refused_prompts']:,} different prompts refused within "
        f"{numbers['hours']:.0f} hours, {share:.0%} of the exchanges of the week, where ordinary "
        f"owners have {numbers['ordinary_refused_share']:.2%} refused; of "
        f"{numbers['read']} that were read {numbers['shaped_like_extraction']} ask as a harvest "
        f"does{asked}."
    )

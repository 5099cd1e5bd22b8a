"""Quality checks: a few prompts asked again and again, to see whether the answers degrade.

Repeating a prompt is innocent in itself: health checks, drift monitors, build jobs, canned prompts
of a client, retries and caches all do. Two things are not. One is *when*: whoever asks its fixed
prompts in the hours after the guard acted on it, beyond the share of its hours that those are, is
looking at what the guard does to answers; a check that runs by the clock does not know of the
guard. The other is *who*: the same few prompts, rare elsewhere, through several owners that look
like a campaign on each axis at 1 in 20, which is far from convicted. A prompt that was itself
refused does not count, or every retry would; nor does a group that does nothing else, or every
monitor would.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import scipy
from numpy.typing import NDArray

from revenuer.campaigns.early_signs import Draft, bar, coordinated
from revenuer.campaigns.judge import COORDINATED, Judged
from revenuer.campaigns.population import Population
from revenuer.records import Axis, SignKind

DAYS = 3
"""Days on which a prompt must have been asked. placeholder"""
FEW = 12
"""Prompts that a check has at most; a monitor's or a product's set is larger. placeholder"""
STANDS_OUT = 1e-3
"""How rarely a prompt of a queue that draws from a small pool comes up so often. placeholder"""
AFTER_H = 6
"""Hours after a guard's action in which a check is about it. placeholder"""
MOSTLY = 0.5
"""Share of an actor's exchanges from which asking these prompts is all it does. placeholder"""
LEAST_ASKED = 5
"""Times that a prompt must have been asked: a queue with a small pool repeats itself too.
placeholder"""
PROMPTS = 2
"""Prompts of a check through several owners: one is what a queue has drawn too often."""
THROUGH = 3
"""Owners of a group that must ask a prompt. placeholder"""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked again, and when the guard acted.

    Attributes:
        rows: `owner`, `token` (null where there is no long prompt), `hour` since 1970, `asked`,
            `refused` and `guarded`.
        hours: `owner` and `hour`: when each owner was active.
    """

    rows: pl.DataFrame
    hours: pl.DataFrame


def quality_checks(
    population: Population,
    asked: Asked,
    judged: Sequence[Judged],
    ordinary: NDArray[np.bool_],
    excused: NDArray[np.bool_],
    share_of_month: float,
) -> list[Draft]:
    """A draft for each actor that checks on the answers it gets.

    Args:
        population: The accounts.
        asked: What was asked again.
        judged: All groups.
        ordinary: Owners taken for ordinary use. Shape (n_owners,).
        excused: Owners with a permit. Shape (n_owners,).
        share_of_month: Time since the look before, as a share of a month.
    """
    groups = coordinated(judged)
    guarded = asked.rows.filter(pl.col("guarded") > 0)["owner"].unique().sort().to_numpy()
    alone = [np.array([owner]) for owner in guarded]
    acted_on = [one for one in groups if np.isin(one, guarded).any()]
    watched = [one for one in (*alone, *acted_on) if not excused[one].all()]
    drafts = [_after_the_guard(population, asked, one) for one in watched]
    found = [one for one in drafts if one and one.p_value <= bar(len(watched), share_of_month)]
    shaped = coordinated([one for one in judged if one.log_e_value >= COORDINATED])
    shaped = [one for one in shaped if not excused[one].all()]
    drafts = [_through_several(population, asked, one, ordinary) for one in shaped]
    found += [one for one in drafts if one and one.p_value <= bar(len(shaped), share_of_month)]
    return _surest(found)


def fixed_prompts(rows: pl.DataFrame, exchanges: float, *, through: int = 1) -> pl.DataFrame:
    """The few prompts that an actor asks again and again.

    Args:
        rows: As `Asked.rows`, of the actor alone.
        exchanges: All that it made.
        through: Owners that must ask each.

    Returns:
        `token`, `asks`, `days`, `owners`; empty if they are no few, or all that it does.
    """
    each = (
        rows.drop_nulls("token")
        .group_by("token")
        .agg(
            asks=pl.col("asked").sum(),
            days=(pl.col("hour") // 24).n_unique(),
            owners=pl.col("owner").n_unique(),
            stopped=(pl.col("refused") + pl.col("guarded")).sum(),
        )
        .filter((pl.col("stopped") == 0) & (pl.col("days") >= DAYS))
        .filter(pl.col("asks") >= LEAST_ASKED)
        .sort("asks", "token", descending=[True, False])
    )
    few = each.head(FEW)
    if each.height > FEW:
        usual = float(each["asks"][FEW:].to_numpy().mean())
        rare = scipy.stats.poisson.sf(few["asks"].to_numpy() - 1, usual) <= STANDS_OUT
        few = few.filter(pl.Series(rare))
        if few.height == FEW:
            # As many stand out as were looked at: a set, and not a check.
            return few.clear()
    few = few.filter(pl.col("owners") >= through)
    return few if few["asks"].sum() <= MOSTLY * exchanges else few.clear()


def _after_the_guard(
    population: Population, asked: Asked, members: NDArray[np.int64]
) -> Draft | None:
    """How many of an actor's checks come soon after the guard acted on it."""
    rows = asked.rows.filter(pl.col("owner").is_in(members.tolist()))
    fixed = fixed_prompts(rows, float(population.volume[members].sum()))
    if fixed.is_empty():
        return None
    acted = rows.filter(pl.col("guarded") > 0)["hour"].unique().to_numpy()
    soon = np.unique(acted[:, None] + np.arange(AFTER_H + 1))
    at = rows.join(fixed, on="token", how="semi")["hour"].unique()
    active = asked.hours.filter(pl.col("owner").is_in(members.tolist()))["hour"].unique()
    inside, occasions = int(at.is_in(soon.tolist()).sum()), len(at)
    usual = (1 + int(active.is_in(soon.tolist()).sum())) / (1 + len(active))
    numbers = {
        "prompts": fixed.height,
        "asked": int(fixed["asks"].sum()),
        "owners": int(members.size),
        "guard_hours": int(acted.size),
        "occasions": occasions,
        "soon_after_the_guard": inside,
        "usual_share": usual,
        "p_value": float(scipy.stats.binom.sf(inside - 1, occasions, usual)),
    }
    statement = (
        f"{numbers['prompts']} fixed prompts were asked {numbers['asked']:,} times; {inside} of "
        f"the {occasions} hours in which that was are within {AFTER_H} hours after the guard "
        f"acted, where {usual:.0%} of all active hours are."
    )
    p_value = numbers["p_value"]
    return Draft(SignKind.QUALITY_CHECK, None, members, p_value, statement, numbers)


def _through_several(
    population: Population,
    asked: Asked,
    members: NDArray[np.int64],
    ordinary: NDArray[np.bool_],
) -> Draft | None:
    """How rare elsewhere the fixed prompts are that several members ask."""
    mine = pl.col("owner").is_in(members.tolist())
    fixed = fixed_prompts(
        asked.rows.filter(mine), float(population.volume[members].sum()), through=THROUGH
    )
    if fixed.height < PROMPTS:
        return None
    others = np.flatnonzero(ordinary & ~np.isin(np.arange(ordinary.size), members))
    outside = (
        asked.rows.filter(pl.col("owner").is_in(others.tolist()))
        .join(fixed, on="token", how="semi")
        .group_by("token")
        .agg(outside=pl.col("owner").n_unique())
    )
    known = fixed.join(outside, on="token", how="left").with_columns(pl.col("outside").fill_null(0))
    rate = (1 + known["outside"].to_numpy()) / (1 + others.size)
    p_values = np.asarray(
        scipy.stats.binom.sf(known["owners"].to_numpy() - 2, members.size - 1, rate)
    )
    p_value = float(min(1.0, p_values.min() * known.height))
    numbers = {
        "prompts": known.height,
        "asked": int(known["asks"].sum()),
        "days": int(known["days"].to_numpy().max()),
        "owners": int(members.size),
        "asked_by": int(known["owners"].to_numpy().max()),
        "ordinary_owners_asking": int(known["outside"].to_numpy().max()),
        "p_value": p_value,
    }
    statement = (
        f"{numbers['prompts']} fixed prompts were asked {numbers['asked']:,} times on up to "
        f"{numbers['days']} days through up to {numbers['asked_by']} of {members.size} owners "
        f"that act as one; of {others.size:,} ordinary owners "
        f"{numbers['ordinary_owners_asking']} at most ask one of them."
    )
    return Draft(SignKind.QUALITY_CHECK, Axis.COORDINATION, members, p_value, statement, numbers)


def _surest(drafts: Sequence[Draft]) -> list[Draft]:
    """Of drafts with an owner in common the surest."""
    kept: list[Draft] = []
    for one in sorted(drafts, key=lambda draft: (draft.p_value, draft.owners.size)):
        if not any(np.intersect1d(one.owners, other.owners).size for other in kept):
            kept.append(one)
    return kept

"""Judgements that follow one another: what may be convicted when somebody looks every day.

Each look judges the groups that it finds, and each judgement holds for itself. Whoever convicts
at the first of a hundred looks that says so convicts too many. So a group is followed from look
to look, and time is cut into weeks (the horizon). What counts is the mean over a week of a
group's e-values: each is weighed by the time since the look before, as a share of the week, and
looks that are still to come count as nothing. A strong campaign passes at its first look, a weak
one has to stay, and each week begins anew.

Why the bound holds, whenever and however often one looks: with e_h(u) the e-value of group h at
look u and w(u) its weight, M_h(s) sums w(u) e_h(u) over the looks of the week until s. At look s
those groups pass that e-BH selects: M_h(s) >= n(s) / (fdr * R(s)), with n(s) the most groups that
any look of the last horizon formed, and R(s) how many pass. Of all that pass in the week, the
share of innocent ones is at most the sum over them of fdr * max_s M_h(s) / n(s). M_h only grows
within its week, so the sum over groups of max_s M_h(s) is the sum over the week's looks of w(u)
times the sum of e_h(u), which is expected to be the number of innocent groups at u at most; and
these weights sum to one. So the expected share is at most fdr, as far as the number of groups
does not grow meanwhile, and whatever the dependence between looks.

Seven days that lie across two weeks meet the looks of both: the same sum is two at most, so any
seven days, chosen with these weeks in view, have at most twice the share. A mean over a sliding
week that is to hold for any seven days must weigh every look half as much. It is the mean of the
means over two weeks of these, one of which is as large: what it convicts, these convict, and no
later, where as many others pass.

Source:
    Wang and Ramdas (2022), as in `stats.e_bh`; Vovk and Wang (2021), section 3: a mean of
    e-values is an e-value under any dependence. The weighing by time is ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.campaigns.judge import Judged, Judgement
from revenuer.campaigns.population import Population
from revenuer.stats.e_bh import e_bh
from revenuer.stats.log_mean_exp import log_mean_exp

SAME = 0.5
"""Jaccard index from which a group is one of the look before, changed. Below it a group would
take over what was said of others. placeholder"""

MONDAY = datetime(1970, 1, 5, tzinfo=UTC)
"""From where weeks are counted: they are calendar weeks unless the horizon is another."""
LEAST = timedelta(microseconds=1)

TIME = pl.Datetime("us", "UTC")
MEMBERS: dict[str, pl.DataType] = {"group": pl.Int64(), "account_id": pl.String()}
LOOKS: dict[str, pl.DataType] = {"group": pl.Int64(), "at": TIME, "nats": pl.Float64()}
COUNTS: dict[str, pl.DataType] = {"at": TIME, "groups": pl.Int64()}


@dataclass(frozen=True, slots=True)
class Followed:
    """Groups that are followed from look to look.

    Attributes:
        members: The accounts of each group when it was last seen. `group`, `account_id`.
        looks: Weighed log e-values in nats, of the last horizon. `group`, `at`, `nats`.
        counts: How many groups each look formed, in the horizon. `at`, `groups`.
        passed: Groups that have passed since they are followed.
        last: When the last look was; None before the first.
        next_group: The number that the next new group gets.
    """

    members: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=MEMBERS))
    looks: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LOOKS))
    counts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=COUNTS))
    passed: frozenset[int] = frozenset()
    last: datetime | None = None
    next_group: int = 0


@dataclass(frozen=True, slots=True)
class Look:
    """One look.

    Attributes:
        at: Its time: exchanges before it count.
        since: From when it counts: the look before, or the beginning.
        horizon: How long the weeks are over which e-values are averaged, and in each of which
            the promise holds.
        fdr: Highest tolerated share of innocent groups among those that pass.
    """

    at: datetime
    since: datetime
    horizon: timedelta
    fdr: float

    @property
    def weight(self) -> float:
        """Its share of its week."""
        return max((self.at - max(self.since, self.week)) / self.horizon, 0.0)

    @property
    def week(self) -> datetime:
        """When its week began; a look at the end of a week is the last of it."""
        return self.at - ((self.at - MONDAY - LEAST) % self.horizon + LEAST)


def follow(
    before: Followed, judgement: Judgement, population: Population, look: Look
) -> tuple[Followed, Judgement]:
    """Take a look's judgement to those before it.

    Args:
        before: What was followed until now.
        judgement: Of this look.
        population: The accounts that it judged.
        look: When, and what is promised.

    Returns:
        What is followed now, and the judgement in which those groups pass that pass by all
        looks together, or have done so before, and against which this look does not speak.
        A judgement that abstains adds nothing.
    """
    found, place = _distinct(judgement.groups)
    nats: NDArray[np.float64] | None = None
    if not judgement.abstains:
        nats = np.array([log_mean_exp(one) for one in _nats(judgement.groups, place, len(found))])
    after, passes = follow_sets(before, _members(found, population), len(found), nats, look)
    decided = [
        replace(one, passes=bool(passes[number]) and one.log_e_value >= 0)
        for one, number in zip(judgement.groups, place, strict=True)
    ]
    return after, replace(judgement, groups=decided)


def follow_sets(
    before: Followed,
    members: pl.DataFrame,
    size: int,
    nats: NDArray[np.float64] | None,
    look: Look,
) -> tuple[Followed, NDArray[np.bool_]]:
    """`follow` for sets of accounts, each with one log e-value.

    Args:
        before: What was followed until now.
        members: The accounts of each set, numbered from 0. `group`, `account_id`.
        size: How many sets there are.
        nats: Their log e-values; None if nothing may be convicted by this look. Shape (size,).
        look: When, and what is promised.

    Returns:
        What is followed now, and which sets pass or have passed. Shape (size,).
    """
    group, next_group = _recognised(before, members, size)
    looks = before.looks
    if nats is not None and look.weight > 0:
        weighed = nats + np.log(look.weight)
        new = pl.DataFrame({"group": group, "at": look.at, "nats": weighed}, schema=LOOKS)
        looks = pl.concat([looks, new])
    start = look.at - look.horizon
    looks = looks.filter(pl.col("at") > start)
    count = pl.DataFrame({"at": [look.at], "groups": [size]}, schema=COUNTS)
    counts = pl.concat([before.counts, count]).filter(pl.col("at") > start)
    passing = passing_now(looks, counts, look)
    # Who passed once is remembered as long as the group is.
    kept = before.members.filter(
        ~pl.col("group").is_in(group.tolist()) & pl.col("group").is_in(looks["group"].implode())
    )
    now = pl.concat([kept, members.with_columns(group=pl.Series(group)[members["group"]])])
    passed = frozenset((passing | before.passed) & set(now["group"].unique().to_list()))
    after = Followed(now, looks, counts, passed, look.at, next_group)
    return after, np.isin(group, sorted(passed))


def _distinct(groups: Sequence[Judged]) -> tuple[list[NDArray[np.int64]], list[int]]:
    """The distinct sets of owners among groups, and which of them each group is."""
    places: dict[bytes, int] = {}
    place = [places.setdefault(one.members.tobytes(), len(places)) for one in groups]
    found: list[NDArray[np.int64]] = [np.empty(0, np.int64)] * len(places)
    for one, number in zip(groups, place, strict=True):
        found[number] = one.members
    return found, place


def _nats(groups: Sequence[Judged], place: Sequence[int], size: int) -> list[list[float]]:
    found: list[list[float]] = [[] for _ in range(size)]
    for one, number in zip(groups, place, strict=True):
        found[number].append(one.log_e_value)
    return found


def _members(found: Sequence[NDArray[np.int64]], population: Population) -> pl.DataFrame:
    """The accounts of each set, numbered as found."""
    rows = [population.accounts_of(owners) for owners in found]
    sizes = [len(one) for one in rows]
    at = np.concatenate([np.empty(0, np.int64), *rows])
    return pl.DataFrame(
        {
            "group": np.repeat(np.arange(len(found)), sizes),
            "account_id": population.accounts["account_id"].gather(at),
        },
        schema=MEMBERS,
    )


def _recognised(
    before: Followed, members: pl.DataFrame, size: int
) -> tuple[NDArray[np.int64], int]:
    """The number under which each new set is followed, and the next free number.

    A set is the one before with which it has most in common, if that is half of both
    together; each is followed in one at most. Links alone decide, not what is to be judged.
    """
    number = np.full(size, -1, dtype=np.int64)
    old = before.members.rename({"group": "old"})
    met = members.join(old, "account_id").group_by("group", "old").agg(common=pl.len())
    sizes = members.group_by("group").agg(here=pl.len())
    olds = old.group_by("old").agg(there=pl.len())
    met = met.join(sizes, "group").join(olds, "old")
    alike = pl.col("common") / (pl.col("here") + pl.col("there") - pl.col("common"))
    met = met.with_columns(alike=alike).filter(pl.col("alike") >= SAME)
    met = met.sort("alike", "group", "old", descending=[True, False, False])
    used: set[int] = set()
    for group, there in met.select("group", "old").iter_rows():
        if number[group] < 0 and there not in used:
            number[group] = there
            used.add(there)
    new = np.flatnonzero(number < 0)
    number[new] = before.next_group + np.arange(new.size)
    return number, before.next_group + new.size


def passing_now(looks: pl.DataFrame, counts: pl.DataFrame, look: Look) -> set[int]:
    """Groups that pass by all looks of the week until now.

    Args:
        looks: As `Followed` has them, this one among them.
        counts: Likewise.
        look: This one.
    """
    week = looks.filter(pl.col("at") > look.week)
    if week.is_empty():
        return set()
    nats = pl.col("nats")
    summed = nats.max() + (nats - nats.max()).exp().sum().log()
    each = week.group_by("group").agg(nats=summed)
    most = int(counts["groups"].to_numpy().max())
    chosen = e_bh(each["nats"].to_numpy(), alpha=look.fdr, hypotheses=most)
    return set(each["group"].to_numpy()[chosen].tolist())

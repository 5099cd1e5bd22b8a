"""Returns: a new pool that inherits a banned one, and how long it took.

Newcomers that share with a suspended owner what strangers do not are compared with the other
newcomers: how likely one of those begins in the three days after that suspension says how many
heirs come by chance. Who shares much and begins at any other time is a friend, not an heir.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from revenuer.campaigns.early_signs import Draft, bar
from revenuer.campaigns.population import Population
from revenuer.detectors.succession.detector import CARD, LONGEST_WAIT_S, MOST_HOLDERS, NEW_FOR_S
from revenuer.records import Axis, Channel, SignKind

COMMON = 0.05
"""Share of the owners from which a token is a popular client's or network's. placeholder"""
SETTLED_S = 86_400
"""Owners without a date of sign-up are new if the log is older than this before they come."""
TAKEN_OVER = 0.5
"""Share of the older owners that share as much with the heirs, who must be suspended: a class
of forty that loses one pupil does not return. placeholder"""
INDEPENDENT = 10
"""Heirs that count at most: a pool begins together, and so does a class.
As `judge.effective_accounts`. placeholder"""


@dataclass(frozen=True, slots=True)
class Lives:
    """When owners began and were stopped, seconds since 1970. Each of shape (n_owners,).

    Attributes:
        first: Of the first exchange.
        stopped: Of the last account's suspension; NaN unless all accounts are suspended.
        new: Began in this log, soon after signing up.
    """

    first: NDArray[np.float64]
    stopped: NDArray[np.float64]
    new: NDArray[np.bool_]


def lives_of(population: Population, at: datetime) -> Lives:
    """Read them from the accounts table."""
    seconds = pl.col("ended").dt.epoch("us") / 1e6
    closed = pl.when(pl.col("status") == "suspended").then("closed_at")
    ended = population.accounts.select(
        "owner", ended=pl.coalesce("suspended_at", closed)
    ).with_columns(ended=pl.when(pl.col("ended") <= pl.lit(at)).then("ended"))
    each = (
        ended.group_by("owner")
        .agg(stopped=seconds.max(), going=pl.col("ended").is_null().any())
        .sort("owner")
        .select(pl.when(~pl.col("going")).then("stopped"))["stopped"]
    )
    first = population.first_seconds("first_at")
    waited = first - population.first_seconds("created_at")
    late = first - np.nanmin(first) >= SETTLED_S
    new = np.where(np.isnan(waited), late, waited <= NEW_FOR_S)
    return Lives(first, each.fill_null(float("nan")).to_numpy().astype(float), new)


@dataclass(frozen=True, slots=True)
class Likeness:
    """Who shares more with a suspended owner than chance gives to anybody.

    Attributes:
        suspended: Owner of each pair. Shape (n_pairs,).
        other: The one that resembles it. Shape (n_pairs,).
        kinds: Rows of pairs, columns of `Incidences.kinds`: whether the two share one.
    """

    suspended: NDArray[np.int64]
    other: NDArray[np.int64]
    kinds: NDArray[np.bool_]


def likeness(population: Population, suspended: NDArray[np.int64]) -> Likeness:
    """Pairs of a suspended owner and another that share a private thing, or rare ones enough.

    Rare enough: with independent channels, fewer than one owner in all would share as much by
    chance: the logs of one over the share of holders, the rarest of each channel, add up to the
    log of the number of owners.
    """
    graph = population.incidences
    n = max(graph.n_owners, 2)
    held = _rare(population)
    old = held.filter(pl.col("owner").is_in(suspended.tolist())).rename({"owner": "suspended"})
    shared = old.join(held.select("token", other="owner"), on="token").filter(
        pl.col("suspended") != pl.col("other")
    )
    pair = ["suspended", "other"]
    strength = (
        shared.group_by(*pair, "channel")
        .agg(pl.col("nats").max(), pl.col("private").any())
        .group_by(pair)
        .agg(pl.col("nats").sum(), pl.col("private").any())
        .filter(pl.col("private") | (pl.col("nats") >= np.log(n)))
        .sort(pair)
    )
    kinds = np.zeros((strength.height, len(graph.kinds)), dtype=bool)
    place = strength.select(pair).with_row_index("row")
    seen = shared.join(place, on=pair).select("row", "kind").unique()
    kinds[seen["row"].to_numpy(), seen["kind"].to_numpy()] = True
    return Likeness(strength["suspended"].to_numpy(), strength["other"].to_numpy(), kinds)


def _rare(population: Population) -> pl.DataFrame:
    """What owners hold and few others do: `owner`, `token`, `kind`, `channel`, `private`, `nats`.

    Timing is left out: when somebody begins is what is tested.
    """
    graph = population.incidences
    n = max(graph.n_owners, 2)
    timing = np.array([one.channel is Channel.TIMING for one in graph.kinds], dtype=bool)
    few = graph.holders <= min(max(10, int(COMMON * n)), MOST_HOLDERS)
    used = few & (graph.telling & ~timing)[graph.kind]
    channels = [list(Channel).index(one.channel) for one in graph.kinds]
    tokens = pl.DataFrame(
        {
            "token": np.flatnonzero(used),
            "kind": graph.kind[used],
            "channel": np.array(channels, dtype=np.int64)[graph.kind[used]],
            "private": np.array([one.private for one in graph.kinds], dtype=bool)[graph.kind[used]],
            "nats": np.log(n / graph.holders[used]),
        }
    )
    rows = used[graph.token]
    held = pl.DataFrame({"owner": graph.owner[rows], "token": graph.token[rows]})
    return held.join(tokens, on="token")


def returns(population: Population, at: datetime, share_of_month: float) -> list[Draft]:
    """A draft for each pool whose newcomers begin after its suspensions, beyond chance."""
    lives = lives_of(population, at)
    suspended = np.flatnonzero(~np.isnan(lives.stopped))
    if not suspended.size:
        return []
    alike = likeness(population, suspended)
    pools = _pools(population, alike, lives)
    drafts = []
    for pool in pools:
        found = heirs_of(pool, alike, lives)
        p_value = 1.0 if found is None else found.p_value
        if found is not None and p_value <= bar(len(pools), share_of_month):
            drafts.append(draft_of(found, population))
    return drafts


def _pools(population: Population, alike: Likeness, lives: Lives) -> list[NDArray[np.int64]]:
    """Pairs of a suspended owner and a newcomer, those together that have an owner in common."""
    mine = np.flatnonzero(lives.new[alike.other])
    n = population.n_owners
    edges = (alike.suspended[mine], alike.other[mine])
    graph = sparse.coo_array((np.ones(mine.size), edges), shape=(n, n))
    label = connected_components(graph, directed=False)[1][alike.suspended[mine]]
    order = np.argsort(label, kind="stable")
    cuts = np.flatnonzero(np.diff(label[order])) + 1
    return [part for part in np.split(mine[order], cuts) if part.size]


@dataclass(frozen=True, slots=True)
class Heirs:
    """What one pool shows.

    Attributes:
        heirs: Newcomers that began within three days of a suspension. Shape (k,).
        suspended: The owners that they resemble. Shape (m,).
        waits_h: Hours from the newest such suspension to each heir's first exchange. Shape (k,).
        others: Newcomers that resemble the suspended and began at another time.
        expected: Heirs that chance gives.
        kinds: What most heirs share with the suspended: positions in `Incidences.kinds`.
        p_value: How rarely newcomers who begin whenever newcomers do are so many.
    """

    heirs: NDArray[np.int64]
    suspended: NDArray[np.int64]
    waits_h: NDArray[np.float64]
    others: int
    expected: float
    kinds: NDArray[np.int64]
    p_value: float


def heirs_of(
    pool: NDArray[np.int64], alike: Likeness, lives: Lives, *, longest_s: float = LONGEST_WAIT_S
) -> Heirs | None:
    """Hold the newcomers of a pool against all newcomers outside of it.

    Args:
        pool: Pairs of `alike`.
        alike: Who resembles whom.
        lives: When they began and were stopped.
        longest_s: The longest wait, seconds.
    """
    newcomers = np.unique(alike.other[pool])
    outside = lives.first[np.setdiff1d(np.flatnonzero(lives.new), newcomers)]
    waits = lives.first[alike.other[pool]] - lives.stopped[alike.suspended[pool]]
    soon = (waits >= 0) & (waits <= longest_s)
    heirs = np.unique(alike.other[pool[soon]])
    if not heirs.size or not _taken_over(alike, alike.suspended[pool[soon]], heirs, lives):
        return None
    chances = np.empty(newcomers.size)
    for number, one in enumerate(newcomers):
        stops = np.unique(lives.stopped[alike.suspended[pool[alike.other[pool] == one]]])
        chances[number] = _chance(outside, stops, longest_s)
    expected = float(chances.sum())
    counted = min(heirs.size, INDEPENDENT)
    # Of a hundred that began together ten count, and the same share of those that did not.
    scale = counted / heirs.size
    drawn = np.sort(chances)[::-1][: max(counted, round(scale * newcomers.size))]
    nearest = np.array([waits[soon & (alike.other[pool] == one)].min() for one in heirs])
    shared = alike.kinds[pool[soon]].mean(axis=0)
    return Heirs(
        heirs=heirs,
        suspended=np.unique(alike.suspended[pool[soon]]),
        waits_h=nearest / 3600,
        others=int(newcomers.size - heirs.size),
        expected=expected,
        kinds=np.flatnonzero(shared >= 0.5),
        p_value=at_least(counted, drawn),
    )


def _taken_over(
    alike: Likeness, suspended: NDArray[np.int64], heirs: NDArray[np.int64], lives: Lives
) -> bool:
    """Whether most of those who were there before, and share as much, are suspended."""
    mine = np.isin(alike.suspended, suspended)
    like = np.setdiff1d(np.union1d(alike.other[mine], suspended), heirs)
    older = like[lives.first[like] < lives.first[heirs].min()]
    return bool(np.mean(~np.isnan(lives.stopped[older])) >= TAKEN_OVER) if older.size else False


def _chance(starts: NDArray[np.float64], stops: NDArray[np.float64], longest_s: float) -> float:
    """Share of the other newcomers that begin soon after one of these times."""
    began = np.sort(starts)
    after = np.searchsorted(stops, began, side="right") - 1
    waits = began - np.where(after >= 0, stops[np.maximum(after, 0)], -np.inf)
    return float((1 + (waits <= longest_s).sum()) / (1 + starts.size))


def at_least(count: int, chances: NDArray[np.float64]) -> float:
    """How rarely so many or more of independent events with these chances happen."""
    law = np.ones(1)
    for chance in chances:
        law = np.append(law * (1 - chance), 0.0) + np.append(0.0, law * chance)
    return float(np.clip(law[count:].sum(), np.finfo(float).tiny, 1.0))


def draft_of(
    found: Heirs,
    population: Population,
    *,
    whom: str = "suspended owners",
    after: str = "a suspension",
) -> Draft:
    """Say what a pool shows.

    Args:
        found: What it shows.
        population: The accounts.
        whom: Whom they resemble.
        after: What they began after.
    """
    graph = population.incidences
    names = [graph.kinds[kind].id for kind in found.kinds if graph.kinds[kind].id != CARD.id]
    numbers = {
        "heirs": int(found.heirs.size),
        "suspended": int(found.suspended.size),
        "hours_to_first": float(found.waits_h.min()),
        "hours_to_median": float(np.median(found.waits_h)),
        "alike_at_other_times": found.others,
        "expected_by_chance": found.expected,
        "p_value": found.p_value,
    }
    statement = (
        f"{numbers['heirs']} newcomers that share {', '.join(names) or 'rare things'} with "
        f"{numbers['suspended']} {whom} began {numbers['hours_to_first']:.1f} to "
        f"{found.waits_h.max():.1f} hours after {after}, half of them within "
        f"{numbers['hours_to_median']:.1f}; when newcomers begin otherwise gives "
        f"{found.expected:.1f} by chance, and {found.others} like them began at another time."
    )
    owners = np.union1d(found.heirs, found.suspended)
    return Draft(SignKind.RETURN, Axis.COORDINATION, owners, found.p_value, statement, numbers)

"""Populations that are judged without logs, for the mathematics of judging alone.

Half of the accounts are in honest clusters that share an address, a client and a wording, and
whose members resemble each other: of each statistic's variance the cluster explains 0.2 to
0.7, where `judge.effective_accounts` takes 0.1 for granted.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from promise_liars import MOST_LIARS
from promise_trials import RATES, Convictions, Outcome, Truth, count, nearest_innocent
from promise_worlds import Trial
from revenuer.campaigns.asked import Asked
from revenuer.campaigns.incidence import LinkKind, build_incidences
from revenuer.campaigns.judge import judge, select
from revenuer.campaigns.peers import sightings_of
from revenuer.campaigns.population import Population
from revenuer.campaigns.timing import activity_matrix
from revenuer.features.expressions import SEPARATOR
from revenuer.records import Axis, Channel
from revenuer.settings import JudgeSettings

START = datetime(2026, 6, 1, tzinfo=UTC)
HOURS = 24 * 14
ALIKE, TIED, LIED = "alike", "alike and tied", "alike, lied to"
DETECTORS = 4
"""Statistics an axis."""


def _kind(name: str, channel: Channel, *, private: bool = False) -> LinkKind:
    return LinkKind(name, channel, private, declared=False, convicts=True, phrase=name)


CARD = _kind("card", Channel.IDENTITY, private=True)
ADDRESS = _kind("address", Channel.NETWORK)
CLIENT = _kind("client", Channel.SOFTWARE)
TEMPLATE = _kind("template", Channel.TEXT)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A population and its truth.

    Attributes:
        population: What is judged; every account is its own owner.
        guilty: Shape (n,).
        cluster: The honest cluster of each account, -1 for none. Shape (n,).
    """

    population: Population
    guilty: NDArray[np.bool_]
    cluster: NDArray[np.int64]


def draw_population(seed: int, *, size: int = 320, guilty: int = 0, tied: bool = False) -> Drawn:
    """Draw accounts, half of them in honest clusters.

    Args:
        seed: Everything that is drawn follows from it.
        size: Accounts.
        guilty: Accounts of one campaign among them.
        tied: A cluster is out of the ordinary on all axes or on none.
    """
    rng = np.random.default_rng([7, seed])
    cluster = _clusters(rng, size, guilty)
    accused = np.arange(size) < guilty
    effects = _Effects(rng, cluster, tied=tied)
    statistics = {
        axis: {
            f"{axis.value}-{number}": effects.draw(axis) + 3.0 * accused * (rng.random(size) < 0.9)
            for number in range(DETECTORS)
        }
        for axis in (Axis.EXTRACTION, Axis.CONCEALMENT)
    }
    volume = np.round(np.exp(3.0 + 1.2 * effects.draw(Axis.EXTRACTION))) + 1
    owners = pl.DataFrame(
        {"account_id": [f"a{n:05}" for n in range(size)], "owner": np.arange(size, dtype=np.int64)}
    )
    together = rng.uniform(0, 200, cluster.max(initial=0) + 2)[cluster]
    days = np.where(rng.random(size) < 0.5, together, rng.uniform(0, 200, size))
    accounts = owners.with_columns(
        n_exchanges=volume.astype(np.int64),
        first_at=pl.lit(START + timedelta(days=1)),
        created_at=START - pl.duration(seconds=pl.Series((days * 86_400).astype(np.int64))),
        channel_seen=pl.lit("api"),
    )
    hourly = activity_matrix(_hours(rng, cluster, volume), owners)
    incidences = build_incidences(owners, _tokens(rng, cluster, accused))
    return Drawn(Population(accounts, incidences, statistics, hourly), accused, cluster)


def lied_to(drawn: Drawn, liars: int) -> Drawn:
    """The same where peers name each honest cluster as a campaign, as if they had read our log.

    Each names a thing of every kind that the cluster's members have and nobody else, and, by
    private matching, a card of each member; what it says is believed.
    """
    ids = drawn.population.accounts["account_id"].to_list()
    inside = [(ids[place], int(one)) for place, one in enumerate(drawn.cluster) if one >= 0]
    tokens = [
        (account, SEPARATOR.join((kind, f"cluster {one}", f"liar {liar}")))
        for liar in range(liars)
        for kind in NAMED
        for account, one in inside
    ]
    owners = drawn.population.accounts.select("account_id", "owner")
    heard = pl.DataFrame(tokens, schema=["account_id", "token"], orient="row")
    met = dict(inside)
    rows = [
        (account, "payment-fingerprint", f"liar {liar}", account, met.get(account))
        for liar in range(liars)
        for account in ids
    ]
    names = ["account_id", "kind", "source", "unit", "cluster"]
    asked = pl.DataFrame(rows, schema=names, orient="row").with_columns(
        cluster=pl.format("cluster {}", "cluster")
    )
    token = pl.concat_str(["kind", "cluster", "source"], separator=SEPARATOR)
    found = asked.drop_nulls("cluster").select("account_id", token=token)
    population = replace(
        drawn.population,
        sightings=sightings_of(pl.concat([heard, found]), owners),
        asked=Asked.of(asked, owners),
    )
    return replace(drawn, population=population)


NAMED = ("address", "tls-fingerprint", "email-domain")
"""A kind of each family."""


def _clusters(rng: np.random.Generator, size: int, guilty: int) -> NDArray[np.int64]:
    """Clusters of 3 to 60 accounts, half of the innocents together."""
    cluster = np.full(size, -1)
    free = rng.permutation(np.arange(guilty, size))
    place = number = 0
    while place < free.size // 2:
        members = free[place : place + int(np.clip(3 + rng.pareto(1.1) * 5, 3, 60))]
        cluster[members] = number
        place, number = place + members.size, number + 1
    return cluster


class _Effects:
    """Statistics that are standard normal, and alike within clusters."""

    def __init__(self, rng: np.random.Generator, cluster: NDArray[np.int64], *, tied: bool) -> None:
        self.rng, self.cluster = rng, cluster
        self.n = cluster.max(initial=0) + 1
        self.share = np.append(rng.uniform(0.2, 0.7, self.n), 0.0)
        one = rng.normal(size=self.n)
        self.common = {axis: one if tied else rng.normal(size=self.n) for axis in Axis}

    def draw(self, axis: Axis) -> NDArray[np.float64]:
        """One statistic. Shape (n_accounts,)."""
        # Half of what a cluster has in common it has in every statistic of the axis.
        effect = (self.common[axis] + self.rng.normal(size=self.n)) / np.sqrt(2)
        share = self.share[self.cluster]
        alike = np.append(effect, 0.0)[self.cluster]
        own = self.rng.normal(size=self.cluster.size)
        return np.asarray(np.sqrt(share) * alike + np.sqrt(1 - share) * own)


def _tokens(
    rng: np.random.Generator, cluster: NDArray[np.int64], accused: NDArray[np.bool_]
) -> dict[LinkKind, pl.DataFrame]:
    size = cluster.size
    rows: dict[LinkKind, list[tuple[int, str]]] = defaultdict(list)
    for owner, group in enumerate(cluster):
        rows[CARD].append((owner, f"card {owner}"))
        rows[CLIENT].append((owner, f"client {int(rng.zipf(1.6)) % 40}"))
        rows[ADDRESS] += [(owner, f"address {n}") for n in rng.integers(0, 2 * size, 2)]
        if group >= 0:
            rows[ADDRESS].append((owner, f"office {group}"))
            rows[CLIENT].append((owner, f"own client {group}"))
            rows[TEMPLATE].append((owner, f"own wording {group}"))
        if accused[owner]:
            rows[CARD].append((owner, f"stolen card {owner // 4}"))
            rows[ADDRESS] += [(owner, f"exit {owner % 3}"), (owner, f"relay {owner // 5}")]
            rows[CLIENT].append((owner, "harvester"))
            rows[TEMPLATE] += [(owner, f"harvest {n}") for n in range(4)]
    return {
        kind: pl.DataFrame(
            [{"account_id": f"a{owner:05}", "token": token} for owner, token in pairs]
        )
        for kind, pairs in rows.items()
    }


def _hours(
    rng: np.random.Generator, cluster: NDArray[np.int64], volume: NDArray[np.float64]
) -> pl.DataFrame:
    """Clusters keep office hours of their own."""
    shifts = rng.integers(0, 24, cluster.max(initial=0) + 2)
    parts = []
    for owner, exchanges in enumerate(volume):
        hours = rng.integers(0, HOURS, int(exchanges))
        if cluster[owner] >= 0:
            hours = hours // 24 * 24 + (shifts[cluster[owner]] + hours % 8) % 24
        hours, counts = np.unique(hours, return_counts=True)
        parts.append(
            pl.DataFrame({"account_id": f"a{owner:05}", "hour": hours, "exchanges": counts})
        )
    return pl.concat(parts)


def judge_drawn(
    drawn: Drawn, settings: JudgeSettings, rates: Sequence[float]
) -> tuple[dict[str, Convictions], float]:
    """What passes in a population at each error rate, and how near innocents came.

    Explanations are not weighed.
    """
    groups = judge(drawn.population, settings, seed=1).groups
    campaigns = (np.flatnonzero(drawn.guilty),) if drawn.guilty.any() else ()
    truth = Truth(drawn.cluster.astype(str), drawn.guilty, campaigns)
    found = {}
    for rate in rates:
        # A set that forms at several resolutions is one.
        sets = {
            tuple(group.members.tolist())
            for group, passed in zip(groups, select(groups, rate), strict=True)
            if passed
        }
        found[str(rate)] = count([np.array(members) for members in sorted(sets)], truth)
    return found, nearest_innocent(groups, truth, drawn.population)


def run_population(trial: Trial, settings: JudgeSettings | None = None) -> Outcome:
    """Draw a population, judge it, and hold what passes against its truth.

    Args:
        trial: `alike`, `alike and tied` or `alike, lied to`; every second one hides a campaign.
        settings: None for the defaults.
    """
    started = time.monotonic()
    guilty = 12 * (trial.number % 2)
    drawn = draw_population(trial.number, guilty=guilty, tied=trial.kind == TIED)
    if trial.kind == LIED:
        drawn = lied_to(drawn, 1 + trial.number // 2 % MOST_LIARS)
    passed, nearest = judge_drawn(drawn, settings or JudgeSettings(), RATES)
    return Outcome(
        kind=trial.kind,
        number=trial.number,
        shift=None,
        accounts=drawn.guilty.size,
        guilty=guilty,
        guilty_new=0.0,
        campaigns=int(guilty > 0),
        groups=0,
        failing=[],
        convicted=passed,
        unchecked=passed,
        nearest=nearest,
        wrong=[],
        seconds=round(time.monotonic() - started, 2),
    )

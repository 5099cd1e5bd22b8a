"""Every method as one thing: logs and a clean world in, alarms out."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from peers.account_scores import (
    QUERIES,
    account_statistics,
    both_sides,
    discrepancies,
    named_above,
)
from peers.alarms import Alarm, Score, best_recall, leaked, score
from peers.components import COMMONEST, LARGEST, components
from peers.indicators import INDICATORS, indicators, nth_largest, tail_ranks
from peers.logs import Logs
from peers.mmd import Pool
from peers.pooled import clean_pool
from peers.prada import prada, seat, similar_bar
from peers.scan import revenuer_alarms
from peers.windows import kernel, median_bandwidth

POOL_FOR_ACCOUNTS = 1000
"""Clean queries that one account's are compared with."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a method says, and the scores of accounts it says it by, if any."""

    alarms: list[Alarm]
    scores: dict[str, float] = field(default_factory=dict)


Method = Callable[[Logs, Logs], Named]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a method did in one world.

    Attributes:
        score: Of its alarms when all is known.
        leaked: Share of the campaigns' own exchanges that had passed.
        on_the_way: Innocents that were named at any checkpoint.
        best: Recall at nine tenths precision with the threshold that the truth would choose;
            None for methods without a score.
        seconds: Of the last checkpoint, the whole log.
    """

    score: Score
    leaked: float
    on_the_way: int
    best: float | None
    seconds: float


def replay(method: Method, logs: Logs, clean: Logs, checkpoints: Sequence[float]) -> Outcome:
    """Run a method at several moments, the last of which is the end.

    An account counts as stopped from the first moment at which it was named.
    """
    stopped: dict[str, int] = {}
    for share in checkpoints:
        known, quiet = (logs, clean)
        if share < 1:
            known, quiet = (each.before(each.moment(share)) for each in (logs, clean))
        started = time.perf_counter()
        named = method(known, quiet)
        seconds = time.perf_counter() - started
        moment = int(known.exchanges["at_us"][-1])
        for alarm in named.alarms:
            for account in alarm.account_ids:
                stopped.setdefault(account, moment)
    return Outcome(
        score=score(logs, named.alarms),
        leaked=leaked(logs, stopped),
        on_the_way=len(set(stopped) - logs.guilty),
        best=best_recall(logs, named.scores) if named.scores else None,
        seconds=seconds,
    )


def by_score(values: dict[str, float], clean: dict[str, float]) -> Named:
    """One alarm with all accounts above what clean accounts stay below."""
    named = named_above(values, clean)
    return Named([Alarm(named)] if named else [], values)


def revenuer(logs: Logs, clean: Logs) -> Named:
    """Revenuer; it gets no clean world."""
    del clean
    return Named(revenuer_alarms(logs))


def all_components(logs: Logs, clean: Logs) -> Named:
    """Connected components without any cap."""
    del clean
    return Named(components(logs))


def rare_components(logs: Logs, clean: Logs) -> Named:
    """Components over values that few accounts share."""
    del clean
    return Named(components(logs, commonest=COMMONEST))


def small_components(logs: Logs, clean: Logs) -> Named:
    """The same without the largest components."""
    del clean
    return Named(components(logs, commonest=COMMONEST, largest=LARGEST))


def _indicators(logs: Logs, clean: Logs, place: int) -> Named:
    ours, theirs = indicators(logs), indicators(clean)
    columns, quiet = [], []
    for name in INDICATORS:
        calm = dict(theirs.select("account_id", name).drop_nulls().iter_rows())
        values = dict(ours.select("account_id", name).drop_nulls().iter_rows())
        columns.append(tail_ranks(values, calm))
        quiet.append(tail_ranks(calm, calm))
    return by_score(nth_largest(columns, place), nth_largest(quiet, place))


def any_indicator(logs: Logs, clean: Logs) -> Named:
    """The strongest of the four indicators of AA26-251A."""
    return _indicators(logs, clean, 0)


def two_indicators(logs: Logs, clean: Logs) -> Named:
    """The second strongest: an account needs two."""
    return _indicators(logs, clean, 1)


def prada_accounts(logs: Logs, clean: Logs) -> Named:
    """PRADA on each account's queries, both sides."""
    calm = account_statistics(clean, prada)
    return by_score(both_sides(account_statistics(logs, prada), calm), both_sides(calm, calm))


def seat_accounts(logs: Logs, clean: Logs) -> Named:
    """SEAT on each account's queries, both sides."""
    bar = similar_bar(clean_pool(clean, np.random.default_rng(0)), np.random.default_rng(1))
    calm = account_statistics(clean, lambda own: seat(own, bar=bar))
    values = account_statistics(logs, lambda own: seat(own, bar=bar))
    return by_score(both_sides(values, calm), both_sides(calm, calm))


def mmd_accounts(logs: Logs, clean: Logs) -> Named:
    """The discrepancy of each account to the pool, with a null of clean accounts."""
    pool = clean_pool(clean, np.random.default_rng(0))[:POOL_FOR_ACCOUNTS]
    bandwidth = median_bandwidth(pool, np.random.default_rng(1))
    values, calm = (discrepancies(each, pool, bandwidth=bandwidth) for each in (logs, clean))
    return by_score(values, calm)


def mmd_pooled_null(logs: Logs, clean: Logs) -> Named:
    """The same discrepancy with the paper's null: windows drawn from the pool."""
    rng = np.random.default_rng(0)
    pool = clean_pool(clean, rng)[:POOL_FOR_ACCOUNTS]
    bandwidth = median_bandwidth(pool, rng)
    gram = kernel(pool, pool, bandwidth=bandwidth)
    bar = Pool.fit(gram, size=QUERIES, rng=rng).bar
    values = discrepancies(logs, pool, bandwidth=bandwidth)
    named = frozenset(account for account, value in values.items() if value > bar)
    return Named([Alarm(named)] if named else [], values)


METHODS: dict[str, Method] = {
    "Revenuer": revenuer,
    "components, no cap": all_components,
    f"components, values of at most {COMMONEST}": rare_components,
    f"the same, at most {LARGEST:,} accounts": small_components,
    "AA26-251A, any of four": any_indicator,
    "AA26-251A, two of four": two_indicators,
    "MMD per account, pooled null": mmd_pooled_null,
    "MMD per account, null of accounts": mmd_accounts,
    "PRADA per account": prada_accounts,
    "SEAT per account": seat_accounts,
}

"""Random populations with honest clusters in them, and a campaign where one is asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import timedelta

import numpy as np
import polars as pl
from campaign_builders import (
    ADDRESS,
    CARD,
    CLIENT,
    START,
    TEMPLATE,
    account_name,
    population_of,
)
from numpy.typing import NDArray

from revenuer.campaigns.incidence import LinkKind
from revenuer.campaigns.population import Population
from revenuer.records import Axis

Tokens = dict[LinkKind, dict[str, set[int]]]
CAMPAIGN = np.arange(12)
HOURS = 24 * 14


def random_holders(rng: np.random.Generator, n: int) -> Tokens:
    """Cards of one's own, popular clients, many addresses; households, an office, a class."""
    held: Tokens = {one: defaultdict(set) for one in (CARD, ADDRESS, CLIENT, TEMPLATE)}
    for owner in range(n):
        held[CARD][f"card {owner}"].add(owner)
        held[CLIENT][f"client {int(rng.zipf(1.6)) % 40}"].add(owner)
        for address in rng.integers(0, 2 * n, rng.integers(1, 4)):
            held[ADDRESS][f"address {address}"].add(owner)
        if rng.random() < 0.3:
            held[TEMPLATE][f"template {rng.integers(0, n // 4)}"].add(owner)
    strangers = rng.permutation(np.arange(CAMPAIGN.size, n))
    for number in range(12):
        household = strangers[4 * number : 4 * number + rng.integers(2, 5)]
        _share(held, CARD, f"household {number}", household)
        _share(held, ADDRESS, f"home {number}", household)
    office, classroom = strangers[60:72], strangers[80:105]
    _share(held, ADDRESS, "office", office)
    _share(held, CLIENT, "office client", office)
    _share(held, ADDRESS, "classroom", classroom)
    _share(held, TEMPLATE, "assignment", classroom)
    return held


def _share(held: Tokens, one: LinkKind, token: str, owners: Iterable[int]) -> None:
    held[one][token] |= {int(owner) for owner in owners}


def plant_campaign(held: Tokens) -> None:
    """Twelve owners on four cards, each card in two hands of the next: one template."""
    for number in range(4):
        _share(held, CARD, f"campaign card {number}", CAMPAIGN[3 * number : 3 * number + 4])
        _share(held, ADDRESS, f"campaign exit {number}", CAMPAIGN[number::4])
        _share(held, ADDRESS, f"campaign relay {number}", CAMPAIGN[number : number + 6])
    for number in range(6):
        _share(held, TEMPLATE, f"campaign shingle {number}", CAMPAIGN)


def random_population(
    seed: int,
    *,
    n: int = 320,
    shown: Collection[Axis] = (),
    owners: NDArray[np.int64] | None = None,
) -> Population:
    """A log's accounts, the first twelve with the signs of a campaign on the axes `shown`."""
    rng = np.random.default_rng(seed)
    held = random_holders(rng, n)
    volume = np.round(np.exp(rng.normal(3.5, 1.2, n))) + 1
    if Axis.COORDINATION in shown:
        plant_campaign(held)
    if Axis.CONCEALMENT in shown:
        volume[CAMPAIGN] = rng.integers(180, 220, CAMPAIGN.size)
    signed_up = rng.uniform(0, 200, n)
    return population_of(
        n,
        held,
        statistics={
            axis: {name: _statistic(rng, n, axis in shown) for name in ("one", "other")}
            for axis in (Axis.EXTRACTION, Axis.CONCEALMENT)
        },
        hourly=_hourly(rng, volume),
        n_exchanges=volume.astype(np.int64),
        created_at=[START - timedelta(days=float(days)) for days in signed_up],
        **({} if owners is None else {"owner": owners}),
    )


def _statistic(rng: np.random.Generator, n: int, lifted: bool) -> NDArray[np.float64]:
    values = rng.normal(size=n)
    values[CAMPAIGN] += 4.0 * lifted
    return np.where(rng.random(n) < 0.2, np.nan, values)


def _hourly(rng: np.random.Generator, volume: NDArray[np.float64]) -> pl.DataFrame:
    rows = []
    for owner, exchanges in enumerate(volume):
        hours, counts = np.unique(rng.integers(0, HOURS, int(exchanges)), return_counts=True)
        rows.append(
            pl.DataFrame({"account_id": account_name(owner), "hour": hours, "exchanges": counts})
        )
    return pl.concat(rows)

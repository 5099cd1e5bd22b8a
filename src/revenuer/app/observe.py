"""Run the features' and detectors' queries and bring back account-sized tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

import ibis.expr.types as ir
import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.app.progress import Progress, Silent
from revenuer.app.sampled import SampleReading, read_sample
from revenuer.app.side_by_side import begun, side_by_side
from revenuer.campaigns.asked import Asked
from revenuer.campaigns.incidence import (
    Holdings,
    Incidences,
    LinkKind,
    holdings_of,
    join_holdings,
    rare_holdings,
)
from revenuer.campaigns.peers import sightings_of
from revenuer.campaigns.population import Population, number_owners
from revenuer.campaigns.timing import activity_matrix
from revenuer.detector import (
    BehaviourDetector,
    ContentDetector,
    Context,
    Detector,
    LinkDetector,
    Maturity,
    TextLinkDetector,
)
from revenuer.detectors.incidences import held_of
from revenuer.features.accounts import account_features
from revenuer.features.boilerplate import repeat_share
from revenuer.features.prompts import ReadPrompts
from revenuer.features.shared import SHARED, made, shared
from revenuer.records import Axis, Channel
from revenuer.settings import SampleSettings, Settings
from revenuer.sources import Logs

STAND_INS = {
    "exchanges.prompt": "exchanges.prompt_sketch",
    "exchanges.system_prompt": "exchanges.system_prompt_sketch",
}
"""What is read instead of a column that a log lacks."""

ALSO_SHOWS = {
    # Reasoning that one account was given and another one spends was taken out of it.
    "reasoning-signature-replay": Axis.EXTRACTION,
    # One conversation that goes on under several names hides how many there are.
    "shared-session": Axis.CONCEALMENT,
}
"""Links that speak to a second axis too, by how many an owner has."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What was read of one log.

    Attributes:
        population: The accounts.
        sample: A fixed-size sample of each account's exchanges, and what was read in it.
        blind: Detectors that had nothing to read, and why.
        context: What the detectors were told.
    """

    population: Population
    sample: SampleReading
    blind: tuple[str, ...]
    context: Context


def observe(
    logs: Logs,
    detectors: Iterable[Detector],
    context: Context,
    settings: Settings,
    progress: Progress,
    *,
    aside: bool = False,
) -> Observation:
    """Ask the engine once for everything that grouping and judging need.

    Args:
        logs: What is looked at.
        detectors: Who looks.
        context: What they are told.
        settings: How many prompts are read.
        progress: Told how far the work is.
        aside: Read the prompts while the engine answers, if it can do two things at once. Nothing
            is told of that reading then, and both take their memory together.
    """
    seeing, blind = sighted(detectors, logs.tables.present)
    aside = aside and logs.engine.at_once > 1
    told = Silent() if aside else progress
    with begun(partial(read_sample, logs, seeing, settings.sample, told), aside=aside) as read:
        keep_shared(logs, progress)
        accounts = _accounts(logs, seeing, context, progress)
        if not aside:
            read()
        owners = accounts.select("account_id", "owner")
        incidences = _links(logs, seeing, owners, lambda: read().prompts, progress)
        sample = read()
    prompts = sample.prompts
    repeats = repeat_share(prompts.account, accounts.height, prompts.wholes)
    accounts = accounts.with_columns(repeat_share=pl.Series(repeats))
    statistics = _statistics(seeing, accounts, sample, context)
    for kind, axis in ALSO_SHOWS.items():
        held = rare_holdings(incidences, kind)
        if not np.isnan(held).all():
            statistics[axis][kind] = held[owners["owner"].to_numpy()]
    hours = logs.engine.fetch(shared(logs.tables, "hours"))
    forget_shared(logs)
    activity = activity_matrix(hours, owners)
    sightings = _sightings(logs, seeing, owners)
    asked = _asked(logs, owners) if sightings is not None else None
    population = Population(accounts, incidences, statistics, activity, sightings, asked)
    return Observation(population, sample, blind, context)


def keep_shared(logs: Logs, progress: Progress) -> None:
    """Work out once what several detectors ask for."""
    kept = {}
    with progress.stage("shared tables: one pass for each", len(SHARED)) as advance:
        for name in SHARED:
            kept[name] = logs.engine.keep(name, made(name, logs.tables.exchanges))
            advance(1)
    logs.tables = replace(logs.tables, kept=kept)


def forget_shared(logs: Logs) -> None:
    """Give back the memory of what no query will ask for any more."""
    for name in logs.tables.kept:
        logs.engine.forget(name)
    logs.tables = replace(logs.tables, kept={})


def sighted(
    detectors: Iterable[Detector], present: frozenset[str]
) -> tuple[tuple[Detector, ...], tuple[str, ...]]:
    """Split detectors into those that can see and a sentence for each that cannot."""
    seeing, blind = [], []
    for detector in detectors:
        missing = [
            need for need in detector.card.needs if not present & {need, STAND_INS.get(need)}
        ]
        if missing:
            blind.append(f"{detector.card.id}: this log has no {', '.join(missing)}")
        else:
            seeing.append(detector)
    return tuple(seeing), tuple(blind)


def _accounts(
    logs: Logs, detectors: tuple[Detector, ...], context: Context, progress: Progress
) -> pl.DataFrame:
    """A row an account: aggregates beside what the accounts table says."""
    exchanges = logs.tables.exchanges
    wanted: dict[str, ir.Value] = {}
    for detector in detectors:
        if isinstance(detector, BehaviourDetector):
            wanted |= detector.aggregates(exchanges, context)
    with progress.stage("accounts: one pass over the exchanges", None):
        features = logs.engine.fetch(account_features(logs.tables, wanted, context.window_days))
        known = logs.engine.fetch(logs.tables.accounts)
    joined = features.join(known, on="account_id", how="left").sort("account_id")
    stated = pl.coalesce("organization_id", "organization_seen").alias("organization_id")
    return number_owners(joined.with_columns(stated))


def _statistics(
    detectors: tuple[Detector, ...],
    accounts: pl.DataFrame,
    sample: SampleReading,
    context: Context,
) -> dict[Axis, dict[str, NDArray[np.float64]]]:
    """Each detector's statistic an account, by axis; only stable detectors may convict."""
    found: dict[Axis, dict[str, NDArray[np.float64]]] = {axis: {} for axis in Axis}
    for detector in detectors:
        if detector.card.maturity is not Maturity.STABLE:
            continue
        if isinstance(detector, BehaviourDetector):
            values = detector.statistic(accounts, context)
        elif isinstance(detector, ContentDetector):
            values = mean_scores(sample.scores[detector.card.id], sample.prompts)
        else:
            continue
        found[detector.card.axis][detector.card.id] = np.asarray(values, dtype=float)
    return found


def mean_scores(scores: NDArray[np.float64], prompts: ReadPrompts) -> NDArray[np.float64]:
    """The mean score of each account's prompts, NaN without text. Shape (n_accounts,)."""
    read = ~np.isnan(scores)
    n = prompts.account_ids.size
    total = np.bincount(prompts.account[read], weights=scores[read], minlength=n)
    count = np.bincount(prompts.account[read], minlength=n)
    empty = np.full(n, np.nan)
    return np.asarray(np.divide(total, count, out=empty, where=count > 0))


def link_accounts(
    logs: Logs,
    detectors: tuple[Detector, ...],
    settings: SampleSettings,
    progress: Progress,
) -> tuple[Incidences, pl.Series]:
    """What accounts share, each account on its own, and the accounts in order."""
    named = logs.engine.fetch(logs.tables.exchanges.select("account_id").distinct())
    ids = named["account_id"].sort()
    keep_shared(logs, progress)
    prompts = read_sample(logs, (), settings, progress).prompts
    alone = pl.DataFrame({"account_id": ids, "owner": np.arange(len(ids), dtype=np.int64)})
    found = _links(logs, detectors, alone, lambda: prompts, progress)
    forget_shared(logs)
    return found, ids


def _links(
    logs: Logs,
    detectors: tuple[Detector, ...],
    owners: pl.DataFrame,
    prompts: Callable[[], ReadPrompts],
    progress: Progress,
) -> Incidences:
    """Every link detector's tokens, as one bipartite graph."""
    linking = [
        d
        for d in detectors
        if isinstance(d, LinkDetector | TextLinkDetector) and d.channel is not Channel.PEER
    ]
    asked = [one for one in linking if isinstance(one, LinkDetector)]
    read = [one for one in linking if isinstance(one, TextLinkDetector)]
    n_owners = owners["owner"].n_unique()
    named = logs.engine.upload("owner_of_account", owners)
    found: dict[str, Holdings] = {}

    def ask(detector: LinkDetector) -> Holdings:
        return Holdings.of(logs.engine.fetch(held_of(detector, logs.tables, named)), n_owners)

    with progress.stage("links: what accounts share", len(linking)) as advance:
        for detector, held in zip(
            asked, side_by_side(ask, asked, logs.engine.at_once), strict=True
        ):
            found[detector.card.id] = held
            advance(1)
        for reader in read:
            held = Holdings.of(holdings_of(reader.read(prompts()), owners), n_owners)
            found[reader.card.id] = held
            advance(1)
    return join_holdings(n_owners, {_kind(one): found[one.card.id] for one in linking})


def _sightings(
    logs: Logs, detectors: tuple[Detector, ...], owners: pl.DataFrame
) -> Incidences | None:
    """What accounts have that peers name; None where no peer is listened to.

    Kept apart from what accounts share, so that a peer's word forms no group.
    """
    asked = [d for d in detectors if isinstance(d, LinkDetector) and d.channel is Channel.PEER]
    if not asked:
        return None
    tokens = [logs.engine.fetch(one.tokens(logs.tables)) for one in asked]
    return sightings_of(pl.concat(tokens), owners)


def _asked(logs: Logs, owners: pl.DataFrame) -> Asked | None:
    """What peers were asked for by private matching; None where nothing was."""
    matches = logs.tables.peer_matches
    rows = logs.engine.fetch(matches.filter(matches.unit.notnull()))
    return None if rows.is_empty() else Asked.of(rows, owners)


def _kind(detector: LinkDetector | TextLinkDetector) -> LinkKind:
    return LinkKind(
        id=detector.card.id,
        channel=detector.channel,
        private=detector.private,
        declared=detector.declared,
        convicts=detector.card.maturity is Maturity.STABLE,
        phrase=detector.phrase,
    )

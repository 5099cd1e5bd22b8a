"""The second pass: which exchanges of the candidate accounts are a campaign's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.app.observe import SAMPLE_COLUMNS, Observation
from revenuer.app.progress import Progress
from revenuer.campaigns.cases import Case, case_of_accounts
from revenuer.campaigns.habits import COLUMNS, Sample
from revenuer.campaigns.pooling import sigmoid
from revenuer.campaigns.stream import Evidence, Ordinary, StreamModel, learn_stream
from revenuer.features.prompts import shingles_of
from revenuer.settings import SampleSettings
from revenuer.sources import Logs

BATCH_ROWS = 100_000
ORDINARY_AT_MOST = 8_000
"""Exchanges of ordinary accounts that a campaign's habits are compared with. placeholder"""
LEARNT_AT_MOST = 6_000
"""Exchanges of a campaign's accounts that its habits are learnt from. placeholder"""
EVIDENCE = tuple(Evidence.__dataclass_fields__)
OUTPUT_COLUMNS = [
    "account_id",
    "exchange_id",
    "occurred_at",
    "model",
    "task_id",
    "output_tokens",
    "reasoning_tokens",
]


@dataclass(frozen=True, slots=True)
class Labels:
    """The labelled exchanges of all cases.

    Attributes:
        exchanges: `case`, the columns of `OUTPUT_COLUMNS`, `probability`, and `own`.
    """

    exchanges: pl.DataFrame

    def own(self, case: int) -> pl.DataFrame:
        """The case's own exchanges, by time."""
        return self.exchanges.filter((pl.col("case") == case) & pl.col("own")).sort(
            "occurred_at", "exchange_id"
        )

    def all_of(self, case: int) -> pl.DataFrame:
        """All exchanges of the case's accounts."""
        return self.exchanges.filter(pl.col("case") == case)


def label_exchanges(
    logs: Logs,
    observation: Observation,
    cases: list[Case],
    baseline: NDArray[np.bool_],
    settings: SampleSettings,
    progress: Progress,
) -> Labels:
    """Read the candidate accounts' exchanges once more and label each of them."""
    with progress.stage("exchanges: learning each campaign's habits", None):
        models = learn(observation, cases, baseline)
    membership = _membership(observation, cases)
    total = int(
        observation.population.accounts.join(membership, on="account_id")["n_exchanges"].sum()
    )
    parts = []
    with progress.stage("exchanges: the candidates once more", total) as advance:
        for batch in _candidate_batches(logs, membership):
            parts.append(_shown(batch, models, settings, coarse=observation.prompts.coarse))
            advance(batch.height)
    empty = {"case": pl.Int64, "probability": pl.Float64, "own": pl.Boolean}
    return Labels(settled(pl.concat(parts)) if parts else pl.DataFrame(schema=empty))


def learn(
    observation: Observation, cases: list[Case], baseline: NDArray[np.bool_]
) -> list[StreamModel]:
    """Learn what marks each case's exchanges, from the sample."""
    population = observation.population
    # The prompts' accounts are the population's: both are sorted and complete.
    place = observation.prompts.account
    case = case_of_accounts(cases, population)[place]
    outside = np.flatnonzero(baseline[population.owner][place])
    ordinary = Ordinary.of(_part(observation, _thinned(outside, ORDINARY_AT_MOST)))
    return [
        learn_stream(
            _part(observation, _thinned(np.flatnonzero(case == number), LEARNT_AT_MOST)), ordinary
        )
        for number in range(len(cases))
    ]


def _thinned(rows: NDArray[np.int64], at_most: int) -> NDArray[np.int64]:
    """Rows at equal distances, so that every account keeps some."""
    return rows[:: max(1, -(-rows.size // at_most))]


def _part(observation: Observation, rows: NDArray[np.int64]) -> Sample:
    prompts = observation.prompts
    return Sample.of(
        observation.sample.select(COLUMNS)[rows],
        prompts.shingles.take(rows),
        prompts.has_words[rows],
        observation.population.owner[prompts.account[rows]],
    )


def _membership(observation: Observation, cases: list[Case]) -> pl.DataFrame:
    case = case_of_accounts(cases, observation.population)
    frame = observation.population.accounts.select("account_id").with_columns(case=pl.Series(case))
    return frame.filter(pl.col("case") >= 0)


def _candidate_batches(logs: Logs, membership: pl.DataFrame) -> Iterator[pl.DataFrame]:
    if membership.is_empty():
        return
    candidates = logs.engine.upload("candidate_accounts", membership)
    columns = [*SAMPLE_COLUMNS, "task_id", "reasoning_tokens"]
    rows = logs.tables.exchanges.select(*columns).inner_join(candidates, "account_id")
    for batch in logs.engine.stream(rows, BATCH_ROWS):
        frame = pl.from_arrow(batch)
        assert isinstance(frame, pl.DataFrame)
        yield frame


def _shown(
    batch: pl.DataFrame, models: list[StreamModel], settings: SampleSettings, *, coarse: bool
) -> pl.DataFrame:
    """What each exchange of a batch shows for its campaign, beside the output columns."""
    shingles, readable = shingles_of(batch, chars=settings.prompt_chars, coarse=coarse)
    case = batch["case"].to_numpy()
    parts = []
    for number in np.unique(case):
        rows = np.flatnonzero(case == number)
        some = batch[rows]
        shown = models[number].evidence(Sample.of(some, shingles.take(rows), readable[rows]))
        evidence = {name: pl.Series(getattr(shown, name)) for name in EVIDENCE}
        parts.append(some.select("case", *OUTPUT_COLUMNS).with_columns(**evidence))
    return pl.concat(parts)


def settled(shown: pl.DataFrame) -> pl.DataFrame:
    """Labels, once every exchange has heard its neighbours.

    Args:
        shown: `case`, the columns of `EVIDENCE` and any others, a row an exchange.

    Returns:
        Instead of the evidence `probability` and `own`.
    """
    evidence = Evidence(*(shown[name].to_numpy() for name in EVIDENCE))
    log_odds = pl.Series(evidence.pooled())
    # A case none of whose exchanges stands out keeps them all: whose else would they be?
    some = pl.col("own").any().over("case")
    return (
        shown.drop(EVIDENCE)
        .with_columns(probability=pl.Series(sigmoid(log_odds.to_numpy())), own=log_odds > 0)
        .with_columns(own=pl.col("own") | ~some)
    )

"""The second pass: which exchanges of the candidate accounts are a campaign's own."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.app.labels import EVIDENCE, OUTPUT_COLUMNS, Labels, Shelves
from revenuer.app.observe import Observation
from revenuer.app.progress import Progress
from revenuer.app.sampled import SAMPLE_COLUMNS
from revenuer.app.side_by_side import side_by_side
from revenuer.campaigns.cases import Case, case_of_accounts
from revenuer.campaigns.habits import COLUMNS, Sample
from revenuer.campaigns.population import Population
from revenuer.campaigns.stream import Ordinary, StreamModel, learn_stream
from revenuer.features.prompts import shingles_of
from revenuer.settings import SampleSettings
from revenuer.sources import Logs

BATCH_ROWS = 100_000
SHELF_ROWS = 500_000
"""Exchanges that are settled at once, about: a hundred megabytes."""
ORDINARY_AT_MOST = 8_000
"""Exchanges of ordinary accounts that a campaign's habits are compared with. placeholder"""
LEARNT_AT_MOST = 6_000
"""Exchanges of a campaign's accounts that its habits are learnt from. placeholder"""


def label_exchanges(
    logs: Logs,
    observation: Observation,
    cases: list[Case],
    baseline: NDArray[np.bool_],
    settings: SampleSettings,
    progress: Progress,
    folder: Path,
) -> Labels:
    """Read the candidate accounts' exchanges once more and label each of them.

    Args:
        logs: To read.
        observation: What was read of them.
        cases: Whose exchanges are labelled.
        baseline: Mask of the ordinary owners. Shape (n_owners,).
        settings: How much of a prompt is read.
        progress: Told how far the work is.
        folder: Where the labels are kept for as long as they are used; must not exist yet.
    """
    with progress.stage("exchanges: learning each campaign's habits", None):
        models = learn(observation, cases, baseline, settings)
    candidates = shelved(observation.population, cases)
    shelves = Shelves(folder)
    total = int(candidates["n_exchanges"].sum())
    with progress.stage("exchanges: the candidates once more", total) as advance:
        show = partial(
            _shown, models=models, settings=settings, coarse=observation.sample.prompts.coarse
        )
        batches = _candidate_batches(logs, candidates.drop("n_exchanges"))
        for shown in side_by_side(show, batches):
            shelves.lay(shown)
            advance(shown.height)
    with progress.stage("exchanges: hearing their neighbours", None):
        return shelves.settle()


def learn(
    observation: Observation,
    cases: list[Case],
    baseline: NDArray[np.bool_],
    settings: SampleSettings,
) -> list[StreamModel]:
    """Learn what marks each case's exchanges, from the sample."""
    population = observation.population
    # The prompts' accounts are the population's: both are sorted and complete.
    place = observation.sample.prompts.account
    case = case_of_accounts(cases, population)[place]
    outside = np.flatnonzero(baseline[population.owner][place])
    theirs = [np.flatnonzero(case == number) for number in range(len(cases))]
    chosen = [_thinned(outside, ORDINARY_AT_MOST)]
    chosen += [_thinned(rows, LEARNT_AT_MOST) for rows in theirs]
    frames = observation.sample.file.rows_of_each(chosen, SAMPLE_COLUMNS)
    ordinary, *samples = (
        _part(observation, settings, rows, frame)
        for rows, frame in zip(chosen, frames, strict=True)
    )
    everybody = Ordinary.of(ordinary)
    return list(side_by_side(partial(learn_stream, ordinary=everybody), samples))


def _thinned(rows: NDArray[np.int64], at_most: int) -> NDArray[np.int64]:
    """Rows at equal distances, so that every account keeps some."""
    return rows[:: max(1, -(-rows.size // at_most))]


def _part(
    observation: Observation,
    settings: SampleSettings,
    rows: NDArray[np.int64],
    frame: pl.DataFrame,
) -> Sample:
    sample = observation.sample
    shingles, readable = shingles_of(
        frame, chars=settings.prompt_chars, coarse=sample.prompts.coarse
    )
    owners = observation.population.owner[sample.prompts.account[rows]]
    return Sample.of(frame.select(COLUMNS), shingles, readable, owners)


def shelved(population: Population, cases: list[Case]) -> pl.DataFrame:
    """The accounts of the cases, each on a shelf that is about as full as the others.

    Returns:
        `account_id`, `case`, `shelf` and `n_exchanges`. A shelf has whole accounts, and the
        accounts of a case stand together.
    """
    case = pl.Series("case", case_of_accounts(cases, population))
    accounts = population.accounts.select("account_id", "n_exchanges").with_columns(case)
    before = pl.col("n_exchanges").cum_sum() - pl.col("n_exchanges")
    return (
        accounts.filter(pl.col("case") >= 0)
        .sort("case", maintain_order=True)
        .select("account_id", "case", "n_exchanges", shelf=(before // SHELF_ROWS).cast(pl.Int64))
    )


def _candidate_batches(logs: Logs, candidates: pl.DataFrame) -> Iterator[pl.DataFrame]:
    if candidates.is_empty():
        return
    wanted = logs.engine.upload("candidate_accounts", candidates)
    columns = [*SAMPLE_COLUMNS, "task_id", "reasoning_tokens"]
    rows = logs.tables.exchanges.select(*columns).inner_join(wanted, "account_id")
    for batch in logs.engine.stream(rows, BATCH_ROWS):
        frame = pl.from_arrow(batch)
        assert isinstance(frame, pl.DataFrame)
        yield frame


def _shown(
    batch: pl.DataFrame, models: list[StreamModel], settings: SampleSettings, *, coarse: bool
) -> pl.DataFrame:
    """What each exchange of a batch shows for its campaign, beside the output columns."""
    batch = batch.sort("case")
    shingles, readable = shingles_of(batch, chars=settings.prompt_chars, coarse=coarse)
    sample = Sample.of(batch, shingles, readable)
    numbers, starts = np.unique(batch["case"].to_numpy(), return_index=True)
    ends = [*starts[1:].tolist(), batch.height]
    parts = [
        models[number].evidence(sample.part(start, end))
        for number, start, end in zip(numbers.tolist(), starts.tolist(), ends, strict=True)
    ]
    shown = {name: np.concatenate([getattr(part, name) for part in parts]) for name in EVIDENCE}
    return batch.select("shelf", "case", *OUTPUT_COLUMNS).with_columns(
        pl.Series(name, values) for name, values in shown.items()
    )

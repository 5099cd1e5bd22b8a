"""What was tried and refused, as far as the sample has read it."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.app.sample import TELLS
from revenuer.app.sampled import SampleReading
from revenuer.campaigns.population import Population
from revenuer.features.shingles import ngram_hashes
from revenuer.features.words import split_words

PHRASE_WORDS = 4
"""Words that two prompts must have in common in a row to be one way of asking. placeholder"""


def refused_rows(stopped: pl.DataFrame, sample: SampleReading) -> NDArray[np.int64]:
    """Rows of the sample that were refused."""
    ids = sample.prompts.exchange_id
    return np.flatnonzero(ids.is_in(stopped["exchange_id"].drop_nulls().implode()).to_numpy())


def refused_and_read(
    stopped: pl.DataFrame, sample: SampleReading, population: Population
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int64]]:
    """Refused prompts of the sample: their owners, which ask as a harvest does, and how.

    Returns:
        The owner of each, a mask of those that a content detector scores, and for each owner
        how many detectors do. Shapes (n,), (n,) and (n_owners,).
    """
    rows = refused_rows(stopped, sample)
    # The sample's accounts are those of the population, in the same order.
    owner = population.owner[sample.prompts.account[rows]]
    hits = np.column_stack(
        [np.zeros(rows.size, bool), *(scores[rows] >= TELLS for scores in sample.scores.values())]
    )
    methods = np.zeros((population.n_owners, hits.shape[1]), bool)
    np.logical_or.at(methods, owner, hits)
    return owner, np.asarray(hits.any(axis=1)), np.asarray(methods.sum(axis=1))


def ways_of_asking(
    rows: NDArray[np.int64],
    sample: SampleReading,
    population: Population,
    owners: NDArray[np.int64],
) -> NDArray[np.float64]:
    """In how many ways each owner asks at least: one over the share of its commonest phrase.

    Args:
        rows: Of the sample, rising.
        sample: With its texts.
        population: The accounts.
        owners: Rising.

    Returns:
        `inf` where there is no text. Shape (len(owners),).
    """
    ways = np.full(owners.size, np.inf)
    texts = sample.file.rows(rows, ("account_id", "prompt"))
    place = np.searchsorted(owners, population.owner[sample.prompts.account[rows]])
    for number in range(owners.size):
        mine = texts["prompt"].filter(pl.Series(place == number)).drop_nulls()
        phrases = ngram_hashes(split_words(mine.to_list()), PHRASE_WORDS)
        once = pl.DataFrame({"text": phrases.owner, "phrase": phrases.hashes}).unique()
        if once.height:
            commonest = int(once.group_by("phrase").len()["len"].to_numpy().max())
            ways[number] = len(mine) / commonest
    return ways


def usually_shaped(sample: SampleReading, ordinary: NDArray[np.bool_]) -> float:
    """Share of the prompts of ordinary accounts that a content detector takes for extraction.

    Args:
        sample: What was read.
        ordinary: Accounts taken for ordinary use. Shape (n_accounts,).
    """
    hits = np.zeros(len(sample.prompts), dtype=bool)
    for scores in sample.scores.values():
        hits |= scores >= TELLS
    mine = hits[ordinary[sample.prompts.account]]
    # One more of two, so that a small sample does not say never.
    return float((1 + mine.sum()) / (2 + mine.size))

"""Which exchanges of a campaign's accounts are the campaign's own.

A reseller's accounts carry innocent customers too. What a campaign does more often than
ordinary accounts (its template, its client, its request shape) marks its exchanges; what
its accounts do as everybody does belongs to others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.features.shingles import ngram_hashes
from revenuer.features.words import Words

MARK_SHINGLE_WORDS = 3
MARKS_AT_MOST = 4000
MARK_RATIO = 10.0
"""A shingle marks a campaign if it is so many times as common there. placeholder"""
MARK_SHARE = 0.01
"""Share of the campaign's prompts in which a mark must stand. placeholder"""
STRONGEST_RATIO = 3.0
"""Nats that one habit of an exchange may add. placeholder"""
PRIOR_WEIGHT = 20.0
"""Exchanges' worth of ordinary habit that is mixed into a campaign's. placeholder"""
ROUNDS = 3
MARKED_SHARE = 0.3
"""Share of a campaign's exchanges with marks from which these are taken for its own first;
the others may be customers. placeholder"""
MARK_LEVELS = np.array([0.02, 0.1, 0.3])
"""Bounds of the levels at which the share of marked shingles counts. placeholder"""


HABITS: dict[str, tuple[str, ...]] = {
    "client": ("tls_fingerprint", "user_agent"),
    "shape": (
        "temperature",
        "max_output_tokens",
        "n",
        "reasoning_effort",
        "response_format",
        "streamed",
        "logprobs",
    ),
    "system": ("system_prompt",),
    "model": ("model",),
}
"""Columns that make up each habit as they are."""
OPERATORS = ("client", "shape", "model")
"""Habits of whoever runs the accounts, whomever an exchange is for."""


def habits(frame: pl.DataFrame) -> pl.DataFrame:
    """The habits of each exchange as categories, without text.

    Args:
        frame: Columns of the contract's exchanges.

    Returns:
        One column a habit, opaque numbers or short names; a row an exchange.
    """
    session = pl.when(pl.col("session_id").is_null()).then(pl.lit("no session"))
    return frame.select(
        *(
            pl.struct(columns).hash(seed=0).cast(pl.String).alias(habit)
            for habit, columns in HABITS.items()
        ),
        turns=pl.concat_str(
            pl.col("message_count").clip(0, 4).cast(pl.String).fill_null("?"),
            (pl.col("tool_count") > 0).cast(pl.String).fill_null("?"),
            pl.col("turn_kind").fill_null("?"),
            session.otherwise(pl.lit("session")),
            separator="|",
        ),
        replay=pl.col("reasoning_signature").is_not_null().cast(pl.String),
        length=(pl.col("output_tokens") + 1).log(4.0).floor().cast(pl.String).fill_null("?"),
    )


@dataclass(frozen=True, slots=True)
class Sample:
    """Some exchanges as habits and words.

    Attributes:
        categories: From `habits`.
        shingles: Of their prompts, runs of `MARK_SHINGLE_WORDS` words.
        has_words: Which prompts have any. Shape (n,).
    """

    categories: pl.DataFrame
    shingles: Words
    has_words: NDArray[np.bool_]

    @classmethod
    def of(cls, categories: pl.DataFrame, words: Words) -> Sample:
        """Cut the prompts' words into shingles."""
        return cls(categories, ngram_hashes(words, MARK_SHINGLE_WORDS), words.lengths > 0)

    def __len__(self) -> int:
        return self.categories.height


@dataclass(frozen=True, slots=True)
class Ordinary:
    """Exchanges of ordinary accounts, to compare with.

    Attributes:
        sample: The exchanges.
        prompts_with: `shingle` and in how many of their prompts it stands, `there`.
    """

    sample: Sample
    prompts_with: pl.DataFrame

    @classmethod
    def of(cls, sample: Sample) -> Ordinary:
        """Count the shingles once, for every campaign."""
        return cls(sample, _prompts_with(sample, np.ones(len(sample), dtype=bool), "there"))


@dataclass(frozen=True, slots=True)
class StreamModel:
    """What marks the exchanges of one campaign.

    Attributes:
        ratios: For each habit, the nats by which each category speaks for the campaign.
        unseen: For each habit, the nats of a category that the samples did not show.
        marks: Hashes of the shingles that mark it, sorted.
    """

    ratios: dict[str, dict[str, float]]
    unseen: dict[str, float]
    marks: NDArray[np.uint64]

    def log_odds(self, sample: Sample) -> NDArray[np.float64]:
        """Nats for "the campaign's own" against "anybody's", for each exchange. Shape (n,)."""
        full = sample.categories.with_columns(marked=mark_level(sample, self.marks))
        nats = {habit: self._nats(habit, full[habit]) for habit in self.ratios}
        said = np.add.reduce([nats[habit] for habit in nats if habit not in OPERATORS])
        worn = np.add.reduce([nats[habit] for habit in OPERATORS])
        # Customers of a relay leave through its client too: where there is text it decides.
        return np.asarray(np.where(sample.has_words, said, said + worn))

    def _nats(self, habit: str, values: pl.Series) -> NDArray[np.float64]:
        ratios = self.ratios[habit]
        return values.replace_strict(
            list(ratios),
            list(ratios.values()),
            default=self.unseen[habit],
            return_dtype=pl.Float64,
        ).to_numpy()


def mark_level(sample: Sample, marks: NDArray[np.uint64]) -> pl.Series:
    """How much of each text is made of marked shingles: `0` to `3`, or `none` without text."""
    marked = np.isin(sample.shingles.hashes, marks)
    hits = np.bincount(sample.shingles.owner[marked], minlength=len(sample))
    share = hits / np.maximum(sample.shingles.lengths, 1)
    level = np.searchsorted(MARK_LEVELS, share, side="right")
    names = np.array(["0", "1", "2", "3", "none"])
    return pl.Series("marked", names[np.where(sample.has_words, level, 4)])


def find_marks(sample: Sample, own: NDArray[np.bool_], ordinary: Ordinary) -> NDArray[np.uint64]:
    """Shingles that are far commoner in a campaign's own exchanges, the commonest first.

    Args:
        sample: Exchanges of the campaign's accounts.
        own: Those that are its own. Shape (n,).
        ordinary: To compare with.
    """
    n_here, n_there = max(int(own.sum()), 1), max(len(ordinary.sample), 1)
    kept = (
        _prompts_with(sample, own, "here")
        .filter(pl.col("here") >= max(3.0, MARK_SHARE * n_here))
        .join(ordinary.prompts_with, on="shingle", how="left")
        .with_columns(pl.col("there").fill_null(0))
        .filter(pl.col("here") / n_here >= MARK_RATIO * (pl.col("there") + 0.5) / n_there)
        .sort("here", "shingle", descending=[True, False])
        .head(MARKS_AT_MOST)
    )
    return np.sort(kept["shingle"].to_numpy())


def _prompts_with(sample: Sample, rows: NDArray[np.bool_], name: str) -> pl.DataFrame:
    """In how many of some prompts each shingle stands: `shingle` and `name`."""
    owner = sample.shingles.owner
    wanted = rows[owner]
    frame = pl.DataFrame({"text": owner[wanted], "shingle": sample.shingles.hashes[wanted]})
    return frame.unique().group_by("shingle").agg(pl.len().alias(name))


def learn_stream(sample: Sample, ordinary: Ordinary) -> StreamModel:
    """Learn what marks a campaign's exchanges, and drop in rounds what is not its own.

    Args:
        sample: Exchanges of the campaign's accounts.
        ordinary: To compare with.
    """
    own = _first_guess(sample, ordinary)
    model = _fit(sample, own, ordinary)
    for _ in range(ROUNDS - 1):
        kept = model.log_odds(sample) > 0
        if kept.sum() < 3 or (kept == own).all():
            break
        own = kept
        model = _fit(sample, own, ordinary)
    return model


def _first_guess(sample: Sample, ordinary: Ordinary) -> NDArray[np.bool_]:
    """The exchanges with a marked text where a good part has one, else all. Shape (n,)."""
    every = np.ones(len(sample), dtype=bool)
    level = mark_level(sample, find_marks(sample, every, ordinary))
    marked = level.is_in(["1", "2", "3"]).to_numpy()
    return marked if marked.mean() >= MARKED_SHARE else every


def _fit(sample: Sample, own: NDArray[np.bool_], ordinary: Ordinary) -> StreamModel:
    marks = find_marks(sample, own, ordinary)
    here = sample.categories.with_columns(marked=mark_level(sample, marks)).filter(own)
    there = ordinary.sample.categories.with_columns(marked=mark_level(ordinary.sample, marks))
    fitted = {habit: _ratios(here[habit], there[habit]) for habit in here.columns}
    return StreamModel(
        ratios={habit: ratios for habit, (ratios, _) in fitted.items()},
        unseen={habit: unseen for habit, (_, unseen) in fitted.items()},
        marks=marks,
    )


def _ratios(here: pl.Series, there: pl.Series) -> tuple[dict[str, float], float]:
    """Log ratios of a habit's categories, campaign against ordinary, shrunk towards 0."""
    counts = (
        pl.concat(
            [
                pl.DataFrame({"value": here, "here": 1, "there": 0}),
                pl.DataFrame({"value": there, "here": 0, "there": 1}),
            ]
        )
        .group_by("value")
        .agg(pl.col("here", "there").sum())
        .sort("value")
    )
    a, b = counts["here"].to_numpy(), counts["there"].to_numpy()
    ordinary = (b + 0.5) / (b.sum() + 0.5 * b.size)
    mixed = (a + PRIOR_WEIGHT * ordinary) / (a.sum() + PRIOR_WEIGHT)
    nats = np.clip(np.log(mixed / ordinary), -STRONGEST_RATIO, STRONGEST_RATIO)
    unseen = float(np.log(PRIOR_WEIGHT / (a.sum() + PRIOR_WEIGHT)))
    names = counts["value"].to_list()
    return dict(zip(names, nats.tolist(), strict=True)), max(unseen, -STRONGEST_RATIO)

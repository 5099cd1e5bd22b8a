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
MARK_LEVELS = np.array([0.02, 0.1, 0.3])
"""Bounds of the levels at which the share of marked shingles counts. placeholder"""


def habits(frame: pl.DataFrame) -> pl.DataFrame:
    """The habits of each exchange as categories, without text.

    Args:
        frame: Columns of the contract's exchanges.

    Returns:
        One string column a habit; a row an exchange.
    """

    def joined(*columns: str) -> pl.Expr:
        return pl.concat_str([pl.col(name).cast(pl.String) for name in columns], separator="|",
                             ignore_nulls=False).fill_null("") if len(columns) == 1 else (
            pl.concat_str(
                [pl.col(name).cast(pl.String).fill_null("") for name in columns], separator="|"
            )
        )

    return frame.select(
        client=joined("tls_fingerprint", "user_agent"),
        shape=joined(
            "temperature", "max_output_tokens", "n", "reasoning_effort", "response_format",
            "streamed", "logprobs",
        ),
        system=pl.col("system_prompt").hash(seed=0).cast(pl.String).fill_null(""),
        turns=pl.concat_str(
            pl.col("message_count").clip(0, 4).cast(pl.String).fill_null("?"),
            (pl.col("tool_count") > 0).cast(pl.String).fill_null("?"),
            pl.col("turn_kind").fill_null("?"),
            pl.col("session_id").is_null().cast(pl.String),
            separator="|",
        ),
        model=pl.col("model").fill_null(""),
        replay=pl.col("reasoning_signature").is_not_null().cast(pl.String),
        length=(pl.col("output_tokens") + 1).log(4.0).floor().cast(pl.String).fill_null("?"),
    )


@dataclass(frozen=True, slots=True)
class StreamModel:
    """What marks the exchanges of one campaign.

    Attributes:
        ratios: For each habit, the nats by which each category speaks for the campaign.
        unseen: For each habit, the nats of a category that the sample did not show.
        marks: Hashes of the shingles that mark it, sorted.
        prior: Nats before looking at an exchange.
    """

    ratios: dict[str, dict[str, float]]
    unseen: dict[str, float]
    marks: NDArray[np.uint64]
    prior: float

    def log_odds(self, categories: pl.DataFrame, words: Words) -> NDArray[np.float64]:
        """Nats for "the campaign's own" against "anybody's", for each exchange. Shape (n,)."""
        full = categories.with_columns(marked=pl.Series(mark_level(words, self.marks)))
        total = np.full(full.height, self.prior)
        for habit, ratios in self.ratios.items():
            total += (
                full[habit]
                .replace_strict(
                    list(ratios), list(ratios.values()), default=self.unseen[habit],
                    return_dtype=pl.Float64,
                )
                .to_numpy()
            )
        return total


def mark_level(words: Words, marks: NDArray[np.uint64]) -> list[str]:
    """How much of each text is made of marked shingles: `none`, `0` to `3`."""
    shingles = ngram_hashes(words, MARK_SHINGLE_WORDS)
    marked = np.isin(shingles.hashes, marks)
    hits = np.bincount(shingles.owner[marked], minlength=len(words))
    share = hits / np.maximum(shingles.lengths, 1)
    level = np.searchsorted(MARK_LEVELS, share, side="right").astype(str)
    return [str(v) for v in np.where(words.lengths > 0, level, "none")]


def find_marks(words: Words, inside: NDArray[np.bool_], outside: NDArray[np.bool_]) -> NDArray[
    np.uint64
]:
    """Shingles that are far commoner inside than outside, the commonest first.

    Args:
        words: Texts of the sample.
        inside: Texts of the campaign. Shape (n,).
        outside: Texts of ordinary accounts. Shape (n,).
    """
    shingles = ngram_hashes(words, MARK_SHINGLE_WORDS)
    rows = pl.DataFrame({"text": shingles.owner, "shingle": shingles.hashes}).unique()
    texts = rows["text"].to_numpy()
    rows = rows.with_columns(inside=pl.Series(inside[texts]), outside=pl.Series(outside[texts]))
    n_inside, n_outside = max(int(inside.sum()), 1), max(int(outside.sum()), 1)
    kept = (
        rows.filter(pl.col("inside") | pl.col("outside"))
        .group_by("shingle")
        .agg(a=pl.col("inside").sum(), b=pl.col("outside").sum())
        .filter(
            (pl.col("a") >= np.maximum(3, MARK_SHARE * n_inside))
            & (pl.col("a") / n_inside >= MARK_RATIO * (pl.col("b") + 0.5) / n_outside)
        )
        .sort("a", "shingle", descending=[True, False])
        .head(MARKS_AT_MOST)
    )
    return np.sort(kept["shingle"].to_numpy())


def learn_stream(
    categories: pl.DataFrame, words: Words, inside: NDArray[np.bool_], outside: NDArray[np.bool_]
) -> StreamModel:
    """Learn a campaign's marks from the sample, and drop what is not its own in rounds.

    Args:
        categories: From `habits`, of the sample.
        words: Prompts of the sample.
        inside: Rows of the campaign's accounts. Shape (n,).
        outside: Rows of ordinary accounts. Shape (n,).
    """
    own = inside.copy()
    model = _fit(categories, words, own, outside)
    for _ in range(ROUNDS - 1):
        kept = inside & (model.log_odds(categories, words) > 0)
        if kept.sum() < 3 or (kept == own).all():
            break
        own = kept
        model = _fit(categories, words, own, outside)
    return model


def _fit(
    categories: pl.DataFrame, words: Words, inside: NDArray[np.bool_], outside: NDArray[np.bool_]
) -> StreamModel:
    marks = find_marks(words, inside, outside)
    full = categories.with_columns(marked=pl.Series(mark_level(words, marks)))
    ratios, unseen = {}, {}
    for habit in full.columns:
        ratios[habit], unseen[habit] = _ratios(full[habit], inside, outside)
    return StreamModel(ratios, unseen, marks, prior=0.0)


def _ratios(
    values: pl.Series, inside: NDArray[np.bool_], outside: NDArray[np.bool_]
) -> tuple[dict[str, float], float]:
    """Log ratios of a habit's categories, campaign against ordinary, shrunk towards 0."""
    counts = (
        pl.DataFrame({"value": values, "a": inside, "b": outside})
        .group_by("value")
        .agg(pl.col("a").sum(), pl.col("b").sum())
        .sort("value")
    )
    a, b = counts["a"].to_numpy(), counts["b"].to_numpy()
    ordinary = (b + 0.5) / (b.sum() + 0.5 * b.size)
    here = (a + PRIOR_WEIGHT * ordinary) / (a.sum() + PRIOR_WEIGHT)
    nats = np.clip(np.log(here / ordinary), -STRONGEST_RATIO, STRONGEST_RATIO)
    unseen = float(np.log(PRIOR_WEIGHT / (a.sum() + PRIOR_WEIGHT)))
    return dict(zip(counts["value"].to_list(), nats.tolist(), strict=True)), max(
        unseen, -STRONGEST_RATIO
    )

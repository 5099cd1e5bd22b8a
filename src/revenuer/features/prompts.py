"""The sample of prompts, as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from revenuer.features.boilerplate import SHINGLE_WORDS, recurrent_shingles
from revenuer.features.concepts import Concepts, find_concepts, join_words
from revenuer.features.rarity import accounts_using, word_rarity
from revenuer.features.shingles import combine, ngram_hashes
from revenuer.features.sketches import (
    Sketches,
    choose_fragments,
    coarse_scores,
    no_sketches,
    read_sketches,
)
from revenuer.features.words import Words, split_words

COLUMNS = (
    "account_id",
    "exchange_id",
    "prompt",
    "system_prompt",
    "tool_count",
    "prompt_sketch",
    "sketch_key_id",
)

IN_THE_OPEN = np.uint64(0x5851F42D4C957F2D)
"""Scrambles hashes of text that never leaves memory, where a sketch would use its key."""


@dataclass(frozen=True, slots=True)
class Whole:
    """What a part of a sample must know of the whole.

    Attributes:
        coarse: Whether some prompts are sketches.
        rarity: How rare each word is among accounts. Shape (`rarity.BUCKETS`,).
    """

    coarse: bool
    rarity: NDArray[np.float64]


@dataclass(frozen=True)
class Prompts:
    """A fixed-size sample of each account's exchanges, ordered by account.

    Attributes:
        account: Position of each prompt's account in `account_ids`. Shape (n,).
        account_ids: Shape (n_accounts,), sorted.
        exchange_id: Shape (n,).
        text: The last user turn; null without text. Shape (n,).
        system_text: The system prompt; null without text. Shape (n,).
        words: The words of `text`, hashed.
        system_words: The words of `system_text`, hashed.
        tool_count: Tools offered with the request, -1 if unknown. Shape (n,).
        sketches: What stands in for the texts that may not be read. Shape (n,).
        sample: What holds of the whole sample, where these are a part of it; None if they
            are the whole.
    """

    account: NDArray[np.int32]
    account_ids: NDArray[np.object_]
    exchange_id: NDArray[np.object_]
    text: pa.StringArray
    system_text: pa.StringArray
    words: Words
    system_words: Words
    tool_count: NDArray[np.int32]
    sketches: Sketches
    sample: Whole | None = None

    def __len__(self) -> int:
        return int(self.account.size)

    @cached_property
    def coarse(self) -> bool:
        """Whether some prompts are sketches: all are then read as coarsely, to compare."""
        return bool(self.sketches.present.any()) if self.sample is None else self.sample.coarse

    @cached_property
    def rarity(self) -> NDArray[np.float64]:
        """How rare each word is among the sample's accounts. Shape (`rarity.BUCKETS`,)."""
        if self.sample is not None:
            return self.sample.rarity
        return word_rarity(accounts_using(self.words, self.account), self.account_ids.size)

    @cached_property
    def has_text(self) -> NDArray[np.bool_]:
        """Whether the last user turn of each exchange may be read. Shape (n,)."""
        valid: NDArray[np.bool_] = self.text.is_valid().to_numpy(zero_copy_only=False)
        return valid

    @cached_property
    def has_words(self) -> NDArray[np.bool_]:
        """Whether each prompt has a word, by its text or its sketch. Shape (n,)."""
        return _has_words(self.words, self.sketches)

    @cached_property
    def wholes(self) -> pl.Series:
        """A number for each whole text, equal for equal ones; null without one. Shape (n,)."""
        of_text = pl.Series(self.text, dtype=pl.String).hash(seed=0)
        told = pl.DataFrame(
            {
                "text": of_text,
                "readable": self.has_text,
                "sketch": self.sketches.fingerprint,
                "sketched": self.sketches.present,
            }
        )
        number = pl.when("readable").then("text").otherwise(pl.when("sketched").then("sketch"))
        return told.select(number.alias("whole"))["whole"]

    @cached_property
    def shingles(self) -> Words:
        """Runs of three words of each prompt; some of them, where `coarse`."""
        return _shingles(self.words, self.sketches, coarse=self.coarse)

    @cached_property
    def recurrent(self) -> pl.DataFrame:
        """The shingles that recur among each account's prompts; see `recurrent_shingles`."""
        return recurrent_shingles(self.account, self.shingles, self.has_words)

    def scored(self, detector: str, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """A content detector's scores of the texts, and what the sketches say in place of texts.

        Args:
            detector: Its id.
            scores: Of every prompt; those without text are not looked at. Shape (n,).

        Returns:
            NaN where there is neither, or the sketches do not know the detector. Shape (n,).
        """
        read = np.where(self.has_text, scores, np.nan)
        if not self.coarse:
            return read
        return np.where(
            self.sketches.present,
            self.sketches.scores().get(detector, np.nan),
            coarse_scores(read),
        )

    @cached_property
    def concepts(self) -> Concepts:
        """What is mentioned in each system prompt and prompt; found once for all readers."""
        return find_concepts(self.system_words, self.words)


def shorten(column: pl.Expr, chars: int) -> pl.Expr:
    """The column with the middle of long texts cut out: heads and tails carry templates."""
    head, tail = chars * 5 // 8, chars * 3 // 8
    return (
        pl.when(column.str.len_chars() > chars)
        .then(column.str.head(head) + " " + column.str.tail(tail))
        .otherwise(column)
    )


def read_prompts(sample: pl.DataFrame, *, chars: int, whole: Whole | None = None) -> Prompts:
    """Split a sample of exchanges into words.

    Args:
        sample: The columns of `COLUMNS`, in any order of rows.
        chars: Characters of each text that are read.
        whole: What holds of the whole sample, where this is a part of it.
    """
    frame = sample.sort("account_id", "exchange_id").with_columns(
        shorten(pl.col("prompt"), chars), shorten(pl.col("system_prompt"), chars)
    )
    ids = frame["account_id"].unique().sort()
    positions = pl.DataFrame({"account_id": ids, "place": np.arange(len(ids), dtype=np.int32)})
    account = frame.select("account_id").join(positions, on="account_id", maintain_order="left")
    text = frame["prompt"].to_arrow().cast(pa.string())
    system_text = frame["system_prompt"].to_arrow().cast(pa.string())
    return Prompts(
        account=account["place"].to_numpy(),
        account_ids=ids.to_numpy().astype(object),
        exchange_id=frame["exchange_id"].to_numpy().astype(object),
        text=text,
        system_text=system_text,
        words=split_words(text),
        system_words=split_words(system_text),
        tool_count=frame["tool_count"].fill_null(-1).cast(pl.Int32).to_numpy(),
        sketches=sketches_of(frame),
        sample=whole,
    )


@dataclass(frozen=True)
class ReadPrompts:
    """What stays of a sample once its prompts were read.

    Attributes:
        account: Position of each prompt's account in `account_ids`. Shape (n,).
        account_ids: Shape (n_accounts,), sorted.
        exchange_id: Shape (n,).
        wholes: `Prompts.wholes`. Shape (n,).
        recurrent: `Prompts.recurrent`.
        coarse: `Prompts.coarse`.
    """

    account: NDArray[np.int32]
    account_ids: NDArray[np.object_]
    exchange_id: pl.Series
    wholes: pl.Series
    recurrent: pl.DataFrame
    coarse: bool

    def __len__(self) -> int:
        return int(self.account.size)

    @classmethod
    def of(cls, prompts: Prompts) -> ReadPrompts:
        """What stays of one part."""
        return cls(
            prompts.account,
            prompts.account_ids,
            pl.Series(prompts.exchange_id, dtype=pl.String),
            prompts.wholes,
            prompts.recurrent,
            prompts.coarse,
        )

    @classmethod
    def joined(cls, parts: Sequence[ReadPrompts]) -> ReadPrompts:
        """The parts of a sample as one; no account may be in two of them."""
        sizes = [part.account_ids.size for part in parts]
        before = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
        return cls(
            np.concatenate([part.account + at for part, at in zip(parts, before, strict=False)]),
            np.concatenate([part.account_ids for part in parts]),
            pl.concat([part.exchange_id for part in parts]),
            pl.concat([part.wholes for part in parts]),
            pl.concat(
                part.recurrent.with_columns(pl.col("account") + at)
                for part, at in zip(parts, before, strict=False)
            ),
            any(part.coarse for part in parts),
        )


def sketches_of(frame: pl.DataFrame) -> Sketches:
    """The sketches that stand in for missing prompts, row by row.

    Args:
        frame: `prompt`, `prompt_sketch` and `sketch_key_id`; without the latter two, none.
    """
    if "prompt_sketch" not in frame.columns:
        return no_sketches(frame.height)
    unread = frame.select(pl.when(pl.col("prompt").is_null()).then("prompt_sketch"))
    return read_sketches(unread["prompt_sketch"].to_arrow(), frame["sketch_key_id"].to_arrow())


def shingles_of(
    frame: pl.DataFrame, *, chars: int, coarse: bool
) -> tuple[Words, NDArray[np.bool_]]:
    """The shingles of some exchanges, from their texts or else from their sketches.

    Args:
        frame: `prompt`, `prompt_sketch` and `sketch_key_id`.
        chars: Characters of each text that are read.
        coarse: Keep as few of a text's shingles as a sketch would, as `Prompts.coarse` says.

    Returns:
        The shingles, and which exchanges have a word at all, shape (n,).
    """
    words = split_words(frame.select(shorten(pl.col("prompt"), chars))["prompt"].to_arrow())
    sketches = sketches_of(frame)
    return _shingles(words, sketches, coarse=coarse), _has_words(words, sketches)


def _shingles(words: Words, sketches: Sketches, *, coarse: bool) -> Words:
    shingles = ngram_hashes(words, SHINGLE_WORDS)
    if coarse:
        order = combine(shingles.hashes, IN_THE_OPEN)
        shingles = choose_fragments(shingles, order, shingles.hashes)
    return join_words(shingles, sketches.fragments) if sketches.present.any() else shingles


def _has_words(words: Words, sketches: Sketches) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = words.lengths > 0
    return found | (sketches.size > 0) if sketches.present.any() else found

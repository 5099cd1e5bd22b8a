"""The sample of prompts, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from revenuer.features.boilerplate import recurrent_shingles
from revenuer.features.concepts import Concepts, find_concepts
from revenuer.features.words import Words, split_words

COLUMNS = ("account_id", "exchange_id", "prompt", "system_prompt", "tool_count")


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
    """

    account: NDArray[np.int32]
    account_ids: NDArray[np.object_]
    exchange_id: NDArray[np.object_]
    text: pa.StringArray
    system_text: pa.StringArray
    words: Words
    system_words: Words
    tool_count: NDArray[np.int32]

    def __len__(self) -> int:
        return int(self.account.size)

    @cached_property
    def has_text(self) -> NDArray[np.bool_]:
        """Whether the last user turn of each exchange may be read. Shape (n,)."""
        valid: NDArray[np.bool_] = self.text.is_valid().to_numpy(zero_copy_only=False)
        return valid

    @cached_property
    def recurrent(self) -> pl.DataFrame:
        """The shingles that recur among each account's prompts; see `recurrent_shingles`."""
        return recurrent_shingles(self.account, self.words)

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


def read_prompts(sample: pl.DataFrame, *, chars: int) -> Prompts:
    """Split a sample of exchanges into words.

    Args:
        sample: The columns of `COLUMNS`, in any order of rows.
        chars: Characters of each text that are read.
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
    )

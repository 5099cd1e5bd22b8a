"""What a suspect answered, and what models say of it, from JSON Lines or Parquet.

A row is an answer:

| column | holds |
|---|---|
| `tokens` | its tokens as numbers; else `text`, and a tokenizer |
| `text` | its text |
| `id` | what ties it to other tables; without it rows go by their order |
| `at` | when it was given, ISO 8601; it may be missing |
| `account`, `canary` | for canaries: the account's number from 1, the canary's from 0 |
| `log_probabilities` | for ranks: of the true code, then of its decoys |
| `top_tokens`, `top_probabilities` | in tables of probabilities: likeliest tokens at each token |
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.errors import ColumnError, ConfigError, NothingToReadError, SourceError
from revenuer.provenance.radioactivity import Expected


@dataclass(frozen=True, slots=True)
class Answers:
    """A table of answers.

    Attributes:
        path: Where it is from.
        rows: The table.
        sha256: Of the file.
    """

    path: Path
    rows: pl.DataFrame
    sha256: str

    @property
    def count(self) -> int:
        """How many answers there are."""
        return self.rows.height

    def column(self, name: str) -> list[Any]:
        """A column that must be there, without gaps.

        Raises:
            ColumnError: It is not, or has gaps.
        """
        if name not in self.rows.columns:
            raise ColumnError(
                f"{self.path} has no column {name}.",
                f"It has {', '.join(self.rows.columns)}; docs/provenance.md says what is needed.",
            )
        if self.rows[name].null_count():
            raise ColumnError(f"{self.path}: column {name} has gaps.", "Give it in every row.")
        return self.rows[name].to_list()

    def lists(self, name: str, *, deep: int = 1, whole: bool = True) -> list[Any]:
        """A column of lists of numbers, or of lists of such lists.

        Args:
            name: Of the column.
            deep: How many lists lie in one another.
            whole: Whether the numbers are whole ones.

        Raises:
            ColumnError: It is not there, has gaps, or holds something else.
        """
        found = self.column(name)
        numbers = self.rows[name]
        for _ in range(deep):
            if not isinstance(numbers.dtype, pl.List):
                break
            # An empty list is no gap.
            numbers = numbers.filter(numbers.list.len() > 0).explode()
        known = numbers.dtype.is_integer() if whole else numbers.dtype.is_numeric()
        if numbers.len() and (not known or numbers.null_count() or _is_flat(self.rows[name], deep)):
            kind = "whole numbers" if whole else "numbers"
            lists = "lists of " * deep
            raise ColumnError(f"{self.path}: column {name} does not hold {lists}{kind}.")
        return found

    def earliest(self) -> datetime | None:
        """When the first of them was given; None where the table does not say.

        Raises:
            ColumnError: A moment is none.
        """
        if "at" not in self.rows.columns:
            return None
        try:
            moments = [
                one if isinstance(one, datetime) else datetime.fromisoformat(one)
                for one in self.column("at")
            ]
        except (TypeError, ValueError) as problem:
            raise ColumnError(
                f"{self.path}: a moment in column at is none.", "Write 2026-11-23T06:00:00Z."
            ) from problem
        if any(one.tzinfo is None for one in moments):
            raise ColumnError(
                f"{self.path}: a moment in column at has no time zone.", "Write it in UTC, with Z."
            )
        return min(moments)


def read_answers(path: Path) -> Answers:
    """Read a table of answers.

    Raises:
        SourceError: It cannot be read.
        NothingToReadError: It has no row.
    """
    try:
        digest = sha256(path.read_bytes()).hexdigest()
        rows = (
            pl.read_parquet(path)
            if path.suffix == ".parquet"
            else pl.read_ndjson(path, infer_schema_length=None)
        )
    except (OSError, pl.exceptions.PolarsError) as problem:
        # What a row says may stand in the words of the problem.
        raise SourceError(
            f"{path} cannot be read as {'Parquet' if path.suffix == '.parquet' else 'JSON Lines'}.",
            "Give one answer a row; docs/provenance.md names the columns.",
        ) from problem
    if not rows.height:
        raise NothingToReadError(f"{path} has no answer.")
    return Answers(path, rows, digest)


def token_lists(answers: Answers, tokenizer: Path | None) -> list[NDArray[np.int64]]:
    """The tokens of each answer.

    Args:
        answers: The table.
        tokenizer: The file of a Hugging Face tokenizer, where answers come as text.

    Raises:
        ColumnError: Neither tokens nor, with a tokenizer, text is there.
        ConfigError: The tokenizer cannot be used.
    """
    if "tokens" in answers.rows.columns:
        kept = answers.lists("tokens")
    elif tokenizer is not None:
        read = _tokenizer(tokenizer)
        kept = [one.ids for one in read.encode_batch(texts_of(answers), add_special_tokens=False)]
    else:
        raise ColumnError(
            f"{answers.path} has no column tokens.",
            "Name the tokenizer of the text with --tokenizer.",
        )
    return [np.array(one, dtype=np.int64) for one in kept]


def texts_of(answers: Answers) -> list[str]:
    """The text of each answer.

    Raises:
        ColumnError: It is not there, or is no text.
    """
    found = answers.column("text")
    if answers.rows["text"].dtype != pl.String:
        raise ColumnError(f"{answers.path}: column text does not hold text.")
    return found


def expected_at(
    probabilities: Answers, answers: Answers, tokens: list[NDArray[np.int64]], width: int
) -> Expected:
    """A model's probabilities at every position that has a whole context.

    Args:
        probabilities: A table with `top_tokens` and `top_probabilities`.
        answers: The table whose positions they belong to.
        tokens: Of these answers.
        width: Tokens of a context.

    Raises:
        ColumnError: The tables do not belong to each other.
    """
    rows = _joined(probabilities, answers)
    parts: list[tuple[list[int], list[float]]] = []
    for row, said in zip(rows, tokens, strict=True):
        ids, odds = row
        if len(ids) != said.size or len(odds) != said.size:
            raise ColumnError(
                f"{probabilities.path}: an answer of {said.size} tokens has probabilities at "
                f"{len(ids)} positions.",
                "Give one list of likeliest tokens for each token of the answer.",
            )
        parts += zip(ids[width:], odds[width:], strict=True)
    if any(len(ids) != len(odds) for ids, odds in parts):
        raise ColumnError(f"{probabilities.path}: tokens and probabilities differ in number.")
    many = max((len(ids) for ids, _ in parts), default=1)
    top = np.zeros((len(parts), many), dtype=np.int64)
    odds = np.zeros((len(parts), many))
    for place, (ids, values) in enumerate(parts):
        top[place, : len(ids)] = ids
        odds[place, : len(values)] = values
    sums = odds.sum(axis=1)
    if np.isnan(odds).any() or (odds < 0).any() or (sums > 1 + 1e-3).any():
        raise ColumnError(
            f"{probabilities.path}: what is in top_probabilities is no distribution.",
            "Give probabilities, not their logarithms; each list sums to at most 1.",
        )
    return Expected(top, odds)


def _is_flat(column: pl.Series, deep: int) -> bool:
    """Whether fewer lists lie in one another than there should."""
    dtype: Any = column.dtype
    for _ in range(deep):
        if not isinstance(dtype, pl.List):
            return True
        dtype = dtype.inner
    return False


def _joined(probabilities: Answers, answers: Answers) -> list[tuple[Any, Any]]:
    """The lists of each answer, by id where both tables have one, else by order."""
    ids = probabilities.lists("top_tokens", deep=2)
    odds = probabilities.lists("top_probabilities", deep=2, whole=False)
    pairs = list(zip(ids, odds, strict=True))
    if "id" in answers.rows.columns and "id" in probabilities.rows.columns:
        by_id = dict(zip(probabilities.column("id"), pairs, strict=True))
        if len(by_id) != len(pairs):
            raise ColumnError(f"{probabilities.path} has an id twice.", "Give each answer once.")
        missing = [one for one in answers.column("id") if one not in by_id]
        if missing:
            raise ColumnError(
                f"{probabilities.path} lacks {len(missing)} of the {answers.count} answers.",
                "Score every answer with the owner's unmarked model.",
            )
        return [by_id[one] for one in answers.column("id")]
    if len(pairs) != answers.count:
        raise ColumnError(
            f"{probabilities.path} has {len(pairs)} rows for {answers.count} answers.",
            "Give a row for each answer, in the same order, or an id in both.",
        )
    return pairs


def _tokenizer(path: Path) -> Any:
    try:
        from tokenizers import Tokenizer
    except ImportError as problem:
        raise ConfigError(
            "Text is tokenized with tokenizers, which is not installed.",
            "Install the extra: `pip install 'revenuer[provenance]'`, or give tokens.",
        ) from problem
    try:
        return Tokenizer.from_file(str(path))
    except Exception as problem:
        # The library raises nothing narrower.
        raise ConfigError(
            f"{path} cannot be read as a tokenizer.", "Give the model's tokenizer.json."
        ) from problem

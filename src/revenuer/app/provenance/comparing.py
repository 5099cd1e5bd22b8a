"""`provenance attribute` and `provenance compare`: tables of answers, beside those of others."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from revenuer.app.provenance.answers import Answers, read_answers, texts_of, token_lists
from revenuer.errors import ColumnError, ConfigError, NothingToReadError
from revenuer.provenance.attribution import Attribution, attribute, candidate_models, leans
from revenuer.provenance.similarity import Likeness, compare

WORD = re.compile(r"\w+|[^\w\s]")
"""What is one token where no tokenizer is named: a word, or a mark."""


def run_attribution(
    suspect: Path,
    candidates: Mapping[str, Path],
    controls: Sequence[Path],
    *,
    alpha: float,
    tokenizer: Path | None = None,
) -> Attribution:
    """Which of several candidates a suspect's answers lean to, held against strangers.

    Args:
        suspect: Its answers.
        candidates: Answers of each candidate teacher to the same prompts, by name.
        controls: Answers of models that learned from none of them, to the same prompts.
        alpha: Highest tolerated chance of naming a stranger's teacher.
        tokenizer: Where answers come as text; without it words are tokens.

    Raises:
        ConfigError: There are too few candidates, or alpha is none.
        SourceError: A table cannot be used.
    """
    if len(candidates) < 2 or not 0 < alpha < 1:
        raise ConfigError(
            "An attribution needs two candidates or more, and an alpha between 0 and 1.",
            "Name each with --candidate NAME=FILE.",
        )
    files = [suspect, *candidates.values(), *controls]
    texts = _alike([read_answers(file) for file in files], tokenizer)
    for file, said in zip(files, texts, strict=True):
        if not any(one.size for one in said):
            raise NothingToReadError(f"{file} has no answer that is not empty.")
    vocabulary = 1 + max(int(one.max()) for said in texts for one in said if one.size)
    many = 1 + len(candidates)
    models = candidate_models(dict(zip(candidates, texts[1:many], strict=True)), vocabulary)
    strangers = np.array([leans(models, said) for said in texts[many:]])
    return attribute(
        tuple(candidates),
        leans(models, texts[0]),
        strangers.reshape(len(controls), len(candidates)),
        alpha=alpha,
    )


def run_comparison(
    suspect: Path, owner: Path, controls: Mapping[str, Path], *, alpha: float
) -> Likeness:
    """Whether a suspect answers more like the owner's model than like every control.

    Args:
        suspect: Its answers.
        owner: Those of the owner's model to the same prompts.
        controls: Those of other models, by name.
        alpha: Highest tolerated chance of a false lead.

    Raises:
        ConfigError: There is no control, or alpha is none.
        ColumnError: The tables are not of the same prompts.
    """
    if not controls or not 0 < alpha < 1:
        raise ConfigError(
            "A comparison needs a control model, and an alpha between 0 and 1.",
            "Name each with --control NAME=FILE: any two models agree to some degree.",
        )
    tables = [read_answers(file) for file in (suspect, owner, *controls.values())]
    said = [_in_order(table, tables[0]) for table in tables]
    numbers: dict[Any, int] = {}
    codes = [
        np.array([numbers.setdefault(one, len(numbers)) for one in answers], dtype=np.int64)
        for answers in said
    ]
    return compare(codes[0], codes[1], dict(zip(controls, codes[2:], strict=True)), alpha=alpha)


def _alike(tables: Sequence[Answers], tokenizer: Path | None) -> list[list[NDArray[np.int64]]]:
    """The tokens of all tables, numbered alike."""
    given = ["tokens" in table.rows.columns for table in tables]
    if any(given) and not all(given) and tokenizer is None:
        raise ColumnError(
            "Some tables have tokens and some only text.", "Give all alike, or a --tokenizer."
        )
    if tokenizer is not None or all(given):
        found = [token_lists(table, tokenizer) for table in tables]
        if any(one.min() < 0 for said in found for one in said if one.size):
            raise ColumnError("A token has a number below 0.")
        return found
    numbers: dict[str, int] = {}
    return [
        [
            np.array(
                [numbers.setdefault(word, len(numbers)) for word in WORD.findall(text)],
                dtype=np.int64,
            )
            for text in texts_of(table)
        ]
        for table in tables
    ]


def _in_order(table: Answers, first: Answers) -> list[Any]:
    """The answers of a table in the order of the first, as what is equal where answers are."""
    if "tokens" in table.rows.columns:
        said: list[Any] = [tuple(one) for one in table.lists("tokens")]
    else:
        said = [" ".join(text.split()) for text in texts_of(table)]
    if "id" in table.rows.columns and "id" in first.rows.columns:
        by_id = dict(zip(table.column("id"), said, strict=True))
        if set(by_id) == set(first.column("id")) and len(by_id) == table.count:
            return [by_id[one] for one in first.column("id")]
    elif table.count == first.count:
        return said
    raise ColumnError(
        f"{table.path} and {first.path} are not of the same prompts.",
        "Give a row for each prompt in both, in the same order or with an id.",
    )

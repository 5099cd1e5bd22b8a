"""Tables of answers that cannot be used are refused, without a word of what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.app.provenance.answers import expected_at, read_answers, texts_of, token_lists
from revenuer.errors import ColumnError, RevenuerError


def table(tmp_path: Path, *rows: str, name="answers.jsonl"):
    path = tmp_path / name
    path.write_text("\n".join(rows) + "\n")
    return read_answers(path)


@pytest.mark.parametrize(
    "rows",
    [
        ('{"tokens": [1.5]}',),
        ('{"tokens": ["secret"]}',),
        ('{"tokens": [1, null]}',),
        ('{"tokens": 7}',),
        ('{"tokens": [[1]]}',),
        ('{"tokens": [1]}', '{"tokens": null}'),
        ('{"words": [1]}',),
        ('{"tokens": [true]}',),
    ],
)
def test_tokens_that_are_no_whole_numbers_are_refused(tmp_path, rows):
    with pytest.raises(ColumnError) as wrong:
        token_lists(table(tmp_path, *rows), None)
    assert "secret" not in wrong.value.message + wrong.value.hint


def test_an_answer_without_tokens_is_one(tmp_path):
    found = token_lists(table(tmp_path, '{"tokens": []}', '{"tokens": [3, 4]}'), None)
    assert [one.tolist() for one in found] == [[], [3, 4]]


def test_text_must_be_text(tmp_path):
    with pytest.raises(ColumnError, match="does not hold text"):
        texts_of(table(tmp_path, '{"text": 5}'))


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('{"top_tokens": [[1]], "top_probabilities": [[1.0]]}', "of 2 tokens"),
        ('{"top_tokens": [[1], [2, 3]], "top_probabilities": [[1.0], [1.0]]}', "differ in number"),
        ('{"top_tokens": [[1], [2]], "top_probabilities": [[1.0], [-0.5]]}', "no distribution"),
        ('{"top_tokens": [[1], [2]], "top_probabilities": [[1.0], [1.5]]}', "no distribution"),
        ('{"top_tokens": [[1], [2]], "top_probabilities": [[1.0], [null]]}', "lists of numbers"),
        ('{"top_tokens": [1, 2], "top_probabilities": [[1.0], [1.0]]}', "whole numbers"),
        ('{"top_tokens": [[1], [2]]}', "no column top_probabilities"),
    ],
)
def test_probabilities_that_do_not_fit_are_refused(tmp_path, row, said):
    answers = table(tmp_path, '{"tokens": [1, 2]}')
    beside = table(tmp_path, row, name="owner.jsonl")
    with pytest.raises(ColumnError, match=said):
        expected_at(beside, answers, [np.array([1, 2])], 0)


def test_probabilities_are_padded_with_nothing(tmp_path):
    answers = table(tmp_path, '{"tokens": [1, 2, 3]}')
    beside = table(
        tmp_path,
        '{"top_tokens": [[9], [1], [2, 3]], "top_probabilities": [[1], [0.5], [0.25, 0.5]]}',
        name="owner.jsonl",
    )
    found = expected_at(beside, answers, [np.array([1, 2, 3])], 1)
    assert found.tokens.tolist() == [[1, 0], [2, 3]]
    assert found.probabilities.tolist() == [[0.5, 0.0], [0.25, 0.5]]


@pytest.mark.parametrize("at", ["yesterday", "2026-01-01T00:00:00"])
def test_a_moment_that_is_none_is_refused(tmp_path, at):
    with pytest.raises(ColumnError, match="column at"):
        table(tmp_path, f'{{"at": "{at}"}}').earliest()


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5)
    | st.floats(allow_nan=False)
    | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)
rows = st.lists(st.fixed_dictionaries({"tokens": values}), min_size=1, max_size=3)


@given(rows=rows)
def test_whatever_a_file_holds_is_read_or_refused_in_words(tmp_path_factory, rows):
    import msgspec

    path = tmp_path_factory.mktemp("any") / "answers.jsonl"
    path.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in rows))
    try:
        found = token_lists(read_answers(path), None)
    except RevenuerError:
        return
    assert [one.tolist() for one in found] == [row["tokens"] for row in rows]

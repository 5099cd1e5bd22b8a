"""Streams become bounded batches."""

from __future__ import annotations

import io
import json

import pytest

from revenuer.errors import SourceError
from revenuer.sources.rows import (
    BATCH_ROWS,
    CHUNK_BYTES,
    LONGEST_ROW_BYTES,
    csv_batches,
    document_batches,
    json_batches,
    read_lines,
)


def test_an_endless_line_is_one_bad_row():
    endless = b'{"a": "' + b"x" * (LONGEST_ROW_BYTES + 2 * CHUNK_BYTES) + b'"}\n'
    stream = io.BytesIO(b'{"b": 1}\n' + endless + b'{"b": 2}\n')
    batches = list(json_batches(stream))
    assert [line for batch in batches for line in batch.lines] == [1, 3]
    assert [bad[:2] for batch in batches for bad in batch.bad] == [(2, "is longer than 64 MiB")]


def test_lines_are_found_across_chunks():
    line = b"y" * (CHUNK_BYTES // 3)
    content = b"\n".join([line] * 10)
    assert list(read_lines(io.BytesIO(content))) == [(i, line) for i in range(1, 11)]


def test_batches_are_bounded_by_rows_and_by_bytes():
    many = b'{"a": 1}\n' * (BATCH_ROWS + 1)
    assert [len(batch.lines) for batch in json_batches(io.BytesIO(many))] == [BATCH_ROWS, 1]
    wide = (b'{"a": "' + b"x" * (6 << 20) + b'"}\n') * 4
    assert [len(batch.lines) for batch in json_batches(io.BytesIO(wide))] == [3, 1]


def test_csv_batches_are_bounded_too():
    rows = b"a,b\n" + b"1,2\n" * (BATCH_ROWS + 1)
    assert [len(batch.lines) for batch in csv_batches(io.BytesIO(rows), "x")] == [BATCH_ROWS, 1]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_header_shows_what_separates(separator):
    content = separator.join("ab") + "\n" + separator.join("12") + "\n"
    (batch,) = csv_batches(io.BytesIO(content.encode()), "x")
    assert batch.records == [{"a": "1", "b": "2"}]


def test_a_document_that_is_too_large_says_what_to_do():
    stream = io.BytesIO(b"[" + b" " * LONGEST_ROW_BYTES + b"]")
    with pytest.raises(SourceError, match="64 MiB") as caught:
        list(document_batches(stream, "x.json"))
    assert "jq" in caught.value.hint


@pytest.mark.parametrize("text", [b"[1,", b"[" * 100_000])
def test_a_document_that_is_no_json_says_so(text):
    with pytest.raises(SourceError, match="not JSON"):
        list(document_batches(io.BytesIO(text), "x.json"))


@pytest.mark.parametrize("line", [b"{", b"[" * 100_000, b'{"a": ' * 100_000, b"\xff", b"\0"])
def test_a_line_that_is_no_json_spoils_itself_only(line):
    (batch,) = json_batches(io.BytesIO(b'{"a": 1}\n' + line + b'\n{"a": 2}\n'))
    assert batch.records == [{"a": 1}, {"a": 2}]
    assert [(number, raw) for number, _, raw in batch.bad] == [(2, line)]


def test_a_place_in_an_array_is_its_line():
    content = json.dumps([{"a": 1}, 7, {"a": 2}]).encode()
    (batch,) = document_batches(io.BytesIO(content), "x.json")
    assert batch.lines == [1, 3]
    assert batch.bad[0][0] == 2

"""JSON and CSV streams -> bounded batches of records with their line numbers."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

import msgspec

from revenuer.errors import ColumnError, SourceError

BATCH_ROWS = 65_536
BATCH_BYTES = 16 << 20
CHUNK_BYTES = 4 << 20
LONGEST_ROW_BYTES = 64 << 20
DELIMITERS = ",;\t|"
NOT_JSON = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What the decoder raises on bytes that are no JSON, or that are nested beyond all use."""
BOM = b"\xef\xbb\xbf"
Record = dict[str, object]


@dataclass(slots=True)
class Batch:
    """Records of one file, back to back.

    Attributes:
        lines: Line of each record, counted from 1. Shape (n,).
        raw: Its bytes. Shape (n,).
        records: Its fields under the log's own names. Shape (n,).
        bad: Line, reason and bytes of each row that is no record.
        size: Bytes in it.
    """

    lines: list[int] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    bad: list[tuple[int, str, bytes]] = field(default_factory=list)
    size: int = 0

    @property
    def full(self) -> bool:
        """Whether it should be handed on."""
        rows = len(self.lines) + len(self.bad)
        return rows >= BATCH_ROWS or self.size >= BATCH_BYTES

    def add(self, line: int, raw: bytes, record: object) -> None:
        """Take a record, or note that it is none."""
        self.size += len(raw)
        if isinstance(record, dict):
            self.lines.append(line)
            self.raw.append(raw)
            self.records.append(record)
        else:
            self.bad.append((line, "is not a JSON object", raw))

    def refuse(self, line: int, reason: str, raw: bytes) -> None:
        """Note a row that is no record."""
        self.size += len(raw)
        self.bad.append((line, reason, raw))


def read_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Lines with their numbers, in bounded memory; an endless line comes out cut short."""
    number, rest = 1, b""
    while chunk := stream.read(CHUNK_BYTES):
        lines = (rest + chunk).split(b"\n") if b"\n" in chunk else [rest + chunk]
        rest = lines.pop()
        for line in lines:
            yield number, line
            number += 1
        # One byte over the limit is kept, which is how the reader sees that it was cut.
        rest = rest[: LONGEST_ROW_BYTES + 1]
    if rest:
        yield number, rest


def json_batches(stream: BinaryIO) -> Iterator[Batch]:
    """Batches of a JSON Lines stream."""
    decode = msgspec.json.Decoder().decode
    batch = Batch()
    for number, line in read_lines(stream):
        text = (line.removeprefix(BOM) if number == 1 else line).strip()
        if len(line) > LONGEST_ROW_BYTES:
            batch.refuse(number, "is longer than 64 MiB", line)
        elif text:
            try:
                batch.add(number, line, decode(text))
            except NOT_JSON:
                batch.refuse(number, "is not JSON", line)
        if batch.full:
            yield batch
            batch = Batch()
    yield batch


def is_document(head: bytes) -> bool:
    """Whether a JSON file is one document over several lines, not a record a line."""
    text = head.removeprefix(BOM).lstrip()
    return text.startswith(b"[") or text.split(b"\n", 1)[0].strip() == b"{"


def document_batches(stream: BinaryIO, label: str) -> Iterator[Batch]:
    """The records of one JSON array or object; a record's line is its place in the array.

    Raises:
        SourceError: It is larger than 64 MiB or not JSON.
    """
    text = stream.read(LONGEST_ROW_BYTES + 1)
    if len(text) > LONGEST_ROW_BYTES:
        hint = "Write one record a line, for instance with: jq -c '.[]'"
        raise SourceError(f"{label} is one JSON document of more than 64 MiB", hint)
    try:
        document = msgspec.json.decode(text.removeprefix(BOM))
    except NOT_JSON:
        raise SourceError(f"{label} is not JSON", "Write one JSON object a line.") from None
    batch = Batch()
    for place, record in enumerate(document if isinstance(document, list) else [document], 1):
        batch.add(place, msgspec.json.encode(record), record)
    yield batch


class _Recorder:
    """Lines for `csv.reader`, which remembers those of the current row for its digest."""

    def __init__(self, stream: BinaryIO) -> None:
        # Broken UTF-8 comes through as surrogates, so that it spoils a row and not the file.
        self._text = io.TextIOWrapper(
            stream, encoding="utf-8-sig", errors="surrogateescape", newline=""
        )
        self.kept: list[str] = []
        self.sample = ""

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            self.sample = self.sample or line
            self.kept.append(line)
            yield line

    def release(self) -> None:
        """Leave the stream to whoever opened it."""
        self._text.detach()

    def take(self) -> bytes:
        """The bytes of the rows since the last call."""
        text = self.kept[0] if len(self.kept) == 1 else "".join(self.kept)
        self.kept.clear()
        return text.encode("utf-8", "surrogateescape")


def csv_batches(stream: BinaryIO, label: str, delimiter: str | None = None) -> Iterator[Batch]:
    """Batches of a CSV stream with a header; an empty field is unknown.

    Raises:
        ColumnError: The header names a column twice.
    """
    csv.field_size_limit(LONGEST_ROW_BYTES)
    recorder = _Recorder(stream)
    try:
        yield from _csv_table(recorder, label, delimiter)
    finally:
        recorder.release()


def _csv_table(recorder: _Recorder, label: str, delimiter: str | None) -> Iterator[Batch]:
    lines = iter(recorder)
    first = next(lines, "")
    delimiter = delimiter or max(DELIMITERS, key=first.count)
    header = next(csv.reader([first], delimiter=delimiter), [])
    if repeated := sorted({name for name in header if header.count(name) > 1}):
        hint = "Rename one of them in the header."
        raise ColumnError(f"{label} names column {repeated[0]!r} twice", hint)
    recorder.take()
    yield from _csv_rows(csv.reader(lines, delimiter=delimiter, strict=True), header, recorder)


def _csv_rows(
    reader: Iterator[list[str]], header: list[str], recorder: _Recorder
) -> Iterator[Batch]:
    batch, line = Batch(), 2
    while True:
        row: list[str] | None = None
        try:
            row = next(reader)
        except StopIteration:
            break
        except csv.Error:
            pass
        span = len(recorder.kept)
        raw = recorder.take()
        if row is None:
            batch.refuse(line, "is not CSV: a quote is not closed or a field is too long", raw)
        elif len(row) == len(header):
            batch.add(line, raw, dict(zip(header, row, strict=True)))
        elif row:
            batch.refuse(line, f"has {len(row)} fields where the header has {len(header)}", raw)
        line += span
        if batch.full:
            yield batch
            batch = Batch()
    yield batch

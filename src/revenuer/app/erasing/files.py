"""Rows and values of an account taken out of files, which are replaced whole."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from glob import escape
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from revenuer.casework.erasure import Rewritten, scrubbed
from revenuer.disk import put, sync_folder

ACCOUNT = "account_id"
BATCH_ROWS = 65_536
_PIECE = 1 << 20
_DRAFT = re.compile(r"\..+?\.(\d+)(?:\.\d+)?")
"""What a file is called while it is written: with the number of the process that does."""


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def rewritten(folder: Path, path: Path, before: str) -> Rewritten:
    """What to note of a file that was changed."""
    after = digest_of(path) if path.exists() else ""
    return Rewritten(str(path.relative_to(folder)), before, after)


def sweep(folder: Path) -> None:
    """Delete what processes that were killed had begun to write in a folder."""
    for path in sorted(folder.rglob(".*")):
        _drop(path)


def sweep_beside(path: Path) -> None:
    """Delete what processes that were killed had begun to write in a file's place."""
    for draft in sorted(path.parent.glob(f".{escape(path.name)}.*")):
        _drop(draft)


def _drop(path: Path) -> None:
    found = _DRAFT.fullmatch(path.name)
    if found and path.is_file() and not _is_alive(int(found[1])):
        path.unlink(missing_ok=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def mentions(path: Path, account_id: str) -> bool:
    """Whether an id stands in a file, as a word of its bytes or as a value of its columns."""
    if path.suffix == ".parquet":
        return parquet_mentions(path, account_id)
    if not bytes_mention(path, account_id):
        return False
    if path.suffix in {".json", ".jsonl"}:
        # An id of digits may be a number of something else.
        return _json_mentions(path, account_id)
    # Likewise in a page, which is drawn anew with what it was drawn from.
    return not (path.suffix == ".html" and account_id.isdigit())


def bytes_mention(path: Path, account_id: str) -> bool:
    """Whether an id stands in a file as a word of its own."""
    word = re.compile(rb"(?<![\w-])" + re.escape(account_id.encode()) + rb"(?![\w-])")
    tail = b""
    # What spans two pieces is looked for again with the end of the one before.
    keep = len(account_id.encode()) + 2
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            data = tail + piece
            found = word.search(data)
            if found is not None and (found.end() < len(data) or len(piece) < _PIECE):
                return True
            tail = data[-keep:]
    return bool(tail and word.search(tail))


def _json_mentions(path: Path, account_id: str) -> bool:
    data = path.read_bytes()
    try:
        lines = data.splitlines() if path.suffix == ".jsonl" else [data]
        values = map(msgspec.json.decode, lines)
        return any(one != scrubbed(one, account_id) for one in values)
    except msgspec.DecodeError:
        return True


def parquet_mentions(path: Path, account_id: str) -> bool:
    """Whether any text, or list of texts, of a Parquet file is an id."""
    with pq.ParquetFile(path) as file:
        columns = [field.name for field in file.schema_arrow if _holds_texts(field.type)]
        if not columns:
            return False
        batches = file.iter_batches(BATCH_ROWS, columns=columns)
        return any(_named(column, account_id) for batch in batches for column in batch.columns)


def exchanges_of(path: Path, account_id: str) -> tuple[set[str], set[str]]:
    """The exchanges of an account in a Parquet file, and those of others."""
    mine: set[str] = set()
    others: set[str] = set()
    if not path.exists():
        return mine, others
    with pq.ParquetFile(path) as file:
        names = file.schema_arrow.names
        if ACCOUNT not in names or "exchange_id" not in names:
            return mine, others
        for batch in file.iter_batches(BATCH_ROWS, columns=[ACCOUNT, "exchange_id"]):
            is_mine = pc.equal(batch.column(0), account_id)
            mine.update(batch.column(1).filter(is_mine).to_pylist())
            others.update(batch.column(1).filter(pc.invert(is_mine)).to_pylist())
    return mine, others


def take_out_rows(path: Path, account_id: str) -> bool:
    """Take an account's rows out of a Parquet file, and its id out of lists of ids.

    Returns:
        Whether it was there.
    """
    if not parquet_mentions(path, account_id):
        return False
    mode = stat.S_IMODE(path.stat().st_mode)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    place = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    try:
        with os.fdopen(place, "wb") as target:
            with pq.ParquetFile(path) as source:
                schema = source.schema_arrow
                with pq.ParquetWriter(target, schema, compression="zstd") as writer:
                    for batch in source.iter_batches(BATCH_ROWS):
                        writer.write_table(_without(batch, account_id).cast(schema))
            target.flush()
            os.fsync(target.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
    return True


def scrub_json(path: Path, account_id: str, *, lines: bool = False, indent: int = 2) -> bool:
    """Take an id out of a JSON file, or of JSON Lines.

    Returns:
        Whether it was there.
    """
    if not mentions(path, account_id):
        return False
    data = path.read_bytes()
    if lines:
        # As a list, so that a line that is about the account goes as a whole.
        kept = scrubbed([msgspec.json.decode(one) for one in data.splitlines()], account_id)
        text = b"".join(msgspec.json.encode(one) + b"\n" for one in kept)
    else:
        text = msgspec.json.encode(scrubbed(msgspec.json.decode(data), account_id))
        text = msgspec.json.format(text, indent=indent) + b"\n" if indent else text
    put(path, text, stat.S_IMODE(path.stat().st_mode))
    return True


def noted(
    folder: Path, paths: Iterable[Path], change: Callable[[Path], bool]
) -> Iterator[Rewritten]:
    """Change files, and note those that it changed."""
    for path in paths:
        before = digest_of(path)
        if change(path):
            yield rewritten(folder, path, before)


def _without(batch: pa.RecordBatch, account_id: str) -> pa.Table:
    table = pa.Table.from_batches([batch])
    if ACCOUNT in table.column_names:
        other = pc.fill_null(pc.not_equal(table[ACCOUNT], account_id), True)
        table = table.filter(other)
    for number, field in enumerate(table.schema):
        if pa.types.is_list(field.type) or pa.types.is_large_list(field.type):
            column = table[field.name]
            if _holds_texts(field.type) and _named(column, account_id):
                kept = [
                    None if each is None else [one for one in each if one != account_id]
                    for each in column.to_pylist()
                ]
                table = table.set_column(number, field, pa.chunked_array([kept], field.type))
    return table


def _holds_texts(kind: pa.DataType) -> bool:
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _named(column: pa.Array | pa.ChunkedArray, account_id: str) -> bool:
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        column = pc.list_flatten(column)
    return bool(pc.any(pc.equal(column, account_id)).as_py())

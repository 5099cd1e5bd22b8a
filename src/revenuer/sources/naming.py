"""Records under a log's own names -> rows under the contract's."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from revenuer.sources.adapters import Adapter, Pseudonyms, adapter_named, sniff
from revenuer.sources.adapters.adapter import NotAnExchangeError
from revenuer.sources.column_map import ColumnMap, TableMap
from revenuer.sources.columns import EXCHANGES, TableShape
from revenuer.sources.files import Container, LogFile
from revenuer.sources.rows import Batch, Record

KEY_FILE = "end_user.key"
KEY_BYTES = 32
SNIFFED_RECORDS = 50
SURPRISES = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError)


def pseudonyms(column_map: ColumnMap, workdir: Path) -> Pseudonyms:
    """The keyed hash of a run: with the map's key, or with one made up and kept in `workdir`."""
    if column_map.key is not None:
        return Pseudonyms(column_map.key.encode())
    path = workdir / KEY_FILE
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(KEY_BYTES), "ascii")
    return Pseudonyms(path.read_text("ascii").strip().encode())


@dataclass(slots=True)
class Naming:
    """How the records of one file become rows.

    Attributes:
        shape: The table.
        table_map: The operator's own names.
        adapter: The log format; None for a table.
        hashed: Columns whose values are replaced by a keyed hash.
        names: The keyed hash.
        unknown: Columns met that the contract does not have.
        passed_over: Records that are about something else than a model call.
    """

    shape: TableShape
    table_map: TableMap
    adapter: Adapter | None
    hashed: tuple[str, ...]
    names: Pseudonyms
    unknown: dict[str, None] = field(default_factory=dict)
    passed_over: int = 0

    def rows(self, batch: Batch) -> Batch:
        """A batch whose records are rows; one record may become several rows or none."""
        if self.adapter is not None:
            named = self._adapted(batch, self.adapter)
        else:
            named = self._renamed(batch)
        for row in named.records if self.hashed else ():
            for column in self.hashed:
                if isinstance(value := row.get(column), str) and value:
                    row[column] = self.names.person(value)
        return named

    def _renamed(self, batch: Batch) -> Batch:
        seen: dict[str, None] = {}
        for record in batch.records:
            seen.update(dict.fromkeys(record))
        used = {path.split(".", 1)[0] for path in self.table_map.columns.values()}
        used |= set(self.table_map.columns.values())
        fresh = (key for key in seen if key not in self.shape.types and key not in used)
        self.unknown.update(dict.fromkeys(fresh))
        if self.table_map.columns or self.table_map.constants:
            records = [mapped(record, record, self.table_map) for record in batch.records]
            return Batch(batch.lines, batch.raw, records, batch.bad, batch.size)
        return batch

    def _adapted(self, batch: Batch, adapter: Adapter) -> Batch:
        named = Batch(bad=batch.bad, size=batch.size)
        for line, raw, record in zip(batch.lines, batch.raw, batch.records, strict=True):
            before = len(named.lines)
            try:
                for found in adapter.read(record, self.names):
                    named.records.append(mapped(found.row, found.source, self.table_map))
                    named.lines.append(line)
                    named.raw.append(raw)
            except NotAnExchangeError as problem:
                named.bad.append((line, str(problem), raw))
                continue
            except SURPRISES as problem:
                # Formats grow; a record that no version of us has met must not stop the rest.
                reason = f"cannot be read as {adapter.name}: {type(problem).__name__}"
                named.bad.append((line, reason, raw))
                continue
            self.passed_over += len(named.lines) == before
        return named


def naming_for(
    shape: TableShape, column_map: ColumnMap, names: Pseudonyms, file: LogFile, first: Batch
) -> Naming:
    """How a file's records are named: by the map's `format`, or by what its first ones look like.

    Raises:
        ConfigError: The map names a format that does not exist.
    """
    adapter: Adapter | None = None
    hashed: tuple[str, ...] = ()
    if shape is EXCHANGES:
        hashed = column_map.hashed
        if column_map.format is not None:
            adapter = adapter_named(column_map.format)
        elif file.container is Container.JSON:
            adapter = sniff(first.records[:SNIFFED_RECORDS])
    return Naming(shape, column_map.table(shape.name), adapter, hashed, names)


def mapped(row: Record, source: Mapping[str, object], table_map: TableMap) -> Record:
    """A row with the map's columns taken from `source` and its constants filled in."""
    if not table_map.columns and not table_map.constants:
        return row
    result = dict(row)
    for column, path in table_map.columns.items():
        result[column] = at(source, path)
    for column, value in table_map.constants.items():
        if result.get(column) is None:
            result[column] = value
    return result


def at(record: Mapping[str, object], path: str) -> object:
    """The value at a dotted path; None if there is none.

    Examples:
        >>> at({"metadata": {"team": "t-7"}}, "metadata.team")
        't-7'
    """
    if path in record:
        return record[path]
    value: object = record
    for step in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value

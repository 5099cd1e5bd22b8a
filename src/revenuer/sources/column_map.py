"""Column maps: an operator's own names -> the contract's."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta, timezone, tzinfo
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from revenuer.errors import ConfigError
from revenuer.sources.adapters import adapter_named
from revenuer.sources.columns import EXCHANGES, SHAPES, TableShape, nearest
from revenuer.sources.values import UNITS_US, Reading

OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")
TABLE_KEYS = ("columns", "constants", "timestamps")
Constant = str | int | float | bool


@dataclass(frozen=True, slots=True)
class TableMap:
    """How one table is read.

    Attributes:
        columns: The log's own name of a contract column; dots go into JSON objects.
        constants: The value of a contract column that the log leaves unsaid.
        unit: Unit of numeric timestamps, or None for ISO 8601.
        zone: Zone of timestamps without an offset, or None to refuse them.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, Constant] = field(default_factory=dict)
    unit: str | None = None
    zone: tzinfo | None = None

    def reading(self, *, typed: bool) -> Reading:
        """How its values are read; `typed` is false for CSV."""
        return Reading(self.unit, self.zone, typed)


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """How all tables are read.

    Attributes:
        tables: By table name; a table that is not there is read as the contract has it.
        format: The adapter for exchanges, or None to look at the first records.
        hashed: Contract columns of exchanges whose values are replaced by a keyed hash.
        key: Secret of that hash, and of the end users in known formats; None makes one up
            and keeps it in the working directory.
    """

    tables: Mapping[str, TableMap] = field(default_factory=dict)
    format: str | None = None
    hashed: tuple[str, ...] = ()
    key: str | None = None

    def table(self, name: str) -> TableMap:
        """The map of one table, empty if there is none."""
        return self.tables.get(name, TableMap())


def load_column_map(
    path: Path | None, pairs: Sequence[str] = (), log_format: str | None = None
) -> ColumnMap:
    """Read a TOML column map, and what the command line says on top of it.

    Args:
        path: The file; None starts from the contract's own names.
        pairs: `contract_column=own_name`, for exchanges.
        log_format: The format of exchanges, instead of recognising it.

    Raises:
        ConfigError: The file cannot be read, or something names what does not exist; all
            problems are listed at once.
    """
    document: dict[str, object] = {}
    if path is not None:
        try:
            document = tomllib.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as problem:
            raise ConfigError(f"column map {path} cannot be read: {problem}") from problem
    column_map = with_pairs(parse_column_map(document), pairs)
    if log_format is not None:
        column_map = replace(column_map, format=log_format)
    if column_map.format is not None:
        adapter_named(column_map.format)
    return column_map


def with_pairs(column_map: ColumnMap, pairs: Sequence[str]) -> ColumnMap:
    """A column map with `contract_column=own_name` pairs added for exchanges.

    Examples:
        >>> with_pairs(ColumnMap(), ["account_id=key_hash"]).table("exchanges").columns
        {'account_id': 'key_hash'}
    """
    found, problems = {}, []
    for pair in pairs:
        column, equals, name = pair.partition("=")
        if not equals or not name:
            problems.append(f"--map {pair}: write contract_column=own_name")
            continue
        problems += _unknown((column,), EXCHANGES.types, f"--map {pair}")
        found[column] = name
    _raise_all(problems)
    own = column_map.table("exchanges")
    merged = replace(own, columns={**own.columns, **found})
    return replace(column_map, tables={**column_map.tables, "exchanges": merged})


def parse_column_map(document: Mapping[str, object]) -> ColumnMap:
    """A column map from its TOML document.

    Top-level `columns`, `constants` and `timestamps` speak of exchanges; `[accounts.columns]`
    and the like of the other tables.

    Raises:
        ConfigError: Something in it does not exist or has the wrong type; all at once.
    """
    problems = _unknown(document, {*TABLE_KEYS, *SHAPES, "format", "hashing"}, "column map")
    tables = {}
    for name, shape in SHAPES.items():
        section = document.get(name, {})
        section = section if isinstance(section, dict) else {}
        if name == "exchanges":
            section = {key: document[key] for key in TABLE_KEYS if key in document} | section
        if section:
            tables[name] = _table_map(section, shape, problems)
    hashing = _strings_or_tables(document.get("hashing", {}), "hashing", problems)
    problems += _unknown(hashing, {"key", "columns"}, "[hashing]")
    hashed = hashing.get("columns", [])
    hashed = tuple(hashed) if isinstance(hashed, list) else ()
    problems += _unknown(hashed, EXCHANGES.types, "[hashing] columns")
    key, named = hashing.get("key"), document.get("format")
    if not isinstance(key, str | None) or not isinstance(named, str | None):
        problems.append("`format` and `key` are text")
    _raise_all(problems)
    return ColumnMap(tables, cast("str | None", named), hashed, cast("str | None", key))


def _table_map(section: Mapping[str, object], shape: TableShape, problems: list[str]) -> TableMap:
    problems += _unknown(section, TABLE_KEYS, shape.name)
    columns = _strings_or_tables(section.get("columns", {}), f"{shape.name} columns", problems)
    constants = _strings_or_tables(section.get("constants", {}), "constants", problems)
    times = _strings_or_tables(section.get("timestamps", {}), "timestamps", problems)
    problems += _unknown(columns, shape.types, f"{shape.name} columns")
    problems += _unknown(constants, shape.types, f"{shape.name} constants")
    problems += _unknown(times, ("unit", "timezone"), f"{shape.name} timestamps")
    for column, name in columns.items():
        if not isinstance(name, str):
            problems.append(f"{shape.name}: the name for {column} is not text")
    for column, value in constants.items():
        if not isinstance(value, Constant):
            problems.append(f"{shape.name}: the constant {column} is not text, number or boolean")
    unit = times.get("unit", "iso")
    if unit != "iso" and unit not in UNITS_US:
        problems.append(f"timestamps unit {unit!r}: one of iso, s, ms, us, ns")
    return TableMap(
        columns=cast("dict[str, str]", columns),
        constants=cast("dict[str, Constant]", constants),
        unit=None if unit == "iso" else str(unit),
        zone=_zone(times.get("timezone"), problems),
    )


def _zone(name: object, problems: list[str]) -> tzinfo | None:
    if name is None:
        return None
    if name == "UTC":
        return UTC
    if match := OFFSET.fullmatch(str(name)):
        ahead = timedelta(hours=int(match[2]), minutes=int(match[3]))
        return timezone(-ahead if match[1] == "-" else ahead)
    try:
        return ZoneInfo(str(name))
    except (LookupError, ValueError, OSError):
        problems.append(f"timezone {name!r}: UTC, an offset such as +02:00, or Area/City")
        return None


def _strings_or_tables(section: object, where: str, problems: list[str]) -> dict[str, object]:
    if isinstance(section, dict):
        return section
    problems.append(f"[{where}] is not a table")
    return {}


def _unknown(names: Iterable[str], known: Iterable[str], where: str) -> list[str]:
    allowed = set(known)
    problems = []
    for name in names:
        if name not in allowed:
            meant = nearest(name, allowed)
            problems.append(f"{where}: unknown {name!r}" + (f", meant {meant!r}?" if meant else ""))
    return problems


def _raise_all(problems: Sequence[str]) -> None:
    if problems:
        raise ConfigError("; ".join(problems), "docs/sources.md shows a whole column map.")

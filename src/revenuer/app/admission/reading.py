"""Applications and owners from files: JSON Lines, JSON, CSV or Parquet, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from revenuer.access.applications import (
    COLUMNS,
    Application,
    Check,
    Outcome,
    Result,
    Share,
    moment,
    read,
    text,
)
from revenuer.access.programmes import Usage
from revenuer.errors import ColumnError, SourceError
from revenuer.sources.columns import nearest
from revenuer.sources.files import Container, LogFile, find_files
from revenuer.sources.reading import batches_of
from revenuer.sources.rows import Batch

PARQUET_ROWS = 8_192
OWNER_COLUMNS = ("owner", "owned", "share", "jurisdiction")
USAGE_COLUMNS = ("account_id", "exchanges_per_day", "networks", "hours_per_day")
OUTCOME_COLUMNS = ("application_id", "check", "result", "at", "reference")


@dataclass(slots=True)
class Taken:
    """What was read so far.

    Attributes:
        rows: Rows that could be used.
        left: File and line of rows that could not, and why; the first few.
        left_out: How many could not.
        unknown: Columns that are not ours.
    """

    rows: int = 0
    left: list[str] = field(default_factory=list)
    left_out: int = 0
    unknown: set[str] = field(default_factory=set)

    def leave(self, label: str, line: int, why: str) -> None:
        """Note a row that cannot be used; its values are not repeated."""
        self.left_out += 1
        if len(self.left) < 10:
            self.left.append(f"{label}, line {line}: {why}")


def applications(
    places: Sequence[str], workdir: Path, taken: Taken | None = None
) -> Iterator[Application]:
    """Applications one after the other, in bounded memory.

    Args:
        places: Files, folders, globs, or `-` for stdin.
        workdir: An existing folder, for stdin.
        taken: Is told what was read.

    Raises:
        SourceError: A file cannot be read.
        ColumnError: A file has no column `application_id`.
    """
    taken = taken if taken is not None else Taken()
    for label, line, row in _rows(places, workdir, taken, COLUMNS, "application_id"):
        found = read(row)
        if found is None:
            taken.leave(label, line, "application_id is missing")
        else:
            taken.rows += 1
            yield found


def owners(place: str, workdir: Path, taken: Taken | None = None) -> list[Share]:
    """The table of owners.

    Raises:
        SourceError: It cannot be read.
        ColumnError: It names no owners.
    """
    taken = taken if taken is not None else Taken()
    found = []
    for label, line, row in _rows([place], workdir, taken, OWNER_COLUMNS, "owner"):
        owner, owned = text(row.get("owner")), text(row.get("owned"))
        if owner is None or owned is None:
            taken.leave(label, line, "owner or owned is missing")
            continue
        taken.rows += 1
        found.append(Share(owner, owned, _share(row.get("share")), text(row.get("jurisdiction"))))
    return found


def outcomes(places: Sequence[str], workdir: Path, taken: Taken | None = None) -> Iterator[Outcome]:
    """Outcomes of checks, one after the other.

    Raises:
        SourceError: A file cannot be read.
        ColumnError: A file has no column `application_id`.
    """
    taken = taken if taken is not None else Taken()
    for label, line, row in _rows(places, workdir, taken, OUTCOME_COLUMNS, "application_id"):
        try:
            yield outcome(row)
            taken.rows += 1
        except ValueError as why:
            taken.leave(label, line, str(why))


def outcome(row: Mapping[str, Any]) -> Outcome:
    """The outcome of a check from a row of a table or of JSON.

    Raises:
        ValueError: It is none; the text says why and repeats no value.
    """
    application_id, at_us = text(row.get("application_id")), moment(row.get("at"))
    check, result = text(row.get("check")), text(row.get("result"))
    if application_id is None:
        raise ValueError("application_id is missing")
    if check not in set(Check):
        raise ValueError(f"check is none of {', '.join(Check)}")
    if result not in set(Result):
        raise ValueError(f"result is none of {', '.join(Result)}")
    if at_us is None:
        raise ValueError("at is no time with an offset")
    reference = text(row.get("reference")) or ""
    return Outcome(application_id, Check(check), Result(result), at_us, reference)


def usage(place: str, workdir: Path) -> dict[str, Usage]:
    """How accounts were used of late, by account.

    Raises:
        SourceError: It cannot be read.
        ColumnError: It names no accounts.
    """
    found = {}
    for _, _, row in _rows([place], workdir, Taken(), USAGE_COLUMNS, "account_id"):
        account = text(row.get("account_id"))
        if account is not None:
            networks = _number(row.get("networks"))
            found[account] = Usage(
                _number(row.get("exchanges_per_day")),
                int(networks) if networks is not None else None,
                _number(row.get("hours_per_day")),
            )
    return found


def _number(raw: object) -> float | None:
    """A number that is not negative; None where it is none."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        return None
    try:
        found = float(raw)
    except (ValueError, OverflowError):
        return None
    return found if 0 <= found < 1e15 else None


def _share(raw: object) -> float | None:
    """A share between 0 and 1, or with a percent sign; None where it is none."""
    try:
        if isinstance(raw, str):
            number = raw.strip()
            percent = number.endswith("%")
            found = float(number.removesuffix("%")) / (100 if percent else 1)
        elif isinstance(raw, int | float) and not isinstance(raw, bool):
            found = float(raw)
        else:
            return None
    except ValueError:
        return None
    return found if 0 <= found <= 1 else None


def _rows(
    places: Sequence[str], workdir: Path, taken: Taken, columns: Sequence[str] | Mapping[str, str],
    needed: str,
) -> Iterator[tuple[str, int, Mapping[str, Any]]]:  # fmt: skip
    known = frozenset(columns)
    for file in find_files(places, workdir):
        seen = False
        for batch in _batches(file):
            for line, why, _ in batch.bad:
                taken.leave(file.label, line, why)
            for line, row in zip(batch.lines, batch.records, strict=True):
                if not seen:
                    seen = True
                    if needed not in row:
                        raise _without(needed, file.label, list(row))
                    taken.unknown |= row.keys() - known
                yield file.label, line, row


def _without(needed: str, label: str, there: list[str]) -> ColumnError:
    near = nearest(needed, there)
    hint = f"Rename {near} to {needed}." if near else f"It has {', '.join(sorted(there)[:8])}."
    return ColumnError(f"{label} has no column {needed}", hint)


def _batches(file: LogFile) -> Iterator[Batch]:
    if file.container is Container.PARQUET:
        yield from _parquet_batches(file)
        return
    yield from batches_of(file)


def _parquet_batches(file: LogFile) -> Iterator[Batch]:
    try:
        with closing(pq.ParquetFile(file.path)) as table:
            line = 1
            for part in table.iter_batches(batch_size=PARQUET_ROWS):
                rows = part.to_pylist()
                yield Batch(lines=list(range(line, line + len(rows))), records=rows)
                line += len(rows)
    except (OSError, pa.ArrowException) as problem:
        raise SourceError(f"{file.label} is not Parquet inside", "Write it again.") from problem

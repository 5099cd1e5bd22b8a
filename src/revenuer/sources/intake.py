"""What happened to the rows on their way in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FileIntake:
    """One file's part.

    Attributes:
        file: Its name as the operator gave it.
        table: `exchanges`, `accounts`, `account_links` or `permits`.
        format: The adapter that read it, or `canonical`.
        container: `parquet`, `json` or `csv`.
        rows: Rows read, bad ones included.
        quarantined: Rows left out because they could not be used.
        passed_over: Records about something else than a model call, such as health checks.
    """

    file: str
    table: str
    format: str
    container: str
    rows: int
    quarantined: int
    passed_over: int = 0


@dataclass(frozen=True, slots=True)
class Intake:
    """What was read and what was left out, over all tables.

    Attributes:
        rows: Rows of exchanges read, bad and repeated ones included.
        kept: Rows of exchanges that count.
        duplicates: Exchanges that repeat an earlier one exactly and count once.
        conflicts: Exchanges that differ from an earlier one of the same id.
        quarantined: Rows of all tables in the quarantine file, conflicts included.
        quarantine_file: Where each is named with its line and reason.
        unknown_columns: Columns of the logs that the contract does not have.
        notes: What was assumed, one sentence each.
        files: One entry a file and table.
    """

    rows: int
    kept: int
    duplicates: int
    conflicts: int
    quarantined: int
    quarantine_file: Path
    unknown_columns: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    files: tuple[FileIntake, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should be told, one sentence each."""
        told = list(self.notes)
        if self.unknown_columns:
            told.append(f"columns left out as unknown: {', '.join(self.unknown_columns)}")
        if self.quarantined:
            told.append(f"{self.quarantined} rows quarantined, see {self.quarantine_file}")
        if passed := sum(file.passed_over for file in self.files):
            told.append(f"{passed} records passed over: they call no model")
        return tuple(told)


@dataclass(slots=True)
class Tally:
    """The intake while it grows."""

    files: list[FileIntake] = field(default_factory=list)
    unknown: dict[str, None] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    duplicates: dict[str, int] = field(default_factory=dict)
    conflicts: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)

    def add_unknown(self, names: list[str]) -> None:
        """Remember columns that the contract lacks, in the order of their first sight."""
        self.unknown.update(dict.fromkeys(names))

    def note(self, sentence: str) -> None:
        """Remember an assumption once."""
        self.notes.setdefault(sentence)

    def closed(self, quarantined: int, quarantine_file: Path) -> Intake:
        """The intake, frozen."""
        return Intake(
            rows=sum(file.rows for file in self.files if file.table == "exchanges"),
            kept=self.kept.get("exchanges", 0),
            duplicates=self.duplicates.get("exchanges", 0),
            conflicts=self.conflicts.get("exchanges", 0),
            quarantined=quarantined,
            quarantine_file=quarantine_file,
            unknown_columns=tuple(self.unknown),
            notes=tuple(self.notes),
            files=tuple(self.files),
        )

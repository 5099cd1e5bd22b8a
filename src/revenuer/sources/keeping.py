"""How log files are kept for the next scan, and what is kept of each.

A file's rows are kept under the file's path, size and time of change: the contract's columns
without those that no scan asks for, beside digests of texts. The rows of which a sample of each
account may be made lie apart from the others, if these are many, so that few texts are read to
draw the sample. Repeated rows stay: which of them count is known only when all
files are there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import ibis.expr.types as ir
import msgspec

from revenuer.errors import SourceError
from revenuer.sources.intake import FileIntake
from revenuer.sources.parts import Doubt

ABOUT = "about.json"
QUARANTINE = "quarantine.jsonl"
MAGIC = b"PAR1"
TEXT = "text"
"""Instead of a schema, of files that are not Parquet."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """How log files are kept.

    Attributes:
        folder: A folder in it for each file; made if missing, for nobody else to read.
        about: What the rows depend on beside the file, its column map and the program.
        program: A digest of the program: another version may keep other rows.
        per_account: Exchanges of each account, lowest MD5 first, of which a sample is made.
        sampled: Name of the column that says so of a row.
        narrow: From all columns of the exchanges to those that are kept, the others left.
        part_s: Seconds of the parts of time of which a sample may be made; 0 for all time.
    """

    folder: Path
    about: str
    program: str
    per_account: int
    sampled: str
    narrow: Callable[[ir.Table], ir.Table]
    part_s: int = 0


@dataclass(frozen=True, slots=True)
class About:
    """What is told of a log file beside its rows.

    Attributes:
        path: Where the file was.
        intake: What happened to its rows.
        unknown: Columns that the contract lacks.
        notes: What was assumed.
        present: Columns with a value.
        schema: A digest that files of one schema share; `TEXT` if it is not Parquet.
        unfilled: Columns of the contract without a value in the file.
        doubts: What was counted of values that may be of the wrong type.
        sizes: Bytes of each file that was written, by name.
    """

    path: str
    intake: FileIntake
    unknown: tuple[str, ...]
    notes: tuple[str, ...]
    present: tuple[str, ...]
    schema: str
    unfilled: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    sizes: dict[str, int]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one log file.

    Attributes:
        folder: Where it lies.
        label: What messages call the log file.
        about: What is told of it.
    """

    folder: Path
    label: str
    about: About

    @property
    def rows(self) -> list[Path]:
        """The Parquet files."""
        return [self.folder / name for name in self.about.sizes]

    @classmethod
    def at(cls, folder: Path, label: str) -> Kept | None:
        """What lies in a folder; None if it was cut short."""
        try:
            about = msgspec.json.decode((folder / ABOUT).read_bytes(), type=About)
            for name, size in about.sizes.items():
                if (folder / name).stat().st_size != size or not _ends_well(folder / name):
                    return None
        except (OSError, msgspec.MsgspecError):
            return None
        return cls(folder, label, about) if (folder / QUARANTINE).exists() else None


@dataclass(frozen=True, slots=True)
class Span:
    """The exchanges of some segments that lie in a span of time.

    Attributes:
        folders: The segments.
        start: From when on.
        end: Before when.
    """

    folders: tuple[Path, ...]
    start: datetime
    end: datetime


def about_all(several: Sequence[About], path: str, sizes: dict[str, int]) -> About:
    """What is told of several log files whose rows were put together."""
    intakes = [one.intake for one in several]
    return About(
        path=path,
        intake=replace(
            intakes[0],
            rows=sum(one.rows for one in intakes),
            quarantined=sum(one.quarantined for one in intakes),
            passed_over=sum(one.passed_over for one in intakes),
        ),
        unknown=tuple(dict.fromkeys(name for one in several for name in one.unknown)),
        notes=tuple(dict.fromkeys(note for one in several for note in one.notes)),
        present=tuple(sorted({name for one in several for name in one.present})),
        schema=TEXT,
        unfilled=tuple(sorted(set[str].intersection(*(set(one.unfilled) for one in several)))),
        # What was in doubt was decided file by file.
        doubts=(),
        sizes=sizes,
    )


def kept_in(folders: Sequence[Path]) -> list[Kept]:
    """What is kept in folders.

    Raises:
        SourceError: One of them is damaged.
    """
    found = []
    for folder in folders:
        kept = Kept.at(folder, folder.name)
        if kept is None:
            raise SourceError(f"{folder} is damaged", "Take it from a backup, or start anew.")
        found.append(kept)
    return found


def _ends_well(path: Path) -> bool:
    """Whether a Parquet file was written to its end, also by the disk."""
    with path.open("rb") as file:
        file.seek(-len(MAGIC), os.SEEK_END)
        return file.read() == MAGIC

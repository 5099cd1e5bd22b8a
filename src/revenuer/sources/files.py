"""Where logs lie: globs, folders and stdin -> files, and files -> decompressed streams."""

from __future__ import annotations

import glob
import gzip
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO, BinaryIO, cast

import zstandard

from revenuer.errors import NothingToReadError, SourceError

COMPRESSED = {".gz", ".zst"}
TEXT_ENDINGS = {".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".log"}
PARQUET_ENDINGS = {".parquet", ".pq"}
STDIN = "-"
HEAD_BYTES = 64 * 1024


class Container(StrEnum):
    """How a file holds its records."""

    PARQUET = "parquet"
    JSON = "json"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class LogFile:
    """One file to read.

    Attributes:
        path: Where it is; a copy in the working directory for stdin.
        label: What messages call it.
        container: How it holds its records.
    """

    path: Path
    label: str
    container: Container


def find_files(places: Sequence[str], workdir: Path) -> tuple[LogFile, ...]:
    """Resolve files, folders, globs and `-` to files, each once, in a stable order.

    Raises:
        NothingToReadError: A place does not exist or holds no log file.
        SourceError: A file cannot be opened.
    """
    return tuple(log_file(path, label) for path, label in find_paths(places, workdir).items())


def log_file(path: Path, label: str) -> LogFile:
    """A file, with what its first bytes say of how it holds its records.

    Raises:
        SourceError: It cannot be opened.
    """
    return LogFile(path, label, _container(path, label))


def find_paths(places: Sequence[str], workdir: Path) -> dict[Path, str]:
    """As `find_files`, the label of each path that is not empty; no file is opened.

    Raises:
        NothingToReadError: A place does not exist or holds no log file.
        SourceError: A file is out of reach.
    """
    found: dict[Path, str] = {}
    for place in dict.fromkeys(places):
        if place == STDIN:
            found[_keep(sys.stdin.buffer, workdir / "stdin")] = "stdin"
            continue
        for path in files_at(place, workdir):
            if path.is_fifo() or path.is_char_device():
                with path.open("rb") as pipe:
                    found[_keep(pipe, workdir / f"pipe-{len(found)}")] = str(path)
            else:
                found.setdefault(path.resolve(), str(path))
    return {path: label for path, label in found.items() if _is_filled(path, label)}


def _is_filled(path: Path, label: str) -> bool:
    try:
        return path.stat().st_size > 0
    except OSError as problem:
        raise _unreadable(label, problem) from problem


def files_at(place: str, workdir: Path) -> list[Path]:
    """The files that a place other than `-` stands for; none of them is opened.

    Raises:
        NothingToReadError: The place does not exist or holds no log file.
    """
    path = Path(place)
    if path.is_dir():
        return _inside(path, workdir)
    if path.exists():
        return [path]
    matches = sorted(glob.glob(place, recursive=True))  # noqa: PTH207 - it may be absolute
    if not matches:
        raise NothingToReadError(f"{place} does not exist", "Name a file, a folder, a glob or -.")
    parts = map(Path, matches)
    return [
        file for part in parts for file in (_inside(part, workdir) if part.is_dir() else [part])
    ]


def _inside(folder: Path, workdir: Path) -> list[Path]:
    """The log files in a folder, but for those that an earlier run left in the working one."""
    ours = workdir.resolve()
    files = sorted(
        file
        for file in folder.rglob("*")
        if _is_log(file) and not file.resolve().is_relative_to(ours)
    )
    if not files:
        hint = "Log files end in .parquet, .jsonl, .json, .csv or .log, perhaps with .gz or .zst."
        raise NothingToReadError(f"folder {folder} holds no log file", hint)
    return files


def _is_log(path: Path) -> bool:
    ending = ending_of(path)
    hidden = path.name.startswith((".", "_"))
    return path.is_file() and not hidden and ending in TEXT_ENDINGS | PARQUET_ENDINGS


def ending_of(path: Path) -> str:
    """The file's ending under its compression, in lower case."""
    inner = path.with_suffix("") if path.suffix.lower() in COMPRESSED else path
    return inner.suffix.lower()


def _keep(pipe: BinaryIO, kept: Path) -> Path:
    # Sniffing and Parquet footers need to look twice, so a pipe is kept on disk first.
    with kept.open("wb") as target:
        shutil.copyfileobj(pipe, target, 8 << 20)
    return kept


def _container(path: Path, label: str) -> Container:
    with open_bytes(path, label) as stream:
        head = stream.read(HEAD_BYTES)
    if head.startswith(b"PAR1"):
        return Container.PARQUET
    ending = ending_of(path)
    if ending in PARQUET_ENDINGS:
        raise SourceError(f"{label} is not Parquet inside", "Rename it or write it again.")
    if ending in {".csv", ".tsv"}:
        return Container.CSV
    if ending in {".jsonl", ".ndjson", ".json"}:
        return Container.JSON
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    return Container.JSON if start in (b"{", b"[") else Container.CSV


@contextmanager
def open_bytes(path: Path, label: str) -> Iterator[BinaryIO]:
    """Open a file for reading, decompressed by what it starts with rather than by its name.

    Raises:
        SourceError: The file cannot be opened or its compression is broken.
    """
    try:
        with path.open("rb") as raw:
            magic = raw.read(4)
            raw.seek(0)
            yield _decompressed(raw, magic)
    except (OSError, EOFError, zstandard.ZstdError) as problem:
        raise _unreadable(label, problem) from problem


def _decompressed(raw: IO[bytes], magic: bytes) -> BinaryIO:
    if magic.startswith(b"\x1f\x8b"):
        return cast("BinaryIO", gzip.GzipFile(fileobj=raw))
    if magic == b"\x28\xb5\x2f\xfd":
        reader = zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
        return cast("BinaryIO", reader)
    return cast("BinaryIO", raw)


def _unreadable(label: str, problem: Exception) -> SourceError:
    reason = getattr(problem, "strerror", None) or type(problem).__name__
    return SourceError(
        f"{label} cannot be read: {reason}", "Check the path, its rights and its end."
    )

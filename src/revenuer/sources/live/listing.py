"""Which log files a place holds, looked at again and again for little.

A folder is listed anew only when its own time of change moved, which it does when an entry
comes, goes or is renamed. A listing gives inodes, so the files in it cost nothing: ten
thousand old ones are one `stat` of their folder.
"""

from __future__ import annotations

import fnmatch
import glob
import logging
import os
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from revenuer.sources.files import PARQUET_ENDINGS, TEXT_ENDINGS, ending_of

logger = logging.getLogger(__name__)
UNFINISHED = (".tmp", ".part", ".partial", ".crdownload", ".inprogress", ".swp", "~")
RACY_NS = 2_000_000_000
"""A folder that changed so lately may change again within its clock's tick: placeholder."""


@dataclass(slots=True)
class Folder:
    """One folder as it was last listed: files by key, and the folders in it."""

    changed_ns: int = -1
    listed_ns: int = 0
    files: dict[str, Path] = field(default_factory=dict)
    folders: list[Path] = field(default_factory=list)

    def is_fresh(self, changed_ns: int) -> bool:
        """Whether the listing still holds."""
        settled = self.listed_ns > changed_ns + RACY_NS
        return settled and self.changed_ns == changed_ns


class Listing:
    """The log files at a file, a folder or a glob.

    Args:
        place: As the operator wrote it.
        without: Folders whose files are our own.
    """

    def __init__(self, place: str, without: tuple[Path, ...]) -> None:
        self.place = place
        self.without = {path.resolve() for path in without}
        self._pattern: list[str] | None = None
        self._file: Path | None = None
        path = Path(os.path.abspath(place))  # noqa: PTH100 - a link is not to be resolved
        if glob.has_magic(place) and not path.exists():
            self._base, self._pattern = split_glob(path)
        elif path.is_dir():
            self._base = path
        else:
            self._base, self._file = path.parent, path
        self._folders: dict[Path, Folder] = {}
        self._found: dict[str, Path] = {}

    def keep_out(self, folder: Path) -> None:
        """Leave out a folder of our own that turned up later."""
        self.without.add(folder.resolve())

    def look(self) -> dict[str, Path]:
        """The files there are, by key; the same mapping as before if nothing changed."""
        if self._file is not None:
            self._found = self._one_file(self._file)
            return self._found
        seen: dict[Path, Folder] = {}
        changed = self._visit(self._base, (), seen)
        if changed or seen.keys() != self._folders.keys():
            self._folders = seen
            self._found = {}
            for folder in seen.values():
                self._found.update(folder.files)
        return self._found

    def _one_file(self, path: Path) -> dict[str, Path]:
        try:
            return {key_of(path.stat()): path}
        except OSError:
            return {}

    def _visit(self, path: Path, parts: tuple[str, ...], seen: dict[Path, Folder]) -> bool:
        """List a folder and those in it where they changed; returns whether any did."""
        try:
            status = path.stat()
        except OSError:
            return False
        folder, changed = self._folders.get(path), False
        if folder is None or not folder.is_fresh(status.st_mtime_ns):
            listed = self._list(path, parts, status)
            changed = folder is None or listed.files != folder.files
            folder = listed
        seen[path] = folder
        for inner in folder.folders:
            changed |= self._visit(inner, (*parts, inner.name), seen)
        return changed

    def _list(self, path: Path, parts: tuple[str, ...], status: os.stat_result) -> Folder:
        folder = Folder(status.st_mtime_ns, time.time_ns())
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    self._sort_in(entry, folder, parts, status.st_dev)
        except OSError as problem:
            logger.warning("a watched folder cannot be listed: %s", problem.strerror)
        folder.folders.sort()
        return folder

    def _sort_in(
        self, entry: os.DirEntry[str], folder: Folder, parts: tuple[str, ...], device: int
    ) -> None:
        try:
            if entry.is_dir():
                # A link to a folder could lead in a circle.
                if not entry.is_symlink() and Path(entry.path).resolve() not in self.without:
                    folder.folders.append(Path(entry.path))
            elif self._is_wanted((*parts, entry.name)):
                linked = entry.is_symlink()
                key = key_of(entry.stat()) if linked else file_key(device, entry.inode())
                if entry.is_file():
                    folder.files[key] = Path(entry.path)
        except OSError:
            return

    def _is_wanted(self, parts: tuple[str, ...]) -> bool:
        name = parts[-1]
        if name.endswith(UNFINISHED):
            return False
        if self._pattern is None:
            return is_log_name(name)
        if matches(parts, self._pattern):
            return True
        # A folder that the pattern names stands for the log files in it.
        inner = range(1, len(parts))
        return is_log_name(name) and any(matches(parts[:n], self._pattern) for n in inner)


def is_log_name(name: str) -> bool:
    """Whether a file in a folder is read, by its name."""
    hidden = name.startswith((".", "_"))
    return not hidden and ending_of(Path(name)) in TEXT_ENDINGS | PARQUET_ENDINGS


def file_key(device: int, inode: int) -> str:
    """A file's key: it stays when the file is renamed.

    Examples:
        >>> file_key(66, 4097)
        '42-1001'
    """
    return f"{device:x}-{inode:x}"


def key_of(status: os.stat_result) -> str:
    """The key of a file by what the file system says of it."""
    return file_key(status.st_dev, status.st_ino)


def split_glob(path: Path) -> tuple[Path, list[str]]:
    """The folder above a pattern's first wildcard, and the parts below it.

    Examples:
        >>> split_glob(Path("/logs/2026-*/*.jsonl"))
        (PosixPath('/logs'), ['2026-*', '*.jsonl'])
    """
    parts = list(path.parts)
    first = next(n for n, part in enumerate(parts) if glob.has_magic(part))
    return Path(*parts[:first]), parts[first:]


def matches(parts: tuple[str, ...], pattern: list[str]) -> bool:
    """Whether a path below the base is what a pattern asks for, as `glob` has it.

    Examples:
        >>> matches(("a", "b", "x.jsonl"), ["**", "*.jsonl"])
        True
        >>> matches(("a", "x.jsonl"), ["*.jsonl"])
        False
    """
    if not pattern:
        return not parts
    if pattern[0] == "**":
        inner = range(len(parts) + 1)
        hidden = (n for n, part in enumerate(parts) if part.startswith("."))
        far = next(hidden, len(parts))
        return any(n <= far and matches(parts[n:], pattern[1:]) for n in inner)
    if not parts or (parts[0].startswith(".") and not pattern[0].startswith(".")):
        return False
    fits = re.match(fnmatch.translate(pattern[0]), parts[0]) is not None
    return fits and matches(parts[1:], pattern[1:])


def renamed_files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file of a folder by key, whatever its name, for those that were renamed away."""
    try:
        device = folder.stat().st_dev
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_file(follow_symlinks=False):
                    yield file_key(device, entry.inode()), Path(entry.path)
    except OSError:
        return

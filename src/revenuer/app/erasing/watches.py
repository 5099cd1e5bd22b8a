"""An account taken out of the state of a watch: its segments, its books, what it could not read."""

from __future__ import annotations

import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import msgspec
import polars as pl

from revenuer.app.erasing.files import (
    bytes_mention,
    digest_of,
    mentions,
    rewritten,
    sweep,
    take_out_rows,
)
from revenuer.app.state import hold
from revenuer.app.watch.remembered import NAMES, Remembered
from revenuer.app.watch.watching import BOOKS, SEGMENTS
from revenuer.casework.erasure import Answer, Outcome, Rewritten, Whom, without_account
from revenuer.disk import put
from revenuer.errors import ConfigError, RevenuerError
from revenuer.records import Sign
from revenuer.sources.keeping import ABOUT, About
from revenuer.store.watch_books import Books

WATCH = "watch"


def erase_from_watch(state: Path, whom: Whom) -> Outcome:
    """Take an account out of the `--state` folder of a watch, which must not run meanwhile.

    Args:
        state: Where.
        whom: Whom, and whether to do it.
    """
    where = str(state)
    if not (state / BOOKS).exists():
        return Outcome(WATCH, where, Answer.NOTHING)
    try:
        # Whoever watches holds the state: what it knows by heart it would write again.
        with hold(state):
            return _erase(state, whom, where)
    except ConfigError:
        to_do = "Stop the watch, go on here, and start it again."
        return Outcome(WATCH, where, Answer.COULD_NOT, "a watch works in it", to_do)
    except (RevenuerError, OSError, ValueError, sqlite3.Error) as problem:
        said = str(problem) if isinstance(problem, RevenuerError) else type(problem).__name__
        to_do = "Put right what is wrong, or delete the state, and go on."
        return Outcome(WATCH, where, Answer.COULD_NOT, said, to_do)


def _erase(state: Path, whom: Whom, where: str) -> Outcome:
    account = whom.account_id
    if whom.act:
        # What a crash left untold, or unswept, is put right even where nothing else is to do.
        _tidy(state)
    segments = [path for path in _segments(state) if mentions(path, account)]
    remembers = _remembers(state, account)
    raw = [path for path in _raw(state) if bytes_mention(path, account)]
    if not (segments or remembers or raw):
        return Outcome(WATCH, where, Answer.NOTHING)
    parts = [f"{len(segments)} files of segments"] if segments else []
    parts += ["what the last look left"] if remembers else []
    parts += [f"{len(raw)} batches that could not be read"] if raw else []
    said = ", ".join(parts)
    if not whom.act:
        return Outcome(WATCH, where, Answer.WOULD, said)
    files = tuple(_take_out(state, segments, account))
    if remembers:
        _forget(state, account)
    for path in raw:
        # Nothing could be read of it: it is there to be looked at, and is a copy.
        path.unlink()
    return Outcome(WATCH, where, Answer.DONE, said, files=files)


def _tidy(state: Path) -> None:
    sweep(state)
    for folder in {path.parent for path in _segments(state)}:
        _mend(folder)
    _overwrite(state / BOOKS)


def _segments(state: Path) -> list[Path]:
    return sorted((state / SEGMENTS).glob("*/*.parquet"))


def _raw(state: Path) -> list[Path]:
    folders = (state / "rejected", state / "incoming")
    return [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]


def _take_out(state: Path, paths: list[Path], account: str) -> Iterator[Rewritten]:
    """Take rows out of segments, and tell their books the new sizes."""
    for path in paths:
        before = digest_of(path)
        take_out_rows(path, account)
        note = path.parent / ABOUT
        about = msgspec.json.decode(note.read_bytes(), type=About)
        if path.name in about.sizes:
            sizes = {**about.sizes, path.name: path.stat().st_size}
            text = msgspec.json.encode(replace(about, sizes=sizes))
            put(note, text, stat.S_IMODE(note.stat().st_mode))
        yield rewritten(state, path, before)
    for folder in {path.parent for path in _segments(state)}:
        _mend(folder)


def _mend(folder: Path) -> None:
    """Tell a segment the sizes of its files, which a crash may have left untold."""
    note = folder / ABOUT
    about = msgspec.json.decode(note.read_bytes(), type=About)
    sizes = {name: (folder / name).stat().st_size for name in about.sizes}
    if sizes != about.sizes:
        put(note, msgspec.json.encode(replace(about, sizes=sizes)))


def _remembers(state: Path, account: str) -> bool:
    with closing(Books(state / BOOKS)) as books:
        before = Remembered.of_bytes(books.kept(NAMES))
    return _without(before, account) is not None


def _forget(state: Path, account: str) -> None:
    path = state / BOOKS
    with closing(Books(path)) as books:
        after = _without(Remembered.of_bytes(books.kept(NAMES)), account)
        if after is not None:
            books.keep(after.to_bytes())
    _overwrite(path)


def _overwrite(path: Path) -> None:
    """Let nothing stay of what was there before, in the file and in its log."""
    with closing(sqlite3.connect(path, isolation_level=None)) as base:
        base.execute("PRAGMA secure_delete = ON")
        base.execute("VACUUM")
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _without(before: Remembered, account: str) -> Remembered | None:
    """What a look left, without an account; None if it does not name it."""
    followed = before.followed
    member = pl.col("account_id") == account
    signs = tuple(_sign(one, account) for one in before.signs)
    findings = before.findings
    if findings is not None:
        findings = without_account(findings, account)
    members = followed.members.filter(~member)
    unchanged = members.height == followed.members.height and signs == before.signs
    if unchanged and findings == before.findings:
        return None
    return replace(
        before, followed=replace(followed, members=members), findings=findings, signs=signs
    )


def _sign(one: Sign, account: str) -> Sign:
    return replace(one, account_ids=tuple(each for each in one.account_ids if each != account))

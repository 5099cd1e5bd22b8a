"""The books of a watch."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from revenuer.errors import ConfigError
from revenuer.store.watch_books import Books, Entry, LookEntry

NOON = datetime(2026, 6, 1, 12, 0, 0, 123456, tzinfo=UTC)


def entry(name: str) -> Entry:
    return Entry(name, 5, 1, 0, NOON, NOON, NOON)


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return Books(tmp_path / "watch.sqlite")


def test_a_batch_is_entered_with_its_place(books: Books, tmp_path: Path) -> None:
    books.enter(entry("1"), "logs", {"part-0": "12", "part-1": "x"})
    books.enter(None, "logs", {"part-0": "20", "part-1": ""})
    books.enter(entry("2"), "other", {"": "3"})
    again = Books(tmp_path / "watch.sqlite")
    assert again.positions("logs") == {"part-0": "20"}
    assert again.positions("other") == {"": "3"}
    assert again.segments() == [entry("1"), entry("2")]


def test_a_batch_and_its_place_are_entered_both_or_neither(books: Books) -> None:
    books.enter(entry("1"), "logs", {"p": "1"})
    with pytest.raises(sqlite3.IntegrityError):
        books.enter(entry("1"), "logs", {"p": "2"})
    assert books.positions("logs") == {"p": "1"}


def test_names_are_never_used_again(books: Books) -> None:
    names = []
    for _ in range(3):
        names.append(books.next_name())
        books.enter(entry(names[-1]), "logs", {})
    books.replace(names, None)
    assert books.segments() == []
    assert books.next_name() not in names


def test_a_segment_made_of_others_stands_where_they_stood(books: Books) -> None:
    for name in "1234":
        books.enter(entry(name), "logs", {})
    books.replace(["1", "2"], entry("12"))
    assert [one.name for one in books.segments()] == ["12", "3", "4"]


def test_a_look_is_entered_with_what_it_leaves(books: Books) -> None:
    assert books.last_look() is None
    first = LookEntry(1, NOON, NOON)
    books.finish(first, {"findings": b"1"})
    books.finish(LookEntry(2, NOON, NOON), {"findings": b"2", "more": b"3"})
    assert books.last_look() == LookEntry(2, NOON, NOON)
    assert books.kept(["findings", "more", "none"]) == {"findings": b"2", "more": b"3"}
    with pytest.raises(sqlite3.IntegrityError):
        books.finish(first, {"findings": b"4"})
    assert books.kept(["findings"]) == {"findings": b"2"}


def test_only_its_owner_can_read_it(books: Books, tmp_path: Path) -> None:
    assert (tmp_path / "watch.sqlite").stat().st_mode & 0o077 == 0


def test_what_is_no_state_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "watch.sqlite"
    path.write_bytes(b"not a database, but long enough to be looked at" * 50)
    with pytest.raises(ConfigError, match="no state of a watch"):
        Books(path)
    other = tmp_path / "newer.sqlite"
    with sqlite3.connect(other) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(ConfigError, match="another version"):
        Books(other)

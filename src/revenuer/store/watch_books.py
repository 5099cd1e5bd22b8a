"""The books of a watch: what was taken from where, which looks are done, what they said.

One SQLite file. What belongs together is written in one transaction: a batch and the place in
its source, a look and all that it said. So a watch may be killed at any moment; what is in the
books was done, once, and the rest is done again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from revenuer.errors import ConfigError

VERSION = 1
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SCHEMA = """
CREATE TABLE told (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE positions (
    source TEXT NOT NULL, part TEXT NOT NULL, position TEXT NOT NULL,
    PRIMARY KEY (source, part)
) STRICT;
CREATE TABLE segments (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    rows INTEGER NOT NULL, quarantined INTEGER NOT NULL, late INTEGER NOT NULL,
    first_us INTEGER, last_us INTEGER, reached_us INTEGER
) STRICT;
CREATE TABLE looks (
    number INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, since_us INTEGER NOT NULL
) STRICT;
CREATE TABLE kept (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A segment in the books.

    Attributes:
        name: Its folder.
        rows: Exchanges, repeated ones too.
        quarantined: Rows that could not be used.
        late: Exchanges of a time that had been looked at when they came.
        first: Time of the earliest; None without rows.
        last: Time of the latest.
        reached: Time before which nearly all lie.
    """

    name: str
    rows: int
    quarantined: int
    late: int
    first: datetime | None
    last: datetime | None
    reached: datetime | None


@dataclass(frozen=True, slots=True)
class LookEntry:
    """A look in the books.

    Attributes:
        number: From 1.
        at: Its time.
        since: The time from which it counted.
    """

    number: int
    at: datetime
    since: datetime


class Books:
    """The books of one watch.

    Args:
        path: The file; made if missing, for nobody else to read.

    Raises:
        ConfigError: It is none, or of another version.
    """

    def __init__(self, path: Path) -> None:
        path.touch(mode=0o600)
        self._connection = sqlite3.connect(path, isolation_level=None)
        try:
            self._connection.execute("PRAGMA journal_mode = WAL")
            # A commit is on the disk before anything is acknowledged.
            self._connection.execute("PRAGMA synchronous = FULL")
            version = int(self._connection.execute("PRAGMA user_version").fetchone()[0])
            if version == 0:
                self._connection.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = 1; COMMIT;")
        except sqlite3.DatabaseError as problem:
            raise ConfigError(f"{path} is no state of a watch", "Name another folder.") from problem
        if version not in (0, VERSION):
            raise ConfigError(f"{path} was written by another version", "Name another folder.")

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    # --- what the watch is of -----------------------------------------------------

    def told(self, key: str) -> str | None:
        """What was told under a key."""
        row = self._connection.execute("SELECT value FROM told WHERE key = ?", (key,)).fetchone()
        return None if row is None else str(row[0])

    def tell(self, key: str, value: str) -> None:
        """Tell something that stays."""
        self._connection.execute("INSERT OR REPLACE INTO told VALUES (?, ?)", (key, value))

    # --- batches ------------------------------------------------------------------

    def positions(self, source: str) -> dict[str, str]:
        """Where a source stands, by its parts."""
        asked = "SELECT part, position FROM positions WHERE source = ?"
        return dict(self._connection.execute(asked, (source,)))

    def enter(self, entry: Entry | None, source: str, positions: Mapping[str, str]) -> None:
        """Enter a batch and where its source stands behind it, as one.

        Args:
            entry: The batch; None if nothing could be used of it.
            source: Its source.
            positions: By part; an empty text takes the part out.
        """
        with self._at_once():
            if entry is not None:
                self._add(entry)
            for part, position in positions.items():
                where = (source, part)
                self._connection.execute(
                    "DELETE FROM positions WHERE (source, part) = (?, ?)", where
                )
                if position:
                    self._connection.execute(
                        "INSERT INTO positions VALUES (?, ?, ?)", (*where, position)
                    )

    def _add(self, entry: Entry, number: int | None = None) -> None:
        times = [_us(one) for one in (entry.first, entry.last, entry.reached)]
        self._connection.execute(
            "INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (number, entry.name, entry.rows, entry.quarantined, entry.late, *times),
        )

    def segments(self) -> list[Entry]:
        """Every segment, in the order of their coming."""
        asked = "SELECT name, rows, quarantined, late, first_us, last_us, reached_us "
        rows = self._connection.execute(asked + "FROM segments ORDER BY number")
        return [Entry(*row[:4], *(_time(us) for us in row[4:])) for row in rows]

    def next_name(self) -> str:
        """A name that no segment has had."""
        number = int(self.told("named") or 0) + 1
        self.tell("named", str(number))
        return f"{number:09d}"

    def replace(self, names: Sequence[str], entry: Entry | None) -> None:
        """Enter one segment in the place of others, or nothing instead of them."""
        with self._at_once():
            asked = "DELETE FROM segments WHERE name = ? RETURNING number"
            gone = [self._connection.execute(asked, (name,)).fetchone()[0] for name in names]
            if entry is not None:
                self._add(entry, min(gone, default=None))

    # --- looks --------------------------------------------------------------------

    def last_look(self) -> LookEntry | None:
        """The last look that is done; None before the first."""
        asked = "SELECT number, at_us, since_us FROM looks ORDER BY number DESC LIMIT 1"
        row = self._connection.execute(asked).fetchone()
        if row is None:
            return None
        return LookEntry(int(row[0]), _known(row[1]), _known(row[2]))

    def finish(self, look: LookEntry, kept: Mapping[str, bytes]) -> None:
        """Enter a look that is done, with all that the next one has to know."""
        with self._at_once():
            self._connection.execute(
                "INSERT INTO looks VALUES (?, ?, ?)", (look.number, _us(look.at), _us(look.since))
            )
            self._connection.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", kept.items())

    def keep(self, kept: Mapping[str, bytes]) -> None:
        """Put something else in the place of what the last look left."""
        with self._at_once():
            self._connection.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", kept.items())

    def kept(self, names: Sequence[str]) -> dict[str, bytes]:
        """What the last look left under these names, as far as it did."""
        found = {}
        for name in names:
            asked = "SELECT value FROM kept WHERE name = ?"
            row = self._connection.execute(asked, (name,)).fetchone()
            if row is not None:
                found[name] = bytes(row[0])
        return found

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _us(at: datetime | None) -> int | None:
    return None if at is None else (at - EPOCH) // timedelta(microseconds=1)


def _known(us: int) -> datetime:
    return EPOCH + timedelta(microseconds=us)


def _time(us: int | None) -> datetime | None:
    return None if us is None else _known(us)


@dataclass(frozen=True, slots=True)
class Glance:
    """What the books say while a watch may be writing them.

    Attributes:
        looks: Looks that are done.
        last: The last of them; None before the first.
        segments: Every segment, in the order of their coming.
        sources: How many parts of each source were begun, such as its files.
    """

    looks: int
    last: LookEntry | None
    segments: tuple[Entry, ...]
    sources: Mapping[str, int]


def glance(path: Path) -> Glance:
    """Read the books of a watch without touching them.

    Raises:
        ConfigError: They are none, or of another version.
    """
    asked = "SELECT name, rows, quarantined, late, first_us, last_us, reached_us FROM segments"
    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        with closing(connection):
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version != VERSION:
                raise ConfigError(f"{path} was written by another version.")
            looks = connection.execute(
                "SELECT number, at_us, since_us FROM looks ORDER BY number"
            ).fetchall()
            rows = connection.execute(f"{asked} ORDER BY number").fetchall()
            sources = dict(
                connection.execute("SELECT source, count(*) FROM positions GROUP BY source")
            )
    except sqlite3.Error as problem:
        raise ConfigError(f"{path} cannot be read: {problem}.") from problem
    last = LookEntry(int(looks[-1][0]), *map(_known, looks[-1][1:])) if looks else None
    segments = tuple(Entry(*row[:4], *(_time(us) for us in row[4:])) for row in rows)
    return Glance(len(looks), last, segments, sources)

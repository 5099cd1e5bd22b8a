"""Messages that wait to be sent, in SQLite: what was put in is sent, or listed as dead.

A message has one id, whatever happens to it: put in twice it is there once, and a receiver that
gets it twice can tell. Messages of one stream go to an endpoint in the order in which they came;
one that waits holds up those after it, one that is dead does not.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from revenuer.errors import SourceError

SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    event TEXT NOT NULL,
    stream TEXT NOT NULL,
    payload BLOB,
    created_at REAL NOT NULL,
    status TEXT NOT NULL DEFAULT 'waiting',
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at REAL NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT '',
    UNIQUE (id, endpoint)
);
CREATE INDEX IF NOT EXISTS waiting ON messages (endpoint, stream, number)
    WHERE status = 'waiting';
CREATE TABLE IF NOT EXISTS gone (endpoint TEXT PRIMARY KEY, since REAL NOT NULL);
"""
_FIELDS = "id, endpoint, event, stream, payload, created_at, status, attempts, next_at, problem"


@dataclass(frozen=True, slots=True)
class Message:
    """Something to be sent to an endpoint.

    Attributes:
        id: The same on every attempt.
        endpoint: Name of the webhook.
        event: Its type.
        stream: What it must keep its order in; a decision's id.
        payload: The bytes; None once they were delivered.
        created_at: Seconds since the epoch.
        status: `waiting`, `delivered` or `dead`.
        attempts: How often it was tried.
        next_at: When it is tried next, seconds since the epoch.
        problem: What went wrong the last time.
    """

    id: str
    endpoint: str
    event: str
    stream: str
    payload: bytes | None
    created_at: float
    status: str = "waiting"
    attempts: int = 0
    next_at: float = 0.0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Outbox:
    """The messages at a path.

    Attributes:
        path: The file; made with its first message.
    """

    path: Path

    def add(self, messages: Iterable[Message]) -> int:
        """Put messages in; those that are there already stay as they are.

        Returns:
            How many are new.
        """
        rows = [
            (one.id, one.endpoint, one.event, one.stream, one.payload, one.created_at)
            for one in messages
        ]
        with self._open() as base:
            before = base.total_changes
            base.executemany(
                "INSERT OR IGNORE INTO messages (id, endpoint, event, stream, payload, created_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                rows,
            )
            return base.total_changes - before

    def due(self, now: float) -> list[Message]:
        """The first message that waits of each stream and endpoint, where its time has come."""
        with self._open() as base:
            return _read(
                base,
                f"SELECT {_FIELDS} FROM messages WHERE number IN (SELECT min(number) FROM messages"
                " WHERE status = 'waiting' GROUP BY endpoint, stream) AND next_at <= ?"
                " ORDER BY number",
                now,
            )

    def listed(self, *statuses: str) -> list[Message]:
        """The messages of some statuses, oldest first."""
        if not self.path.exists():
            return []
        marks = ", ".join("?" * len(statuses))
        with self._open() as base:
            return _read(
                base,
                f"SELECT {_FIELDS} FROM messages WHERE status IN ({marks}) ORDER BY number",
                *statuses,
            )

    def delivered(self, message: Message) -> None:
        """A message arrived; what it said is forgotten here."""
        self._set(message, "status = 'delivered', payload = NULL, attempts = ?, problem = ''",
                  message.attempts + 1)  # fmt: skip

    def failed(self, message: Message, problem: str, next_at: float) -> None:
        """A message did not arrive, and is tried again."""
        self._set(
            message,
            "attempts = ?, problem = ?, next_at = ?",
            message.attempts + 1,
            problem,
            next_at,
        )

    def dead(self, message: Message, problem: str) -> None:
        """A message is not tried again unless somebody asks for it."""
        self._set(
            message, "status = 'dead', attempts = ?, problem = ?", message.attempts + 1, problem
        )

    def rewrite(self, message: Message, payload: bytes) -> None:
        """Let a message say something else, where an account that it names was erased."""
        self._set(message, "payload = ?", payload)

    def close_endpoint(self, endpoint: str, now: float) -> None:
        """An endpoint wants nothing any more."""
        with self._open() as base:
            base.execute("INSERT OR IGNORE INTO gone VALUES (?, ?)", (endpoint, now))

    def closed(self) -> dict[str, float]:
        """Endpoints that want nothing any more, and since when."""
        if not self.path.exists():
            return {}
        with self._open() as base:
            return dict(base.execute("SELECT endpoint, since FROM gone").fetchall())

    def revive(self, id_: str | None = None) -> int:
        """Try dead messages again, one or all, and open their endpoints.

        Returns:
            How many there are.
        """
        with self._open() as base:
            base.execute(
                "DELETE FROM gone WHERE endpoint IN (SELECT endpoint FROM messages"
                " WHERE status = 'dead' AND (? IS NULL OR id = ?))",
                (id_, id_),
            )
            done = base.execute(
                "UPDATE messages SET status = 'waiting', attempts = 0, next_at = 0"
                " WHERE status = 'dead' AND (? IS NULL OR id = ?)",
                (id_, id_),
            )
            return done.rowcount

    def _set(self, message: Message, change: str, *values: object) -> None:
        with self._open() as base:
            base.execute(
                f"UPDATE messages SET {change} WHERE id = ? AND endpoint = ?",
                (*values, message.id, message.endpoint),
            )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A transaction that is on the disk when it ends."""
        if not self.path.exists():
            # Made for its owner alone before SQLite opens it.
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600))
        base = sqlite3.connect(self.path, timeout=30.0, isolation_level=None)
        try:
            base.execute("PRAGMA synchronous = FULL")
            # What was delivered is to be gone, not only out of reach.
            base.execute("PRAGMA secure_delete = ON")
            base.executescript(SCHEMA)
            base.execute("BEGIN IMMEDIATE")
            yield base
            base.execute("COMMIT")
        except BaseException as problem:
            if base.in_transaction:
                base.execute("ROLLBACK")
            if isinstance(problem, sqlite3.Error):
                raise SourceError(
                    f"The outbox {self.path} cannot be used: {problem}.",
                    "What is in it is still there; put right what is wrong, and run "
                    "`revenuer enforce settle`.",
                ) from problem
            raise
        finally:
            base.close()


def _read(base: sqlite3.Connection, query: str, *values: object) -> list[Message]:
    return [Message(*row) for row in base.execute(query, values).fetchall()]

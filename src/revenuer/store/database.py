"""A database that several parts keep their tables in: SQLite in a file, or PostgreSQL.

Tables make themselves. Whoever writes is the only one who does, and is done before the next
begins: what a reader has seen is never followed by something that should have come before it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    insert,
    make_url,
    select,
    text,
)
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, TimeoutError

from revenuer.disk import PRIVATE, PRIVATE_FOLDER
from revenuer.errors import ConfigError, SourceError

BUSY_S = 30.0
"""How long a writer waits for its turn. placeholder"""
_WRITERS = 0x72766E72
"""The advisory lock of PostgreSQL that writers take: the bytes "rvnr"."""
_own = MetaData()
_parts = Table(
    "schema_parts",
    _own,
    Column("part", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
)


class Database:
    """A database and who may write to it: one at a time.

    Args:
        url: `sqlite:///FILE` or `postgresql+pg8000://USER@HOST/NAME`.

    Raises:
        ConfigError: It is no such URL, or its driver is not installed.
    """

    def __init__(self, url: str) -> None:
        self._url = _read_url(url)
        try:
            self._engine = self._readers = _engine(self._url)
            if not self.is_sqlite:
                # A writer must see what the one before it did; a reader one state throughout.
                self._readers = create_engine(
                    self._url, pool_pre_ping=True, isolation_level="REPEATABLE READ"
                )
        except (ImportError, NoSuchModuleError) as problem:
            raise ConfigError(
                f"The driver of {self.name} is not installed.", "Install `revenuer[postgresql]`."
            ) from problem

    @property
    def name(self) -> str:
        """Its URL without the password."""
        return self._url.render_as_string(hide_password=True)

    @property
    def url(self) -> str:
        """Its URL with the password: for the environment of a process of ours, and no log."""
        return self._url.render_as_string(hide_password=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file."""
        return self._url.get_backend_name() == "sqlite"

    def make(self, tables: MetaData, part: str, version: int) -> None:
        """Make the tables of a part where they are missing.

        Args:
            tables: Its tables.
            part: Its name.
            version: Of its tables; counts up when they change.

        Raises:
            ConfigError: They were made by another version.
        """
        with self.writing() as connection:
            _own.create_all(connection)
            known = select(_parts.c.version).where(_parts.c.part == part)
            found = connection.execute(known).scalar()
            if found is None:
                tables.create_all(connection)
                connection.execute(insert(_parts).values(part=part, version=version))
            elif found != version:
                raise ConfigError(
                    f"{self.name} holds version {found} of {part}; this program writes {version}.",
                    "Use the program that made it, or name another database.",
                )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the database from beginning to end."""
        with self._told(), self._readers.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that nobody else writes beside; on the disk when it ends without error."""
        with self._told(), self._engine.connect() as connection:
            connection.execution_options(writes=True)
            with connection.begin():
                if not self.is_sqlite:
                    connection.execute(text(f"SELECT pg_advisory_xact_lock({_WRITERS})"))
                yield connection

    def overwrite_deleted(self, tables: Iterable[str]) -> None:
        """Let nothing stay on the disk of what was deleted or replaced in some tables.

        SQLite overwrites it in the file; its log, which has the pages of before, is emptied.
        PostgreSQL writes the tables anew; archives of its log are the operator's.
        """
        with self._told(), self._engine.connect() as connection:
            raw: Any = connection.connection.dbapi_connection
            if self.is_sqlite:
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                return
            # The look whether the connection is alive has begun a transaction.
            raw.rollback()
            raw.autocommit = True
            try:
                names = ", ".join(f'"{name}"' for name in tables)
                raw.cursor().execute(f"VACUUM FULL {names}")
            finally:
                raw.autocommit = False

    def close(self) -> None:
        """Give up its connections."""
        self._engine.dispose()
        self._readers.dispose()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (DBAPIError, TimeoutError) as problem:
            # The driver's words alone: SQLAlchemy's would quote the values of the statement.
            said = problem.orig if isinstance(problem, DBAPIError) else "all connections are busy"
            raise SourceError(
                f"The database {self.name} cannot be used: {said}.",
                "Nothing was changed; put right what is wrong and try again.",
            ) from problem


def sqlite_url(path: Path) -> str:
    """The URL of an SQLite file."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def _read_url(url: str) -> URL:
    hint = "It is written sqlite:///FILE or postgresql+pg8000://USER@HOST/NAME."
    try:
        found = make_url(url)
    except ArgumentError as problem:
        raise ConfigError("The URL of the database cannot be read.", hint) from problem
    if found.get_backend_name() == "postgresql" and "+" not in found.drivername:
        found = found.set(drivername="postgresql+pg8000")
    if found.drivername not in {"sqlite", "postgresql+pg8000"} or not found.database:
        raise ConfigError(f"No database is kept in {found.drivername}.", hint)
    return found


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    _own_alone(Path(str(url.database)))
    engine = create_engine(url, connect_args={"timeout": BUSY_S})

    @event.listens_for(engine, "connect")
    def connected(connection: Any, record: Any) -> None:
        # SQLAlchemy begins transactions itself: the driver would begin them too late.
        connection.isolation_level = None
        connection.execute("PRAGMA journal_mode = WAL")
        # A commit is on the disk before anybody is told of it.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        # What was deleted is to be gone, not only out of reach.
        connection.execute("PRAGMA secure_delete = ON")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _own_alone(path: Path) -> None:
    """Make the file before SQLite does, for nobody else to read."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, PRIVATE))

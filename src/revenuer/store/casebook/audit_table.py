"""The audit log as rows of the casebook: the same lines as `audit_file` keeps in a file.

An entry is written in the transaction of the change that it tells of: both are there, or neither.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    Table,
    delete,
    func,
    insert,
    select,
)

from revenuer.casework.chain import (
    BrokenEntryError,
    Entry,
    Flaw,
    Sign,
    Verifies,
    entry_of,
    flaws,
    is_signed,
    line_of,
    sealed,
    unlinked,
)
from revenuer.casework.checkpoints import (
    Checkpoint,
    checkpoint_of,
    checkpoint_text,
    read_checkpoint,
)
from revenuer.errors import AuditError
from revenuer.store.casebook.schema import METADATA

audit_entries = Table(
    "audit_entries",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("line", LargeBinary, nullable=False),
)
audit_checkpoint = Table(
    "audit_checkpoint",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("text", LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True)
class AuditTable:
    """The audit log of a casebook.

    Attributes:
        connection: To it; for `append`, a transaction that writes.
        trusted: Checks signatures.
    """

    connection: Connection
    trusted: Verifies

    def append(
        self, steps: Sequence[tuple[str, Mapping[str, Any]]], *, at: datetime, sign: Sign
    ) -> list[Entry]:
        """Add entries, which are there once the transaction is.

        Raises:
            AuditError: The end of the log is not what was written there.
        """
        after = self.last()
        made: list[Entry] = []
        for kind, body in steps:
            made.append(sealed(kind, body, at=at, after=made[-1] if made else after, sign=sign))
        if made:
            rows = [{"number": entry.number, "line": line_of(entry)} for entry in made]
            self.connection.execute(insert(audit_entries), rows)
            self.connection.execute(delete(audit_checkpoint))
            text = checkpoint_text(checkpoint_of(made[-1], sign))
            self.connection.execute(insert(audit_checkpoint).values(id=1, text=text))
        return made

    def last(self) -> Entry | None:
        """The newest entry.

        Raises:
            AuditError: It is not genuine, or an entry that was after it is gone.
        """
        newest = select(audit_entries).order_by(audit_entries.c.number.desc()).limit(1)
        row = self.connection.execute(newest).one_or_none()
        entry = None
        if row is not None:
            entry = self._entry(row.number, row.line)
            if not is_signed(entry, self.trusted):
                raise broken(f"entry {entry.number} is not signed with the trusted key")
        point = self.checkpoint()
        reached = (0, "") if entry is None else (entry.number, entry.hash)
        if (point is None) != (entry is None):
            raise broken("its checkpoint is missing, or is not genuine")
        if point is not None and (point.number, point.hash) != reached:
            raise broken(f"its newest entry is not entry {point.number}, which was there before")
        return entry

    def entries(self, since: int = 0) -> Iterator[Entry]:
        """Entries in their order, the chain checked from the first that is given on.

        Args:
            since: Number of the entry after which they begin.

        Raises:
            AuditError: The log was changed.
        """
        self.last()
        before: Entry | None = None
        wanted = select(audit_entries).where(audit_entries.c.number >= max(since, 1))
        for row in self.connection.execute(wanted.order_by(audit_entries.c.number)):
            entry = self._entry(row.number, row.line)
            if (before is not None or not since) and (gap := unlinked(entry, before)) is not None:
                raise broken(f"entry {row.number} {gap}")
            before = entry
            if entry.number > since:
                yield entry

    def backwards(self, before: int, most: int) -> list[tuple[int, bytes]]:
        """Numbers and lines before an entry, newest first, as they are kept and unchecked."""
        wanted = select(audit_entries).where(audit_entries.c.number < before)
        rows = self.connection.execute(wanted.order_by(audit_entries.c.number.desc()).limit(most))
        return [(row.number, row.line) for row in rows]

    def span(self, first: int, last: int) -> list[bytes]:
        """The lines of some entries, both ends included."""
        number = audit_entries.c.number
        wanted = select(audit_entries.c.line).where(number >= first, number <= last)
        return list(self.connection.execute(wanted.order_by(number)).scalars())

    def entry(self, number: int) -> Entry | None:
        """The entry of a number, its hash checked; None where there is none.

        Raises:
            AuditError: It is none, or its hash is of something else.
        """
        wanted = select(audit_entries).where(audit_entries.c.number == number)
        row = self.connection.execute(wanted).one_or_none()
        return None if row is None else self._entry(row.number, row.line)

    def count(self) -> int:
        """How many entries are kept."""
        return int(
            self.connection.execute(select(func.count()).select_from(audit_entries)).scalar_one()
        )

    def flaws(
        self,
        known: Mapping[int, str] | None = None,
        advance: Callable[[int], None] = lambda lines: None,
    ) -> list[Flaw]:
        """All that is wrong with it; every byte and every signature is looked at.

        Args:
            known: Hashes by number of entry that witnesses and checkpoints elsewhere tell of.
            advance: Is told of each line that was looked at.
        """
        wanted, found = dict(known or {}), []
        point, empty = self.checkpoint(), True
        if point is not None:
            empty = False
            if wanted.setdefault(point.number, point.hash) != point.hash:
                found.append(Flaw(0, f"its checkpoint is not what a witness of {point.number} saw"))
        for place, (number, _) in enumerate(self._rows(), start=1):
            empty = False
            if number != place:
                found.append(Flaw(place, f"is kept as entry {number}"))
        if point is None and not empty:
            found.append(Flaw(0, "its checkpoint is missing, or is not genuine"))
        return found + list(flaws(self._told(advance), self.trusted, wanted))

    def checkpoint(self) -> Checkpoint | None:
        """How far it had got; None where that is not there or not genuine."""
        rows = self.connection.execute(select(audit_checkpoint)).all()
        if len(rows) != 1 or rows[0].id != 1:
            return None
        return read_checkpoint(rows[0].text, self.trusted)

    def lines(self) -> Iterator[bytes]:
        """Each entry as a line with its newline."""
        return (line for _, line in self._rows())

    def first(self) -> bytes:
        """The line of the first entry; empty where there is none."""
        wanted = select(audit_entries.c.line).order_by(audit_entries.c.number).limit(1)
        return self.connection.execute(wanted).scalar() or b""

    def _told(self, advance: Callable[[int], None]) -> Iterator[bytes]:
        for _, line in self._rows():
            yield line
            advance(1)

    def _rows(self) -> Iterator[tuple[int, bytes]]:
        rows = self.connection.execute(select(audit_entries).order_by(audit_entries.c.number))
        return ((row.number, row.line) for row in rows)

    def _entry(self, number: int, line: bytes) -> Entry:
        try:
            entry = entry_of(line)
        except BrokenEntryError as problem:
            raise broken(f"entry {number} {problem}") from problem
        if entry.number != number or line_of(entry) != line:
            raise broken(f"entry {number} is not written as entries are")
        return entry


def newest_number(connection: Connection) -> int:
    """The number of the newest entry, which nothing is checked of; 0 for none."""
    return connection.execute(select(func.max(audit_entries.c.number))).scalar() or 0


def lines_after(connection: Connection, number: int) -> list[tuple[int, bytes]]:
    """The lines after an entry, which nothing is checked of, by their numbers."""
    wanted = select(audit_entries).where(audit_entries.c.number > number)
    return [(row.number, row.line) for row in connection.execute(wanted)]


def hash_of(line: bytes) -> str:
    """The hash of an entry's line; empty if it is none."""
    try:
        return entry_of(line).hash
    except BrokenEntryError:
        return ""


def broken(text: str) -> AuditError:
    """What is said of an audit log that was changed."""
    return AuditError(
        f"The casebook's audit log was changed: {text}.",
        "`revenuer audit verify` names everything that is wrong. Nothing is added to it; put the "
        "log back as it was.",
    )

"""The casebook's audit log a page at a time, newest first; of a log of millions only what is shown.

There is no index but the number: a filter looks through lines as bytes, so many at once, and then
says how far it got. Whoever wants more goes on from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from revenuer.app.casebook.opening import Casebook
from revenuer.casework.chain import BEFORE_THE_FIRST, HEAD, Entry, entry_of, is_signed
from revenuer.casework.roles import Actor, Right
from revenuer.errors import ConfigError, NotFoundError
from revenuer.store.casebook.audit_table import AuditTable

LOOKED_THROUGH = 50_000
"""Lines that one request of a filter looks through. placeholder"""
AT_ONCE = 5_000
OUT_OF_ORDER = 1_000
"""How far from its day an entry may stand, where a clock was put back. placeholder"""
MOST_EXPORTED = 50_000
"""Lines of one file; the whole log is for `revenuer audit export`. placeholder"""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries are wanted; what is empty filters nothing.

    Attributes:
        kind: What was done, in its word.
        by: Who did it.
        day: On which day, UTC.
        about: A text that the entry has, such as the id of a case or of an account's subject.
    """

    kind: str = ""
    by: str = ""
    day: date | None = None
    about: str = ""

    @property
    def wants_all(self) -> bool:
        """Whether nothing is filtered."""
        return not (self.kind or self.by or self.day or self.about)

    def may_be(self, line: bytes) -> bool:
        """Whether a line may be wanted, by its bytes; what is, `takes` says."""
        marks = []
        if self.kind:
            marks.append(b'"kind":"%b","number":' % self.kind.encode())
        if self.by:
            marks.append(b'"by":"%b"' % self.by.encode())
        if self.about:
            marks.append(self.about.encode())
        if self.day is not None and not line.startswith(b'%b{"at":"%s' % (HEAD, _text(self.day))):
            return False
        return all(mark in line for mark in marks)

    def takes(self, entry: Entry) -> bool:
        """Whether an entry is wanted that may be."""
        return (not self.kind or entry.kind == self.kind) and (
            not self.by or entry.body.get("by") == self.by
        )


@dataclass(frozen=True, slots=True)
class Looked:
    """A page of the log.

    Attributes:
        entries: Newest first.
        total: The number of the newest entry that there is.
        looked_to: The number down to which was looked.
        more_before: Where the next page begins; 0 where there is none.
    """

    entries: tuple[Entry, ...]
    total: int
    looked_to: int
    more_before: int


@dataclass(frozen=True, slots=True)
class Proven:
    """One entry, with what its neighbours and the key say of it.

    Attributes:
        entry: The entry.
        signed: Whether our key signed it.
        follows: Whether it follows the entry before it.
        newest: The number of the newest entry.
    """

    entry: Entry
    signed: bool
    follows: bool
    newest: int


def look_through(
    casebook: Casebook,
    wanted: Filter,
    *,
    actor: Actor,
    before: int = 0,
    limit: int = 50,
) -> Looked:
    """Entries that are wanted, newest first.

    Args:
        casebook: Whose log.
        wanted: Which entries.
        actor: Who asks.
        before: The number of the entry before which to begin; 0 for the newest.
        limit: How many at most.

    Raises:
        AuditError: The newest entry, or one that is told, is not as it was written.
    """
    actor.needs(Right.AUDIT)
    with casebook.reading() as connection:
        log = casebook.audit(connection)
        newest = log.last()
        total = 0 if newest is None else newest.number
        at = total + 1 if before <= 0 else min(before, total + 1)
        if wanted.day is not None:
            at = min(at, _after_day(log, wanted.day, total) + OUT_OF_ORDER)
        found: list[Entry] = []
        end = max(1, at - LOOKED_THROUGH)
        at_once = min(AT_ONCE, limit + 1) if wanted.wants_all else AT_ONCE
        while at > end and len(found) <= limit:
            lines = log.backwards(at, at_once)
            if not lines:
                break
            for number, line in lines:
                at = number
                if wanted.may_be(line):
                    entry = log.entry(number)
                    if entry is not None and wanted.takes(entry):
                        found.append(entry)
                if len(found) > limit:
                    break
            if wanted.day is not None and lines[0][1] < HEAD + b'{"at":"%s' % _text(wanted.day):
                # All of these are of earlier days.
                at = 1
    if len(found) > limit:
        found.pop()
        return Looked(tuple(found), total, found[-1].number, found[-1].number)
    return Looked(tuple(found), total, at, at if at > 1 else 0)


def entry_numbered(casebook: Casebook, number: int, *, actor: Actor) -> Proven:
    """One entry, and whether it is as it was written.

    Raises:
        NotFoundError: There is none of this number.
        AuditError: It was changed.
    """
    actor.needs(Right.AUDIT)
    with casebook.reading() as connection:
        log = casebook.audit(connection)
        newest = log.last()
        found = log.entry(number) if 0 < number < 1 << 62 else None
        if found is None or newest is None:
            raise NotFoundError("The audit log has no entry of this number.")
        before = log.entry(number - 1) if number > 1 else None
    previous = BEFORE_THE_FIRST if before is None else before.hash
    signed = is_signed(found, casebook.signing.public.verifies)
    return Proven(found, signed, found.previous == previous, newest.number)


def export_span(casebook: Casebook, first: int, last: int, *, actor: Actor) -> bytes:
    """The lines of some entries as they are kept, each with its hash and signature.

    Raises:
        ConfigError: It is no span, or too long for one file.
        NotFoundError: No entry is in it.
    """
    actor.needs(Right.AUDIT)
    if first < 1 or last < first:
        raise ConfigError("It ends before it begins.", "Entries are counted from 1.")
    if last - first >= MOST_EXPORTED:
        raise ConfigError(
            f"One file has {MOST_EXPORTED:,} entries at most.",
            "`revenuer audit export FILE` writes the whole log, with its checkpoint and key.",
        )
    with casebook.reading() as connection:
        lines = casebook.audit(connection).span(first, last)
    if not lines:
        raise NotFoundError("The audit log has no such entries.")
    return b"".join(lines)


def _after_day(log: AuditTable, day: date, total: int) -> int:
    """The number of the first entry after a day, as far as the clock never went back."""
    low, high, later = 1, total + 1, _text(day + timedelta(days=1)).decode()
    while low < high:
        middle = (low + high) // 2
        lines = log.backwards(middle + 1, 1)
        if lines and entry_of(lines[0][1]).at < later:
            low = middle + 1
        else:
            high = middle
    return low


def _text(day: date) -> bytes:
    return day.isoformat().encode()

"""The casebook's audit log: what it says, and whether it is as it was written."""

from __future__ import annotations

from dataclasses import dataclass

from revenuer.app.casebook.opening import Casebook
from revenuer.casework.chain import Entry, Flaw
from revenuer.casework.checkpoints import witness_of
from revenuer.casework.roles import Actor, Right
from revenuer.store.casebook.audit_table import hash_of


@dataclass(frozen=True, slots=True)
class Verified:
    """What a look at every byte of the log found.

    Attributes:
        entries: How many it has.
        flaws: What is wrong with it; empty if it is as it was written.
        witness: Its newest entry, to tell others; empty where it has none or is broken.
    """

    entries: int
    flaws: tuple[Flaw, ...]
    witness: str


def read_audit(
    casebook: Casebook, *, actor: Actor, since: int = 0, kind: str = "", limit: int = 100
) -> list[Entry]:
    """Entries of the audit log, oldest first, the chain between them checked.

    Args:
        casebook: Whose.
        actor: Who asks.
        since: The number of an entry; those after it are told.
        kind: Only those of this kind; empty for all.
        limit: How many at most.

    Raises:
        AuditError: It was changed.
    """
    actor.needs(Right.AUDIT)
    found: list[Entry] = []
    with casebook.reading() as connection:
        for entry in casebook.audit(connection).entries(since=since):
            if not kind or entry.kind == kind:
                found.append(entry)
            if len(found) == limit:
                break
    return found


def verify_audit(casebook: Casebook, *, actor: Actor) -> Verified:
    """Look at every byte of the audit log, every hash and every signature."""
    actor.needs(Right.AUDIT)
    with casebook.reading() as connection:
        log = casebook.audit(connection)
        first = hash_of(next(iter(log.lines()), b""))
        flaws = tuple(log.flaws(casebook.remembered(first)))
        count = sum(1 for _ in log.lines())
        last = None if flaws else log.last()
    return Verified(count, flaws, witness_of(last) if last is not None else "")

"""The casebook's audit log: what it says, and whether it is as it was written."""

from __future__ import annotations

from revenuer.app.audit import Audited
from revenuer.app.casebook.auditing import verify_casebook
from revenuer.app.casebook.opening import Casebook
from revenuer.casework.chain import Entry
from revenuer.casework.roles import Actor, Right


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


def verify_audit(casebook: Casebook, *, actor: Actor) -> Audited:
    """Look at every byte of the audit log, every hash and every signature."""
    actor.needs(Right.AUDIT)
    return verify_casebook(casebook)

"""The log of provenance, written down in the casebook's: a log that is written anew is found.

Who holds the signing key can write another log of commitments, whole and well signed, with other
times. Its head in the casebook's audit log, which others read, keep and witness, shows that.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from revenuer.app.casebook.opening import Casebook
from revenuer.app.provenance.registering import Registry, registered
from revenuer.casework.checkpoints import witness_of
from revenuer.casework.roles import Actor, Right
from revenuer.provenance.report import Anchor

ANCHORED = "provenance-anchored"


def anchors(casebook: Casebook, connection: Connection) -> dict[str, list[Anchor]]:
    """What was ever written down of logs of provenance, by their files, oldest first."""
    found: dict[str, list[Anchor]] = {}
    for entry in casebook.audit(connection).entries():
        if entry.kind == ANCHORED:
            told = Anchor(entry.number, entry.at, witness_of(entry), str(entry.body["witness"]))
            found.setdefault(str(entry.body["log"]), []).append(told)
    return found


def anchors_of(casebook: Casebook, registry: Registry) -> tuple[Anchor, ...]:
    """What was written down of one log, oldest first."""
    with casebook.database.reading() as connection:
        return tuple(anchors(casebook, connection).get(_file(registry), ()))


def anchor(casebook: Casebook, registry: Registry, *, actor: Actor, now: datetime) -> Anchor | None:
    """Write down how far a log has got; what is known already is not written twice.

    Args:
        casebook: Where.
        registry: Whose log.
        actor: Who asks.
        now: When.

    Returns:
        Where it is written down; None where nothing was committed yet.

    Raises:
        AuditError: The log is not the one that was written down before.
    """
    actor.needs(Right.WORK)
    known = anchors_of(casebook, registry)
    registered(registry, [one.log for one in known])
    entries = registry.audit.entries()
    if not entries:
        return None
    witness = witness_of(entries[-1])
    if not known or known[-1].log != witness:
        with casebook.changing(actor, now) as change:
            change.record(ANCHORED, {"log": _file(registry), "witness": witness})
        known = anchors_of(casebook, registry)
    return known[-1]


def _file(registry: Registry) -> str:
    return str(Path(registry.audit.path).resolve())

"""`casebook innocents`: whom people found innocent, as `scan --known-innocent` reads it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from revenuer.app.casebook.opening import Casebook
from revenuer.casework.cases import Ground
from revenuer.casework.roles import Actor, Right
from revenuer.disk import put
from revenuer.store.casebook import cases
from revenuer.store.casebook.rosters import rosters, subjects_of


def write_innocents(casebook: Casebook, out: Path, *, actor: Actor, now: datetime) -> int:
    """Write the accounts that dismissals as innocent cover, an id a line, for their owner alone.

    Who was erased is not among them; a dismissal that was withdrawn no longer counts.

    Args:
        casebook: Where.
        out: The file.
        actor: Who asks: ids are shown, which is written down.
        now: When.

    Returns:
        How many they are.
    """
    actor.needs(Right.UNMASK)
    with casebook.changing(actor, now) as change:
        standing = cases.standing_dismissals(change.connection, Ground.INNOCENT.value)
        members = rosters(change.connection, {row.roster for row in standing})
        numbers = {number for one in members.values() for number in one.tolist()}
        subjects = subjects_of(change.connection, numbers).values()
        names = sorted(casebook.names_of(change.connection, subjects).values())
        change.record("innocents-listed", {"accounts": len(names), "dismissals": len(standing)})
    out.parent.mkdir(parents=True, exist_ok=True)
    put(out, "".join(f"{name}\n" for name in names).encode())
    return len(names)

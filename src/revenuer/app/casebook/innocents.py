"""`casebook innocents`: whom people found innocent, as `scan --known-innocent` reads it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from revenuer.app.casebook.opening import Casebook
from revenuer.casework.cases import Ground
from revenuer.casework.roles import Actor, Right
from revenuer.disk import put
from revenuer.store.casebook import appeals, cases
from revenuer.store.casebook.rosters import rosters, subjects_of


def write_innocents(casebook: Casebook, out: Path, *, actor: Actor, now: datetime) -> int:
    """Write whom people found innocent, an id a line, for its owner alone.

    Args:
        casebook: Where.
        out: The file.
        actor: Who asks: ids are shown, which is written down.
        now: When.

    Returns:
        How many they are.
    """
    names = known_innocents(casebook, actor=actor, now=now)
    out.parent.mkdir(parents=True, exist_ok=True)
    put(out, "".join(f"{name}\n" for name in names).encode())
    return len(names)


def known_innocents(casebook: Casebook, *, actor: Actor, now: datetime) -> list[str]:
    """Ids of accounts that dismissals as innocent cover, or appeals found innocent; sorted.

    Who was erased is not among them; a dismissal that was withdrawn no longer counts, and an
    appeal for as long as the settings said.

    Args:
        casebook: Where.
        actor: Who asks: ids are shown, which is written down.
        now: When.
    """
    actor.needs(Right.UNMASK)
    with casebook.changing(actor, now) as change:
        standing = cases.standing_dismissals(change.connection, Ground.INNOCENT.value)
        members = rosters(change.connection, {row.roster for row in standing})
        numbers = {number for one in members.values() for number in one.tolist()}
        dismissed = subjects_of(change.connection, numbers).values()
        overturned = appeals.innocents(change.connection, change.now_us)
        wanted = {*dismissed, *overturned}
        names = sorted(casebook.names_of(change.connection, wanted).values())
        said = {"dismissals": len(standing), "appeals": len(set(overturned.values()))}
        change.record("innocents-listed", {"accounts": len(names), **said})
    return names

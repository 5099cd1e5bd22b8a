"""Whom the casebook knows to be innocent, for the next scan."""

from __future__ import annotations

from datetime import datetime

from revenuer.app.casebook.opening import Casebook
from revenuer.casework.roles import Actor, Right
from revenuer.store.casebook import appeals


def known_innocents(casebook: Casebook, *, actor: Actor, now: datetime) -> list[str]:
    """Ids of accounts that are known to be innocent, sorted; recorded, since it names them."""
    actor.needs(Right.WORK)
    with casebook.changing(actor, now) as change:
        found = appeals.innocents(change.connection, change.now_us)
        names = sorted(casebook.names_of(change.connection, found).values())
        change.record("innocents-exported", {"accounts": len(names)})
    return names

"""Who is signed in, and when they were last seen: for whoever says who is let in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from revenuer.app.casebook.opening import Casebook
from revenuer.casework.roles import Actor, Right
from revenuer.instants import micros
from revenuer.store.casebook import sessions


@dataclass(frozen=True, slots=True)
class Presence:
    """How somebody is signed in.

    Attributes:
        sessions: How many they have.
        seen_us: When one was last used, microseconds since the epoch; 0 for never.
    """

    sessions: int = 0
    seen_us: int = 0


def presence(casebook: Casebook, *, actor: Actor, now: datetime) -> Mapping[str, Presence]:
    """Those who are signed in, by name."""
    actor.needs(Right.MANAGE)
    with casebook.reading() as connection:
        rows = sessions.listed(connection)
    found: dict[str, Presence] = {}
    for row in rows:
        if not row.is_over(micros(now)):
            had = found.get(row.person, Presence())
            found[row.person] = Presence(had.sessions + 1, max(had.seen_us, row.seen_us))
    return found

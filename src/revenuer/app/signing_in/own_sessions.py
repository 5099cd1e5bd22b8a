"""Where somebody is signed in themselves, and how they end that."""

from __future__ import annotations

from datetime import datetime

from revenuer.app.casebook.opening import Casebook
from revenuer.app.signing_in.sessions import put_away
from revenuer.casework.roles import Actor
from revenuer.errors import NotFoundError
from revenuer.instants import micros
from revenuer.store.casebook import sessions
from revenuer.store.casebook.sessions import SessionRow


def own_sessions(casebook: Casebook, *, actor: Actor, now: datetime) -> list[SessionRow]:
    """Where somebody is signed in, newest first."""
    with casebook.reading() as connection:
        rows = sessions.of_person(connection, actor.name)
    return [row for row in rows if not row.is_over(micros(now))]


def end_own(casebook: Casebook, session: str, *, actor: Actor, now: datetime) -> None:
    """End one of somebody's own sessions.

    Raises:
        NotFoundError: They have none of this name.
    """
    with casebook.changing(actor, now) as change:
        rows = sessions.of_person(change.connection, actor.name)
        if not put_away(change, [row for row in rows if row.id == session], "ended-by-person"):
            raise NotFoundError("You are not signed in there any more.", "Look at the list again.")


def end_others(casebook: Casebook, keep: str, *, actor: Actor, now: datetime) -> int:
    """End all of somebody's own sessions but one; how many they were."""
    with casebook.changing(actor, now) as change:
        rows = sessions.of_person(change.connection, actor.name)
        return put_away(change, [row for row in rows if row.id != keep], "ended-by-person")

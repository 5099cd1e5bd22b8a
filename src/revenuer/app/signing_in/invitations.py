"""Invitations: links with which people choose what they sign in with, once.

| kind | for whom | made by |
|---|---|---|
| invite | somebody who is registered | an admin |
| reset | somebody who lost what they sign in with, all of which ends | an admin |
| first | the first admin, as long as nobody is registered | who starts the console |
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection

from revenuer.app.bearer import SECRET_BYTES, is_secret
from revenuer.app.casebook.opening import Casebook, Change
from revenuer.app.casebook.people import PERSON, plain_name
from revenuer.app.signing_in.sessions import end_all_in
from revenuer.casework.roles import Actor, Right
from revenuer.errors import ConflictError, NotAllowedError, NotFoundError
from revenuer.instants import micros
from revenuer.servers import ConsoleSettings
from revenuer.store.casebook import people, sign_in_means, sign_in_steps
from revenuer.store.casebook.sign_in_steps import Invitation

INVITE, RESET, FIRST = "invite", "reset", "first"
WELCOME, INVITATIONS = "/welcome?code=", "/invitations/"
_CODE = re.compile(r"([0-9a-f]{12})-([A-Za-z0-9_-]{43})")


class InvitationGoneError(NotAllowedError):
    """An invitation is none, was taken up, or is over: a stranger is not told which."""

    def __init__(self) -> None:
        super().__init__(
            "This invitation cannot be taken up any more.", "Ask whoever sent it for a new one."
        )


def invite(
    casebook: Casebook, name: str, *, actor: Actor, now: datetime, settings: ConsoleSettings
) -> tuple[Invitation, str]:
    """Invite somebody who is registered; the path that is returned is shown this once.

    Earlier invitations of theirs are void. Who signs in already is not given another way in
    behind their back: that takes a reset, which they notice.

    Raises:
        NotFoundError: Nobody is called so, or they work here no more.
        ConflictError: They have something to sign in with.
    """
    actor.needs(Right.MANAGE)
    with casebook.changing(actor, now) as change:
        whom = _at_work(change.connection, name)
        if sign_in_means.has_any(change.connection, whom):
            raise ConflictError(
                f"{whom} has something to sign in with.",
                "They add other ways themselves; a reset takes away all and invites anew.",
            )
        return _invited(change, whom, INVITE, settings)


def reset(
    casebook: Casebook, name: str, *, actor: Actor, now: datetime, settings: ConsoleSettings
) -> tuple[Invitation, str]:
    """Take away everything that somebody signs in with, end their sessions, and invite them anew.

    Raises:
        NotFoundError: Nobody is called so, or they work here no more.
    """
    actor.needs(Right.MANAGE)
    with casebook.changing(actor, now) as change:
        whom = _at_work(change.connection, name)
        sign_in_means.forget_all(change.connection, whom)
        change.record("means-reset", {"person": whom})
        end_all_in(change, whom, "reset")
        return _invited(change, whom, RESET, settings)


def first_invitation(
    casebook: Casebook, *, actor: Actor, now: datetime, settings: ConsoleSettings
) -> str:
    """The path with which the first admin registers; empty where anybody is registered."""
    with casebook.changing(actor, now) as change:
        if people.count(change.connection):
            return ""
        return _invited(change, "", FIRST, settings)[1]


def open_invitations(casebook: Casebook, *, actor: Actor, now: datetime) -> list[Invitation]:
    """Those that can still be taken up."""
    actor.needs(Right.MANAGE)
    with casebook.reading() as connection:
        return sign_in_steps.open_invitations(connection, micros(now))


def take_back(casebook: Casebook, name: str, *, actor: Actor, now: datetime) -> None:
    """Let no invitation of somebody be taken up any more."""
    actor.needs(Right.MANAGE)
    with casebook.changing(actor, now) as change:
        sign_in_steps.void_invitations(change.connection, plain_name(name))
        change.record("invitation-taken-back", {"person": plain_name(name)})


def look_at(casebook: Casebook, code: str, *, now: datetime) -> Invitation:
    """The invitation of a code, which can be taken up.

    Raises:
        InvitationGoneError: There is none.
    """
    with casebook.reading() as connection:
        return found_in(connection, code, micros(now))


def found_in(connection: Connection, code: str, now_us: int) -> Invitation:
    """The same in a transaction."""
    parts = _CODE.fullmatch(code)
    found = sign_in_steps.invitation_of(connection, parts[1] if parts else "")
    is_it = is_secret(parts[2] if parts else "", found.secret_sha256 if found else "")
    if found is None or not is_it or found.used_us or found.expires_us <= now_us:
        raise InvitationGoneError
    if found.kind == FIRST:
        if people.count(connection):
            raise InvitationGoneError
        return found
    person = people.found(connection, found.person)
    if person is None or person.disabled_us or person.kind != PERSON:
        raise InvitationGoneError
    return found


def _invited(
    change: Change, name: str, kind: str, settings: ConsoleSettings
) -> tuple[Invitation, str]:
    id_, secret = secrets.token_hex(6), secrets.token_urlsafe(SECRET_BYTES)
    row = Invitation(
        id=id_,
        person=name,
        kind=kind,
        secret_sha256=sha256(secret.encode()).hexdigest(),
        made_by=change.actor.name,
        created_us=change.now_us,
        expires_us=micros(change.now + timedelta(hours=settings.invitation_hours)),
    )
    sign_in_steps.keep_invitation(change.connection, row)
    said = {"person": name, "kind": kind, "invitation": id_, "until": row.expires_us}
    change.record("invited", said)
    return row, (WELCOME if kind == FIRST else INVITATIONS) + f"{id_}-{secret}"


def _at_work(connection: Connection, name: str) -> str:
    found = people.found(connection, plain_name(name))
    if found is None or found.disabled_us or found.kind != PERSON:
        raise NotFoundError(
            f"No person who is called {plain_name(name)} works here.",
            "`revenuer casebook person list`; `person add` registers them.",
        )
    return found.name

"""Sessions of the console: begun by whoever showed who they are, resumed at each request, ended.

A browser shows `ID.SECRET`; of the secret only a hash is kept. It is replaced now and then. What
it replaced is still taken for a moment, for requests that were under way; shown later, after the
new one was, it was copied, and the session ends.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from revenuer.app.bearer import SECRET_BYTES, is_secret
from revenuer.app.casebook.opening import Casebook, Change
from revenuer.app.casebook.people import PERSON
from revenuer.app.signing_in.keyed import mark, mark_of_address
from revenuer.app.signing_in.visitors import Visitor
from revenuer.casework.roles import Actor, Role
from revenuer.errors import NotAllowedError
from revenuer.instants import micros
from revenuer.servers import ConsoleSettings
from revenuer.store.casebook import people, sessions
from revenuer.store.casebook.people import Person
from revenuer.store.casebook.sessions import SessionRow

LOGIN = "console"
"""Before the session's id, where the audit log says where something was done."""
ID_BYTES = 12
GRACE_US = 60_000_000
"""How long a replaced secret is taken after the new one was shown. placeholder"""
SEEN_US = 30_000_000
"""How exactly it is kept when somebody was last seen: not every request writes. placeholder"""
CLIENT_CHARS = 128
_COOKIE = re.compile(r"([0-9a-f]{24})\.([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who is signed in.

    Attributes:
        actor: Who, with the role that they have at this moment.
        session: Its id; no secret.
        csrf: What forms of theirs must carry; the same as long as the session lasts.
        means: How they signed in.
        begun_us: When, microseconds since the epoch.
        ends_us: When the session ends in any case.
        renewed: What the browser must show from now on; None for what it shows already.
    """

    actor: Actor
    session: str
    csrf: str
    means: str
    begun_us: int
    ends_us: int
    renewed: str | None = None


def begin(
    casebook: Casebook,
    person: str,
    means: str,
    *,
    now: datetime,
    client: str = "",
    address: str = "",
    settings: ConsoleSettings | None = None,
) -> str:
    """Let somebody in who has shown who they are.

    Args:
        casebook: Where.
        person: Their name.
        means: How they showed it.
        now: When.
        client: What they use, in words, such as `Firefox on Linux`.
        address: Where from; only a keyed fingerprint of it is kept.
        settings: How long it lasts; as the defaults say without it.

    Returns:
        What the browser shows from now on. It is in no log, and kept nowhere.

    Raises:
        NotAllowedError: They do not work here, or no more.
    """
    with casebook.reading() as connection:
        who = _at_work(people.found(connection, person))
    with casebook.changing(_actor(who, secrets.token_hex(ID_BYTES)), now) as change:
        door = {"holder": "", "origin": "", "address": address, "client": client}
        return begin_in(
            casebook, change, means, Visitor(settings or ConsoleSettings(), now, **door)
        )


def begin_in(casebook: Casebook, change: Change, means: str, visitor: Visitor) -> str:
    """The same in a change that is under way, by whom it is: see `signing_in_as`."""
    limits = visitor.settings
    who = _at_work(people.found(change.connection, change.actor.name))
    id_, secret = change.actor.login.removeprefix(f"{LOGIN} "), _secret()
    now_us = change.now_us
    row = SessionRow(
        id=id_,
        person=who.name,
        role=who.role,
        means=means,
        client=visitor.client[:CLIENT_CHARS],
        address=mark_of_address(casebook, visitor.address),
        secret_sha256=_hash(secret),
        previous_sha256="",
        is_taken_up=0,
        begun_us=now_us,
        seen_us=now_us,
        renewed_us=now_us,
        renew_us=_us(minutes=limits.renew_minutes),
        idle_us=_us(minutes=limits.idle_minutes),
        ends_us=now_us + _us(hours=limits.longest_hours),
    )
    put_away(change, sessions.over(change.connection, now_us), "over")
    sessions.keep(change.connection, row)
    said = {"means": means, "client": row.client, "address": row.address}
    change.record("signed-in", {"person": who.name, **said})
    return f"{id_}.{secret}"


def signing_in_as(person: Person) -> Actor:
    """Who a person is who is about to sign in: the actor of the change that `begin_in` is in.

    Raises:
        NotAllowedError: They do not work here, or no more.
    """
    return _actor(_at_work(person), secrets.token_hex(ID_BYTES))


def resume(
    casebook: Casebook, cookie: str, now: datetime, *, is_used: bool = True
) -> SignedIn | None:
    """Who shows something, with the role that they have at this moment; None for nobody.

    Args:
        casebook: Where.
        cookie: What the browser shows.
        now: When.
        is_used: Whether a person did something; what a page asks by itself keeps no session up.
    """
    parts = _COOKIE.fullmatch(cookie)
    if parts is None:
        return None
    id_, secret = parts.groups()
    with casebook.reading() as connection:
        found = sessions.with_person(connection, id_)
    row, person = found or (None, None)
    is_current = is_secret(secret, row.secret_sha256 if row else "")
    is_previous = is_secret(secret, row.previous_sha256 if row else "")
    if row is None or person is None or not (is_current or is_previous):
        return None
    now_us = micros(now)
    if why := _ended(row, person, now_us, is_previous=is_previous and not is_current):
        end(casebook, row.id, now, why=why)
        return None
    renewed = _kept_up(casebook, row, person, now_us, is_current=is_current) if is_used else None
    return SignedIn(
        actor=_actor(person, row.id),
        session=row.id,
        csrf=csrf_of(casebook, row.id),
        means=row.means,
        begun_us=row.begun_us,
        ends_us=row.ends_us,
        renewed=renewed,
    )


def end(
    casebook: Casebook,
    session: str,
    now: datetime,
    *,
    actor: Actor | None = None,
    why: str = "signed-out",
) -> bool:
    """End a session; False where there is none.

    Args:
        casebook: Where.
        session: Its id.
        now: When.
        actor: Who ends it: the person whose it is, without one.
        why: In a word.
    """
    with casebook.reading() as connection:
        found = sessions.with_person(connection, session)
    if found is None:
        return False
    row, person = found
    with casebook.changing(actor or _actor(person, row.id), now) as change:
        return bool(put_away(change, [row], why))


def end_all_in(change: Change, person: str, why: str, *, but: str = "") -> int:
    """End every session of a person, or all but one, in a change that is under way."""
    rows = sessions.of_person(change.connection, person)
    return put_away(change, [row for row in rows if row.id != but], why)


def csrf_of(casebook: Casebook, session: str) -> str:
    """What forms of a session must carry: nobody else can make it."""
    return mark(casebook, "csrf", session)


def _ended(row: SessionRow, person: Person, now_us: int, *, is_previous: bool) -> str:
    """Why a session is over; empty while it is not."""
    if person.disabled_us or person.kind != PERSON:
        return "disabled"
    if row.is_over(now_us):
        return "over"
    if is_previous and row.is_taken_up and now_us - row.renewed_us > GRACE_US:
        return "copied"
    return ""


def _kept_up(
    casebook: Casebook, row: SessionRow, person: Person, now_us: int, *, is_current: bool
) -> str | None:
    """Write down that somebody was seen, and give them a new secret where that is due."""
    is_due = now_us - row.renewed_us >= row.renew_us or person.role != row.role
    # The new secret may never have reached the browser: then it gets another.
    is_lost = not is_current and not row.is_taken_up and now_us - row.renewed_us > GRACE_US
    if (is_current and is_due) or is_lost:
        secret = _secret()
        values = {
            "secret_sha256": _hash(secret),
            "previous_sha256": row.secret_sha256 if is_current else row.previous_sha256,
            "is_taken_up": 0,
            "role": person.role,
            "seen_us": now_us,
            "renewed_us": now_us,
        }
        with casebook.database.writing() as connection:
            # Another request may have got the new one just now: this one goes on without.
            done = sessions.change(connection, row, **values)
        return f"{row.id}.{secret}" if done else None
    if now_us - row.seen_us >= SEEN_US or (is_current and not row.is_taken_up):
        taken_up = int(is_current or bool(row.is_taken_up))
        with casebook.database.writing() as connection:
            sessions.change(connection, row, seen_us=now_us, is_taken_up=taken_up)
    return None


def put_away(change: Change, rows: Iterable[SessionRow], why: str) -> int:
    """End some, in a change that is under way; how many there were."""
    count = 0
    for row in rows:
        if sessions.take_out(change.connection, row.id):
            change.record("session-ended", {"person": row.person, "session": row.id, "why": why})
            count += 1
    return count


def _at_work(person: Person | None) -> Person:
    if person is None or person.disabled_us or person.kind != PERSON:
        raise NotAllowedError(
            "Nobody of this name signs in here.", "An admin says who works with the casebook."
        )
    return person


def _actor(person: Person, session: str) -> Actor:
    return Actor(person.name, Role(person.role), login=f"{LOGIN} {session}")


def _secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()


def _us(**length: float) -> int:
    return timedelta(**length) // timedelta(microseconds=1)

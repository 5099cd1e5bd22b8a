"""People who sign in, as tests need them: visitors, and persons with means."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
from authenticators import Authenticator

from revenuer.app.casebook.opening import Casebook, open_casebook
from revenuer.app.casebook.people import SERVICE, add_person
from revenuer.app.signing_in.by_passkey import ask_for_passkey, sign_in_by_passkey
from revenuer.app.signing_in.by_password import sign_in_by_password
from revenuer.app.signing_in.enrolling import (
    ask_invited,
    authenticator_for,
    enrol_passkey,
    enrol_password,
)
from revenuer.app.signing_in.invitations import invite
from revenuer.app.signing_in.sessions import SignedIn, resume
from revenuer.app.signing_in.visitors import Visitor
from revenuer.casework.roles import Actor, Role
from revenuer.servers import ConsoleSettings

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ADMIN = Actor("ada", Role.ADMIN)
PASSWORD = "seventeen quiet harbours"
ORIGIN = "http://localhost:8450"


@contextmanager
def with_people(url: str, folder: Path) -> Iterator[Casebook]:
    """Open a casebook with an admin, an analyst and a service."""
    opened = open_casebook(url, folder / "keys", now=NOW)
    add_person(opened, "ada", Role.ADMIN, actor=ADMIN, now=NOW)
    add_person(opened, "ana", Role.ANALYST, actor=ADMIN, now=NOW)
    add_person(opened, "feed", Role.ANALYST, actor=ADMIN, now=NOW, kind=SERVICE)
    yield opened
    opened.database.close()


def at(**length: float) -> datetime:
    return NOW + timedelta(**length)


def visitor(now: datetime = NOW, *, holder: str = "this browser", **more: Any) -> Visitor:
    given = {"settings": ConsoleSettings(), "origin": ORIGIN, "address": "192.0.2.7", **more}
    return Visitor(now=now, holder=holder, client="Firefox on Linux", **given)


def code_of(invitation: str) -> str:
    return invitation.rpartition("/")[2].rpartition("=")[2]


def invited(casebook: Casebook, name: str, now: datetime = NOW) -> str:
    given = {"actor": ADMIN, "now": now, "settings": ConsoleSettings()}
    return code_of(invite(casebook, name, **given)[1])


@dataclass
class Ana:
    """A person with a password and an authenticator."""

    casebook: Casebook
    name: str
    secret: str
    cookie: str

    def code(self, now: datetime) -> str:
        return pyotp.TOTP(self.secret).at(now)

    def sign_in(self, now: datetime, **wrong: Any) -> str:
        said = {"name": self.name, "password": PASSWORD, "code": self.code(now), **wrong}
        door = said.pop("visitor", None) or visitor(now)
        return sign_in_by_password(
            self.casebook, said["name"], said["password"], said["code"], visitor=door
        )


def with_password(casebook: Casebook, name: str = "ana", now: datetime = NOW) -> Ana:
    """Somebody who took up an invitation with a password."""
    code, door = invited(casebook, name, now), visitor(now)
    step, secret = authenticator_for(casebook, code, visitor=door)
    first = pyotp.TOTP(secret).at(now)
    given = {"step": step, "first_code": first, "visitor": door}
    cookie = enrol_password(casebook, code, name, PASSWORD, **given)
    return Ana(casebook, name, secret, cookie)


def with_passkey(
    casebook: Casebook, name: str = "ana", now: datetime = NOW, **key: Any
) -> tuple[Authenticator, str]:
    """Somebody who took up an invitation with a passkey: their key and their session."""
    code, door = invited(casebook, name, now), visitor(now)
    made = Authenticator(ORIGIN, "localhost", **{"id": name.encode() * 8, **key})
    asked = ask_invited(casebook, code, name, visitor=door)
    answer = made.make(asked["options"])
    return made, enrol_passkey(casebook, code, asked["step"], answer, "laptop", visitor=door)


def show_passkey(
    casebook: Casebook, key: Authenticator, now: datetime, *, door: Visitor | None = None
) -> str:
    """Sign in with a key."""
    here = door or visitor(now)
    asked = ask_for_passkey(casebook, visitor=here)
    answer = key.show(asked["options"])
    return sign_in_by_passkey(casebook, asked["step"], answer, visitor=here)


def who(casebook: Casebook, cookie: str, now: datetime) -> SignedIn:
    found = resume(casebook, cookie, now)
    assert found is not None
    return found


def entries(casebook: Casebook, kind: str) -> list[dict[str, Any]]:
    with casebook.reading() as connection:
        return [dict(one.body) for one in casebook.audit(connection).entries() if one.kind == kind]


def elsewhere(one: Visitor, **other: Any) -> Visitor:
    return replace(one, **other)

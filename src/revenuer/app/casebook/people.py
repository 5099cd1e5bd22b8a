"""Who works with the casebook, and who somebody is."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from revenuer.app.casebook.opening import Casebook, Change
from revenuer.casework.roles import Actor, Right, Role
from revenuer.errors import ConfigError, ConflictError, NotAllowedError, NotFoundError
from revenuer.store.casebook import people, sessions, sign_in_steps
from revenuer.store.casebook.people import Person

_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,62}")
PERSON, SERVICE = "person", "service"


def actor_here(casebook: Casebook, name: str, login: str) -> Actor:
    """Who somebody at the command line is.

    As long as nobody is registered, whoever can open the casebook is its admin.

    Raises:
        NotAllowedError: People are registered, and this is none of them, or is no more.
    """
    with casebook.reading() as connection:
        found = people.found(connection, plain_name(name))
        if found is None and not people.count(connection):
            return Actor(plain_name(name), Role.ADMIN, login)
    if found is None or found.disabled_us:
        raise NotAllowedError(
            f"{plain_name(name)} does not work with this casebook.",
            "`revenuer casebook person list` shows who does; --by NAME says who you are.",
        )
    return Actor(found.name, Role(found.role), login)


def add_person(
    casebook: Casebook, name: str, role: Role, *, actor: Actor, now: datetime, kind: str = PERSON
) -> Person:
    """Register somebody.

    Args:
        casebook: Where.
        name: Of them.
        role: What they are.
        actor: Who says so.
        now: When.
        kind: `person` or `service`; a service neither approves nor hears appeals.

    Raises:
        ConfigError: It is no name, a service would be more than an analyst, or the first one is
            no admin.
        ConflictError: There is one of this name.
    """
    actor.needs(Right.MANAGE)
    name = plain_name(name)
    if kind == SERVICE and role.rank > Role.ANALYST.rank:
        raise ConfigError(
            f"A service cannot be {role.value}.", "What it takes a person for stays with persons."
        )
    with casebook.changing(actor, now) as change:
        if people.found(change.connection, name) is not None:
            raise ConflictError(f"{name} is registered already.", "Change their role instead.")
        if not people.count(change.connection) and (role is not Role.ADMIN or kind == SERVICE):
            raise ConfigError(
                "The first who is registered must be a person and an admin.",
                "Otherwise nobody could register another.",
            )
        made = Person(name, kind, role.value, change.now_us)
        people.keep(change.connection, made)
        change.record("person-added", {"person": name, "kind": kind, "role": role.value})
    return made


def change_person(
    casebook: Casebook,
    name: str,
    *,
    actor: Actor,
    now: datetime,
    role: Role | None = None,
    disabled: bool | None = None,
    expected_version: int | None = None,
) -> Person:
    """Give somebody another role, or say that they are no more, or again.

    Raises:
        NotFoundError: There is none of this name.
        NotAllowedError: No admin would be left.
        ConfigError: A service would be more than an analyst.
        ConflictError: It is not the expected version any more.
    """
    actor.needs(Right.MANAGE)
    with casebook.changing(actor, now) as change:
        found = people.found(change.connection, plain_name(name))
        if found is None:
            raise NotFoundError(
                f"Nobody is called {plain_name(name)} here.", "`revenuer casebook person list`."
            )
        if expected_version not in (None, found.version):
            raise ConflictError(
                f"{found.name} was changed meanwhile.", "Look at them again before you do."
            )
        new = found
        if role is not None:
            if found.kind == SERVICE and role.rank > Role.ANALYST.rank:
                raise ConfigError(
                    f"A service cannot be {role.value}.",
                    "What it takes a person for stays with persons.",
                )
            new = replace(new, role=role.value)
        if disabled is not None:
            new = replace(new, disabled_us=change.now_us if disabled else 0)
        others = [one for one in people.listed(change.connection) if one.name != found.name]
        if not any(_leads(one) for one in (*others, new)):
            raise NotAllowedError("No admin would be left.", "Make another person an admin first.")
        people.change(change.connection, new)
        change.record(
            "person-changed",
            {"person": new.name, "role": new.role, "disabled": bool(new.disabled_us)},
        )
        if new.disabled_us:
            _sign_out(change, new.name)
    return replace(new, version=new.version + 1)


def list_people(casebook: Casebook, *, actor: Actor) -> list[Person]:
    """All who work with it."""
    actor.needs(Right.READ)
    with casebook.reading() as connection:
        return people.listed(connection)


def plain_name(name: str) -> str:
    """A name as it is kept.

    Raises:
        ConfigError: It is none.

    Examples:
        >>> plain_name(" Ana ")
        'ana'
    """
    plain = name.strip().casefold()
    if not _NAME.fullmatch(plain):
        raise ConfigError(
            f"{name!r} is no name of a person.",
            "Use letters, digits, dots, dashes and @, 63 at most, such as ana@example.org.",
        )
    return plain


def _sign_out(change: Change, name: str) -> None:
    """End where somebody is signed in to the console, and what they were invited to."""
    sign_in_steps.void_invitations(change.connection, name)
    for row in sessions.of_person(change.connection, name):
        sessions.take_out(change.connection, row.id)
        said = {"person": name, "session": row.id, "why": "disabled"}
        change.record("session-ended", said)


def _leads(person: Person) -> bool:
    return (person.role, person.kind, person.disabled_us) == (Role.ADMIN.value, PERSON, 0)

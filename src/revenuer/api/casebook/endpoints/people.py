"""People, services and their tokens."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from revenuer.api.casebook.endpoint import Call, Endpoint
from revenuer.api.casebook.words import Given, Page, Pages, PersonName, Shown, paged, place_of
from revenuer.app.casebook import people as app
from revenuer.app.casebook import tokens as app_tokens
from revenuer.app.casebook.opening import moment
from revenuer.casework.roles import Right, Role
from revenuer.store.casebook.api_tokens import ApiToken
from revenuer.store.casebook.people import Person

TokenId = Annotated[str, Meta(pattern=r"^[0-9a-f]{12}$", description="Of a token; no secret.")]


class Kind(StrEnum):
    """Who works with the casebook."""

    PERSON = "person"
    SERVICE = "service"


class ShownPerson(Shown):
    """A person or a service.

    Attributes:
        name: In small letters.
        kind: `person` or `service`.
        role: What they are.
        since: When they were registered.
        disabled_at: Since when they are let in no more; null if they are.
        version: Counts their changes.
    """

    name: str
    kind: Kind
    role: Role
    since: datetime
    disabled_at: datetime | None
    version: int


class NewPerson(Given):
    """Somebody to register.

    Attributes:
        name: In small letters; the audit log names them so.
        role: What they are.
        kind: A service is an analyst at most.
    """

    name: PersonName
    role: Role
    kind: Kind = Kind.PERSON


class PersonChange(Given):
    """What is different now.

    Attributes:
        role: What they are; left as it is where it is missing.
        disabled: Whether they are let in no more; likewise.
    """

    role: Role | None = None
    disabled: bool | None = None


class AtPerson(Given):
    """Somebody.

    Attributes:
        name: Of them.
    """

    name: PersonName


class ShownToken(Shown):
    """A token, without its secret.

    Attributes:
        id: No secret.
        person: Whom it lets in.
        scopes: Rights that it is for; empty for all that the role has.
        made_by: Who made it.
        made_at: When.
        expires_at: When it ends.
        revoked_at: When it was taken back; null if it was not.
    """

    id: str
    person: str
    scopes: list[Right]
    made_by: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class MadeToken(Shown):
    """A new token.

    Attributes:
        token: The token itself; it is shown this once.
        about: What is known of it.
    """

    token: str
    about: ShownToken


class NewToken(Given):
    """A token to make.

    Attributes:
        person: Whom it lets in.
        hours: How long it lasts.
        scopes: Rights that it is for; none for all that the role has.
    """

    person: PersonName
    hours: Annotated[float, Meta(gt=0, le=app_tokens.LONGEST_HOURS)]
    scopes: Annotated[tuple[Right, ...], Meta(max_length=len(Right))] = ()


class AtToken(Given):
    """A token.

    Attributes:
        token: Its id.
    """

    token: TokenId


def list_people(call: Call[None, Pages, None]) -> Page[ShownPerson]:
    """Who works with the casebook."""
    after = place_of(call.query.cursor, "people", str)
    rows = [_person(one) for one in app.list_people(call.casebook, actor=call.actor)]
    rest = [one for one in rows if after is None or one.name > after]
    return paged(rest, call.query.limit, lambda last: last.name, "people")


def add_person(call: Call[None, None, NewPerson]) -> ShownPerson:
    """Register a person or a service."""
    said = call.body
    made = app.add_person(
        call.casebook, said.name, said.role, actor=call.actor, now=call.now, kind=said.kind.value
    )
    return _person(made)


def change_person(call: Call[AtPerson, None, PersonChange]) -> ShownPerson:
    """Give somebody another role, or let them in no more, or again.

    It counts from their next request on.
    """
    made = app.change_person(
        call.casebook,
        call.path.name,
        actor=call.actor,
        now=call.now,
        role=call.body.role,
        disabled=call.body.disabled,
        expected_version=call.version,
    )
    return _person(made)


def list_tokens(call: Call[None, Pages, None]) -> Page[ShownToken]:
    """Tokens that were made: all for who may manage, else one's own."""
    after = place_of(call.query.cursor, "tokens", tuple[datetime, str])
    rows = [_token(one) for one in app_tokens.list_tokens(call.casebook, actor=call.actor)]
    rest = [one for one in rows if after is None or (one.made_at, one.id) > after]
    return paged(rest, call.query.limit, lambda last: (last.made_at, last.id), "tokens")


def make_token(call: Call[None, None, NewToken]) -> MadeToken:
    """Make a token for a person or a service; it is shown this once."""
    said = call.body
    row, token = app_tokens.make_token(
        call.casebook,
        said.person,
        actor=call.actor,
        now=call.now,
        hours=said.hours,
        scopes=said.scopes,
    )
    return MadeToken(token=token, about=_token(row))


def revoke_token(call: Call[AtToken, None, None]) -> ShownToken:
    """Take a token back, from its next use on; one's own, or any for who may manage."""
    row = app_tokens.revoke_token(call.casebook, call.path.token, actor=call.actor, now=call.now)
    return _token(row)


ENDPOINTS = (
    Endpoint("GET", "/v1/people", Right.READ, list_people),
    Endpoint("POST", "/v1/people", Right.MANAGE, add_person, status=201),
    Endpoint("PATCH", "/v1/people/{name}", Right.MANAGE, change_person, versioned=True),
    Endpoint("GET", "/v1/tokens", Right.READ, list_tokens),
    Endpoint("POST", "/v1/tokens", Right.MANAGE, make_token, status=201),
    Endpoint("DELETE", "/v1/tokens/{token}", Right.READ, revoke_token),
)


def _person(person: Person) -> ShownPerson:
    return ShownPerson(
        name=person.name,
        kind=Kind(person.kind),
        role=Role(person.role),
        since=moment(person.created_us),
        disabled_at=moment(person.disabled_us) if person.disabled_us else None,
        version=person.version,
    )


def _token(row: ApiToken) -> ShownToken:
    return ShownToken(
        id=row.id,
        person=row.person,
        scopes=[Right(one) for one in row.scopes],
        made_by=row.made_by,
        made_at=moment(row.created_us),
        expires_at=moment(row.expires_us),
        revoked_at=moment(row.revoked_us) if row.revoked_us else None,
    )

"""People, services and their tokens."""

from __future__ import annotations

from datetime import datetime

from revenuer.api.casebook.endpoint import Call, Endpoint
from revenuer.api.casebook.shapes.people import (
    AtPerson,
    AtToken,
    Kind,
    MadeToken,
    NewPerson,
    NewToken,
    PersonChange,
    ShownPerson,
    ShownToken,
)
from revenuer.api.casebook.words import Page, Pages, paged, place_of
from revenuer.app.casebook import people as app
from revenuer.app.casebook import tokens as app_tokens
from revenuer.casework.roles import Right, Role
from revenuer.instants import moment
from revenuer.store.casebook.api_tokens import ApiToken
from revenuer.store.casebook.people import Person


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

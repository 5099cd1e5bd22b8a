"""Tokens of people and services for the HTTP API: made, listed, taken back, and who shows one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from revenuer.app.access import nobody
from revenuer.app.bearer import id_of, is_secret, new_token, parts_of
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.people import plain_name
from revenuer.casework.roles import Actor, Right, Role
from revenuer.errors import ConfigError, NotAllowedError, NotFoundError
from revenuer.instants import micros
from revenuer.store.casebook import api_tokens, people
from revenuer.store.casebook.api_tokens import ApiToken

LONGEST_HOURS = 24.0 * 366
"""A token does not last longer. placeholder"""


def make_token(
    casebook: Casebook,
    name: str,
    *,
    actor: Actor,
    now: datetime,
    hours: float,
    scopes: Sequence[Right] = (),
) -> tuple[ApiToken, str]:
    """Make a token; what is returned with it is the only time that it is shown.

    Args:
        casebook: Where.
        name: Of the person or service that it lets in.
        actor: Who makes it.
        now: From when.
        hours: How long.
        scopes: Rights that it is for; none for all that the role has.

    Raises:
        NotFoundError: Nobody is called so, or they work here no more.
        ConfigError: It would last too long, or no time at all.
        NotAllowedError: It would be for more than the token that asks for it.
    """
    actor.needs(Right.MANAGE)
    if actor.scopes is not None and not (scopes and actor.scopes.issuperset(scopes)):
        raise NotAllowedError(
            "A token that is not for everything makes none that is for more.",
            f"Name scopes among {', '.join(sorted(actor.scopes))}.",
        )
    if not 0 < hours <= LONGEST_HOURS:
        raise ConfigError(
            "A token lasts more than nothing and at most a year.", "Make a new one when it ends."
        )
    name = plain_name(name)
    id_, secret_sha256, token = new_token()
    with casebook.changing(actor, now) as change:
        found = people.found(change.connection, name)
        if found is None or found.disabled_us:
            raise NotFoundError(
                f"Nobody who is called {name} works here.", "`revenuer casebook person list`."
            )
        made = ApiToken(
            id=id_,
            person=name,
            secret_sha256=secret_sha256,
            scopes=tuple(sorted({one.value for one in scopes})),
            made_by=actor.name,
            created_us=change.now_us,
            expires_us=micros(now + timedelta(hours=hours)),
        )
        api_tokens.keep(change.connection, made)
        said = {"person": name, "made": id_, "scopes": list(made.scopes), "until": made.expires_us}
        change.record("token-made", said)
    return made, token


def list_tokens(casebook: Casebook, *, actor: Actor) -> list[ApiToken]:
    """Every token that was made, oldest first; who may not manage sees their own."""
    actor.needs(Right.READ)
    with casebook.reading() as connection:
        return api_tokens.listed(connection, None if actor.may(Right.MANAGE) else actor.name)


def revoke_token(casebook: Casebook, id_: str, *, actor: Actor, now: datetime) -> ApiToken:
    """Take a token back, from its next use on; who may not manage takes back their own.

    Raises:
        NotFoundError: There is none of this id.
    """
    actor.needs(Right.READ)
    with casebook.changing(actor, now) as change:
        found = api_tokens.found(change.connection, id_of(id_))
        if found is None or not (found.person == actor.name or actor.may(Right.MANAGE)):
            raise NotFoundError(f"No token {id_of(id_)!r}.", "`revenuer casebook token list`.")
        if not found.revoked_us:
            api_tokens.take_back(change.connection, found.id, change.now_us)
            change.record("token-revoked", {"person": found.person, "revoked": found.id})
            found = api_tokens.found(change.connection, found.id) or found
    return found


def actor_of(casebook: Casebook, token: str, name: str, now: datetime) -> Actor:
    """Who shows a token, with the role that they have at this moment.

    All that is wrong is told in the same words, and a token that is not there takes as long as
    one that is wrong.

    Args:
        casebook: Where.
        token: As it was shown.
        name: That came with it; empty for none.
        now: When.

    Raises:
        NotAdmittedError: Nobody is let in with that.
    """
    id_, secret = parts_of(token)
    with casebook.reading() as connection:
        found = api_tokens.with_person(connection, id_)
    kept = found[0] if found else None
    if not is_secret(secret, kept.secret_sha256 if kept else "") or found is None:
        raise nobody()
    row, person = found
    over = row.revoked_us or row.expires_us <= micros(now) or person.disabled_us
    if over or name not in ("", person.name):
        raise nobody()
    scopes = frozenset(Right(one) for one in row.scopes) if row.scopes else None
    return Actor(person.name, Role(person.role), token=row.id, scopes=scopes)

"""Signing in by the organization's own sign-in: sent there, back again, and who that is here.

Who is not registered is let in only where a setting gives a group of theirs a role. The first
time, the provider's own id of the person is kept: an address that is given to another person
later does not let that one in.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from revenuer.app.casebook.opening import Casebook, Change
from revenuer.app.casebook.people import PERSON, plain_name
from revenuer.app.signing_in.begun import begin_step, take_step
from revenuer.app.signing_in.failures import record_failure
from revenuer.app.signing_in.keyed import mark
from revenuer.app.signing_in.oidc_provider import check_provider, claims_of, sign_in_url
from revenuer.app.signing_in.sessions import begin_in, signing_in_as
from revenuer.app.signing_in.visitors import NotSignedInError, Visitor
from revenuer.app.signing_in.waits import Tries
from revenuer.casework.roles import Role
from revenuer.errors import ConfigError, NotAllowedError
from revenuer.instants import micros
from revenuer.servers import ConsoleSettings, Means, OidcSettings
from revenuer.store.casebook import people, sign_in_means
from revenuer.store.casebook.people import Person

STEP = "oidc"
SECRET_BYTES = 48
MOST_CHARS = 4096
"""Of what comes back in the URL. placeholder"""


def is_offered(settings: ConsoleSettings) -> bool:
    """Whether people can sign in like that."""
    return Means.OIDC in settings.means and bool(settings.oidc.issuer)


def check_oidc(settings: ConsoleSettings) -> None:
    """Say what is wrong with the settings before anybody needs them.

    Raises:
        ConfigError: Something is.
    """
    if not is_offered(settings):
        return
    if not settings.oidc.client_id:
        raise ConfigError("console.oidc.client_id is missing.", "The provider gives you one.")
    known = [role.value for role in Role]
    for group, role in settings.oidc.roles.items():
        if role not in known:
            raise ConfigError(
                f"console.oidc.roles gives {group} the role {role!r}.",
                f"Roles are {', '.join(known)}.",
            )
    check_provider(settings.oidc)


def ask_provider(casebook: Casebook, *, visitor: Visitor, onwards: str, again: bool = False) -> str:
    """Where a browser is sent to sign in.

    Args:
        casebook: Where.
        visitor: Who.
        onwards: Where they want to go after it, a path of ours.
        again: Whether they must show anew who they are.

    Raises:
        NotAllowedError: People do not sign in like that here.
        SourceError: The provider cannot be reached.
    """
    if not is_offered(visitor.settings):
        raise NotAllowedError("People do not sign in here like that.", "Choose another way.")
    nonce, verifier = (secrets.token_urlsafe(SECRET_BYTES) for _ in range(2))
    said = {"nonce": nonce, "verifier": verifier, "onwards": onwards}
    step = begin_step(casebook, STEP, said, holder=visitor.holder, now=visitor.now)
    return sign_in_url(
        visitor.settings.oidc,
        site=visitor.site,
        state=step,
        nonce=nonce,
        verifier=verifier,
        again=again,
    )


def sign_in_by_oidc(
    casebook: Casebook, query: Mapping[str, str], *, visitor: Visitor
) -> tuple[str, str]:
    """Let in whoever the provider says it is.

    Args:
        casebook: Where.
        query: What came back in the URL.
        visitor: Who.

    Returns:
        What the browser shows from now on, and where it wanted to go.

    Raises:
        NotSignedInError: They are not let in.
        StepGoneError: It was not begun in this browser, or is over.
        TooSoonError: Their address must wait before it tries again.
    """
    settings = visitor.settings.oidc
    tries = Tries(casebook, visitor.settings, "", visitor.address)
    tries.charge(visitor.now)
    state = query.get("state", "")
    said = take_step(casebook, STEP, state, holder=visitor.holder, now=visitor.now)
    code, issuer = query.get("code", ""), query.get("iss", settings.issuer)
    try:
        # RFC 9207: an answer of another provider, mixed up with ours.
        if not code or len(code) > MOST_CHARS or issuer != settings.issuer:
            raise NotAllowedError("The provider did not sign anybody in.")
        claims = claims_of(
            settings,
            site=visitor.site,
            code=code,
            nonce=said["nonce"],
            verifier=said["verifier"],
            now=visitor.now,
        )
        person, is_new = _person(casebook, claims, visitor)
        with casebook.changing(signing_in_as(person), visitor.now) as change:
            _bound(casebook, change, settings, claims, person, is_new=is_new)
            tries.forgive(change.connection)
            cookie = begin_in(casebook, change, Means.OIDC.value, visitor)
    except NotAllowedError as problem:
        record_failure(casebook, visitor, Means.OIDC.value, None)
        raise NotSignedInError from problem
    return cookie, str(said["onwards"])


def _person(casebook: Casebook, claims: Mapping[str, Any], visitor: Visitor) -> tuple[Person, bool]:
    """Who somebody is here, and whether they are registered only now."""
    settings = visitor.settings.oidc
    said = claims.get(settings.person_claim)
    if settings.person_claim == "email" and claims.get("email_verified") is not True:
        raise NotAllowedError("The provider has not verified the address.")
    if not isinstance(said, str):
        raise NotAllowedError("The provider does not name the person.")
    try:
        name = plain_name(said)
    except ConfigError as problem:
        raise NotAllowedError("The provider's name is none here.") from problem
    with casebook.reading() as connection:
        found = people.found(connection, name)
    if found is not None:
        return found, False
    role = _role(settings, claims)
    if role is None:
        raise NotAllowedError(f"{name} is not registered.")
    return Person(name, PERSON, role.value, micros(visitor.now)), True


def _role(settings: OidcSettings, claims: Mapping[str, Any]) -> Role | None:
    """The highest role that the person's groups give; None for none."""
    groups = claims.get(settings.groups_claim)
    mine = [groups] if isinstance(groups, str) else groups if isinstance(groups, list) else []
    roles = [Role(settings.roles[one]) for one in mine if one in settings.roles]
    return max(roles, key=lambda role: role.rank, default=None)


def _bound(
    casebook: Casebook,
    change: Change,
    settings: OidcSettings,
    claims: Mapping[str, Any],
    person: Person,
    *,
    is_new: bool,
) -> None:
    """Keep the provider's own id of the person, or refuse one that is another's."""
    connection = change.connection
    identity = mark(casebook, "oidc", f"{settings.issuer}\n{claims['sub']}")
    if is_new:
        if people.found(connection, person.name) is not None or not people.count(connection):
            # Nobody becomes the first of a casebook from outside.
            raise NotAllowedError("Begin again.")
        people.keep(connection, person)
        said = {"person": person.name, "kind": person.kind, "role": person.role}
        change.record("person-added", said)
    known = sign_in_means.person_of_identity(connection, identity)
    if known is not None:
        if known != person.name:
            raise NotAllowedError("The provider calls another person so now.")
        sign_in_means.used_identity(connection, identity, change.now_us)
        return
    if sign_in_means.identities_of(connection, person.name, settings.issuer):
        raise NotAllowedError("Another person at the provider has this name now.")
    sign_in_means.bind_identity(connection, identity, person.name, settings.issuer, change.now_us)
    change.record("means-added", {"person": person.name, "means": Means.OIDC.value})

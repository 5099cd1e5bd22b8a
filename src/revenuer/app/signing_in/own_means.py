"""What a person signs in with, as they see and change it themselves; soon after signing in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from revenuer.app.casebook.opening import Casebook, Change
from revenuer.app.signing_in.by_passkey import ask_to_register, keep_registered, registered
from revenuer.app.signing_in.own_password import (
    fresh_authenticator,
    fresh_codes_in,
    set_password_in,
)
from revenuer.app.signing_in.sessions import LOGIN, end_all_in
from revenuer.app.signing_in.visitors import Visitor
from revenuer.casework.roles import Actor, Right
from revenuer.errors import ConfigError, NotAllowedError, NotFoundError
from revenuer.instants import micros
from revenuer.servers import ConsoleSettings, Means
from revenuer.store.casebook import people, sessions, sign_in_means
from revenuer.store.casebook.sign_in_means import Passkey


class SignInAgainError(NotAllowedError):
    """Too long ago: whoever sits down at an open session must not be able to keep it."""

    def __init__(self) -> None:
        super().__init__(
            "You signed in too long ago for this.", "Sign in again, and do it within minutes."
        )


@dataclass(frozen=True, slots=True)
class OwnMeans:
    """What a person signs in with.

    Attributes:
        passkeys: Oldest first.
        password_us: When the password was set, microseconds since the epoch; 0 for none.
        codes: Recovery codes that are left.
        oidc: Identities at the organization's own sign-in.
    """

    passkeys: tuple[Passkey, ...]
    password_us: int
    codes: int
    oidc: int

    @property
    def count(self) -> int:
        """How many ways in there are."""
        return len(self.passkeys) + bool(self.password_us) + self.oidc


def own_means(casebook: Casebook, *, actor: Actor, settings: ConsoleSettings) -> OwnMeans:
    """What somebody signs in with."""
    with casebook.reading() as connection:
        return _means(connection, actor.name, settings)


def everybodys_means(
    casebook: Casebook, *, actor: Actor, settings: ConsoleSettings
) -> Mapping[str, OwnMeans]:
    """What each person signs in with, by name."""
    actor.needs(Right.MANAGE)
    with casebook.reading() as connection:
        return {
            one.name: _means(connection, one.name, settings) for one in people.listed(connection)
        }


def is_recent(
    casebook: Casebook, *, actor: Actor, settings: ConsoleSettings, now: datetime
) -> bool:
    """Whether somebody signed in a short while ago."""
    with casebook.reading() as connection:
        found = sessions.with_person(connection, actor.login.removeprefix(f"{LOGIN} "))
    least = now - timedelta(minutes=settings.recent_minutes)
    return found is not None and found[0].begun_us > micros(least)


def ask_for_another(casebook: Casebook, *, actor: Actor, visitor: Visitor) -> dict[str, Any]:
    """What a browser needs to make another passkey for somebody.

    Raises:
        SignInAgainError: They signed in too long ago.
    """
    _need_recent(casebook, actor, visitor)
    return ask_to_register(casebook, actor.name, visitor=visitor)


def add_passkey(
    casebook: Casebook, step: str, answer: str, label: str, *, actor: Actor, visitor: Visitor
) -> Passkey:
    """Keep another passkey of somebody.

    Raises:
        SignInAgainError: They signed in too long ago.
        NotAllowedError: The authenticator made no key that counts.
    """
    _need_recent(casebook, actor, visitor)
    name, handle, made = registered(casebook, step, answer, visitor=visitor)
    if name != actor.name:
        raise NotAllowedError("This was begun by another person.", "Begin again.")
    with casebook.changing(actor, visitor.now) as change:
        return keep_registered(change, handle, made, label, answer)


def remove_passkey(casebook: Casebook, id_: str, *, actor: Actor, visitor: Visitor) -> None:
    """Let a passkey of somebody's sign in no more; their other sessions end.

    Raises:
        SignInAgainError: They signed in too long ago.
        NotFoundError: They have none of this name.
        ConfigError: It is all they have.
    """
    _need_recent(casebook, actor, visitor)
    with casebook.changing(actor, visitor.now) as change:
        if not sign_in_means.remove_passkey(change.connection, actor.name, id_):
            raise NotFoundError("You have no such passkey.", "Look at the list again.")
        said = {"person": actor.name, "means": Means.PASSKEY.value, "passkey": id_}
        _removed(change, said, visitor.settings)


def ask_for_authenticator(casebook: Casebook, *, actor: Actor, visitor: Visitor) -> tuple[str, str]:
    """A new secret for somebody's authenticator: the step, and the secret.

    Raises:
        SignInAgainError: They signed in too long ago.
    """
    _need_recent(casebook, actor, visitor)
    return fresh_authenticator(casebook, visitor=visitor)


def set_password(
    casebook: Casebook, password: str, step: str, code: str, *, actor: Actor, visitor: Visitor
) -> None:
    """Set somebody's password and authenticator anew; their other sessions end.

    Raises:
        SignInAgainError: They signed in too long ago.
        ConfigError: The password is guessed too soon, or the code is wrong.
    """
    _need_recent(casebook, actor, visitor)
    if Means.PASSWORD not in visitor.settings.means:
        raise ConfigError("People do not sign in here like that.", "console.means says how.")
    with casebook.changing(actor, visitor.now) as change:
        set_password_in(casebook, change, password, step, code, visitor)
        _end_others(change)


def remove_password(casebook: Casebook, *, actor: Actor, visitor: Visitor) -> None:
    """Take away somebody's password, authenticator and recovery codes; their other sessions end.

    Raises:
        SignInAgainError: They signed in too long ago.
        ConfigError: It is all they have.
    """
    _need_recent(casebook, actor, visitor)
    nothing = {"password": b"", "password_us": 0, "totp": b"", "totp_us": 0}
    with casebook.changing(actor, visitor.now) as change:
        sign_in_means.change_person(change.connection, actor.name, **nothing)
        sign_in_means.replace_codes(change.connection, actor.name, [], change.now_us)
        said = {"person": actor.name, "means": Means.PASSWORD.value}
        _removed(change, said, visitor.settings)


def fresh_codes(casebook: Casebook, *, actor: Actor, visitor: Visitor) -> list[str]:
    """New recovery codes, shown this once; those before are void.

    Raises:
        SignInAgainError: They signed in too long ago.
        ConfigError: They have no password.
    """
    _need_recent(casebook, actor, visitor)
    with casebook.changing(actor, visitor.now) as change:
        return fresh_codes_in(casebook, change)


def _means(connection: Any, name: str, settings: ConsoleSettings) -> OwnMeans:
    row = sign_in_means.person_of(connection, name)
    issuer = settings.oidc.issuer
    return OwnMeans(
        passkeys=tuple(sign_in_means.passkeys_of(connection, name)),
        password_us=row.password_us if row else 0,
        codes=sign_in_means.codes_left(connection, name),
        oidc=len(sign_in_means.identities_of(connection, name, issuer)) if issuer else 0,
    )


def _need_recent(casebook: Casebook, actor: Actor, visitor: Visitor) -> None:
    if not is_recent(casebook, actor=actor, settings=visitor.settings, now=visitor.now):
        raise SignInAgainError


def _removed(change: Change, said: Mapping[str, str], settings: ConsoleSettings) -> None:
    if not _means(change.connection, change.actor.name, settings).count:
        # Raised inside the change, which takes it back.
        raise ConfigError("Nothing would be left to sign in with.", "Add something else first.")
    change.record("means-removed", said)
    _end_others(change)


def _end_others(change: Change) -> None:
    here = change.actor.login.removeprefix(f"{LOGIN} ")
    end_all_in(change, change.actor.name, "means-changed", but=here)

"""Signing in by password, always together with a code of an authenticator or a recovery code."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from revenuer.app.casebook.opening import Casebook, Change
from revenuer.app.casebook.people import PERSON, plain_name
from revenuer.app.signing_in import passwords, totp
from revenuer.app.signing_in.failures import record_failure
from revenuer.app.signing_in.keyed import mark
from revenuer.app.signing_in.sessions import begin_in, signing_in_as
from revenuer.app.signing_in.visitors import NotSignedInError, Visitor
from revenuer.app.signing_in.waits import Tries
from revenuer.errors import ConfigError
from revenuer.servers import Means
from revenuer.store.casebook import people, sign_in_means
from revenuer.store.casebook.people import Person


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a name; the same shape for one that nobody has."""

    person: Person | None
    password: str
    secret: str


def sign_in_by_password(
    casebook: Casebook, name: str, password: str, code: str, *, visitor: Visitor
) -> str:
    """Let in whoever knows a password and has a code.

    Whatever is wrong, the answer and the work are the same: nobody learns who works here, nor
    which of the two was right.

    Args:
        casebook: Where.
        name: As it was typed.
        password: As it was typed.
        code: Of the authenticator, or a recovery code.
        visitor: Who.

    Returns:
        What the browser shows from now on.

    Raises:
        NotSignedInError: They are not let in.
        TooSoonError: They must wait before they try again.
    """
    plain = _plain(name)
    tries = Tries(casebook, visitor.settings, plain or name.strip(), visitor.address)
    tries.charge(visitor.now)
    with casebook.reading() as connection:
        known = _known(casebook, connection, plain)
    is_right = passwords.is_right(known.password, password)
    step = totp.step_of(known.secret, code, visitor.now)
    is_allowed = Means.PASSWORD in visitor.settings.means
    if is_right and is_allowed and known.person is not None:
        with casebook.changing(signing_in_as(known.person), visitor.now) as change:
            if _second_factor(casebook, change, step, code):
                if passwords.is_outdated(known.password):
                    _hash_again(casebook, change, password)
                tries.forgive(change.connection)
                return begin_in(casebook, change, Means.PASSWORD.value, visitor)
    record_failure(casebook, visitor, Means.PASSWORD.value, known.person, plain or name.strip())
    raise NotSignedInError


def recovery_mark(casebook: Casebook, person: str, code: str) -> str:
    """What is kept of a recovery code: nobody without the keys folder can test guesses."""
    return mark(casebook, "recovery", f"{person}\n{totp.plain_code(code)}")


def _second_factor(casebook: Casebook, change: Change, step: int | None, code: str) -> bool:
    name = change.actor.name
    if step is not None:
        return sign_in_means.take_step(change.connection, name, step)
    used = sign_in_means.use_code(
        change.connection, name, recovery_mark(casebook, name, code), change.now_us
    )
    if used:
        left = sign_in_means.codes_left(change.connection, name)
        change.record("recovery-code-used", {"person": name, "left": left})
    return used


def _known(casebook: Casebook, connection: Connection, name: str) -> _Known:
    person = people.found(connection, name)
    row = sign_in_means.person_of(connection, name)
    sealed = [(row.owner, one) for one in (row.password, row.totp)] if row else [("", b"")] * 2
    password, secret = casebook.vault.unseal_all(connection, sealed)
    if person is None or person.disabled_us or person.kind != PERSON:
        return _Known(None, "", "")
    return _Known(person, (password or b"").decode(), (secret or b"").decode())


def _hash_again(casebook: Casebook, change: Change, password: str) -> None:
    row = sign_in_means.person_of(change.connection, change.actor.name)
    if row is not None:
        kept = passwords.hash_of(password).encode()
        sealed = casebook.vault.seal(change.connection, row.owner, kept, change.now_us)
        sign_in_means.change_person(change.connection, row.person, password=sealed)


def _plain(name: str) -> str:
    try:
        return plain_name(name)
    except ConfigError:
        return ""

"""A person's password and authenticator: set together, and never one without the other."""

from __future__ import annotations

import secrets

from revenuer.app.casebook.opening import Casebook, Change
from revenuer.app.signing_in import passwords, totp
from revenuer.app.signing_in.begun import begin_step, end_step, look_at_step
from revenuer.app.signing_in.by_passkey import HANDLE_BYTES, owner_of
from revenuer.app.signing_in.by_password import recovery_mark
from revenuer.app.signing_in.visitors import Visitor
from revenuer.errors import ConfigError
from revenuer.servers import Means
from revenuer.store.casebook import sign_in_means
from revenuer.store.casebook.sign_in_means import SignInPerson

AUTHENTICATOR = "authenticator"


def fresh_authenticator(casebook: Casebook, *, visitor: Visitor) -> tuple[str, str]:
    """A new secret for an authenticator: the step that keeps it, and the secret."""
    secret = totp.fresh_secret()
    said = {"secret": secret}
    step = begin_step(casebook, AUTHENTICATOR, said, holder=visitor.holder, now=visitor.now)
    return step, secret


def begun_authenticator(casebook: Casebook, step: str, *, visitor: Visitor) -> str:
    """The secret of a step that was begun: a form that was wrong shows the same again.

    Raises:
        StepGoneError: The step is over.
    """
    with casebook.reading() as connection:
        found = look_at_step(
            casebook, connection, AUTHENTICATOR, step, holder=visitor.holder, now=visitor.now
        )
    return str(found["secret"])


def set_password_in(
    casebook: Casebook, change: Change, password: str, step: str, code: str, visitor: Visitor
) -> None:
    """Set the password and the authenticator of the one whose change it is.

    Raises:
        ConfigError: The password is guessed too soon, or the code is wrong.
        StepGoneError: The step is over.
    """
    name, connection = change.actor.name, change.connection
    passwords.check_new(password, about=tuple(name.replace("@", ".").split(".")))
    said = end_step(
        casebook, connection, AUTHENTICATOR, step, holder=visitor.holder, now=visitor.now
    )
    taken = totp.step_of(said["secret"], code, visitor.now)
    if taken is None:
        raise ConfigError(
            "The code is not the one that the authenticator shows.",
            "Wait for the next one; the clocks of both must be right.",
        )
    row = sign_in_means.person_of(connection, name)
    if row is None:
        row = SignInPerson(name, owner_of(name), secrets.token_hex(HANDLE_BYTES))
        sign_in_means.keep_person(connection, row)
    kept = [passwords.hash_of(password).encode(), str(said["secret"]).encode()]
    sealed = casebook.vault.seal_all(connection, [(row.owner, one) for one in kept], change.now_us)
    sign_in_means.change_person(
        connection,
        name,
        password=sealed[0],
        password_us=change.now_us,
        totp=sealed[1],
        totp_us=change.now_us,
        totp_step=taken,
    )
    # Codes went with the authenticator that they stood in for.
    sign_in_means.replace_codes(connection, name, [], change.now_us)
    change.record("means-added", {"person": name, "means": Means.PASSWORD.value})


def fresh_codes_in(casebook: Casebook, change: Change) -> list[str]:
    """New recovery codes of the one whose change it is; those they had are void.

    Raises:
        ConfigError: They have no password: a code stands in for the authenticator beside it.
    """
    name = change.actor.name
    row = sign_in_means.person_of(change.connection, name)
    if row is None or not row.password:
        raise ConfigError("Recovery codes go with a password.", "Set one first.")
    codes = totp.fresh_codes()
    hashes = [recovery_mark(casebook, name, code) for code in codes]
    sign_in_means.replace_codes(change.connection, name, hashes, change.now_us)
    change.record("recovery-codes-made", {"person": name, "codes": len(codes)})
    return codes

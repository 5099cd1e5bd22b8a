"""Passkeys: made for one person and this site, and asked for when they sign in.

The authenticator asks its owner for a finger, a face or a PIN each time, so that a passkey is
two factors; it answers to this site alone, so that a copied page gets nothing.

Source:
    W3C (2021), Web Authentication level 2, sections 7.1 and 7.2, as the package `webauthn` does
    them.
"""

from __future__ import annotations

import json
import secrets
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from revenuer.app.casebook.opening import Casebook, Change
from revenuer.app.signing_in.begun import begin_step, take_step
from revenuer.app.signing_in.failures import record_failure
from revenuer.app.signing_in.sessions import begin_in, signing_in_as
from revenuer.app.signing_in.visitors import NotSignedInError, Visitor
from revenuer.app.signing_in.waits import Tries
from revenuer.errors import ConfigError, NotAllowedError
from revenuer.servers import Means
from revenuer.store.casebook import people, sign_in_means
from revenuer.store.casebook.people import Person
from revenuer.store.casebook.sign_in_means import Passkey, SignInPerson

SIGN_IN, REGISTER = "passkey-sign-in", "passkey-register"
HANDLE_BYTES = 32
LABEL_CHARS = 64
MOST_PASSKEYS = 20
"""Of a person. placeholder"""
MOST_BYTES = 65_536
"""Of what an authenticator answers. placeholder"""


def ask_for_passkey(casebook: Casebook, *, visitor: Visitor) -> dict[str, Any]:
    """What a browser needs to sign somebody in: the options of WebAuthn, and the step.

    Nobody says who they are before: the authenticator knows.
    """
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.structs import UserVerificationRequirement

    options = generate_authentication_options(
        rp_id=_relying_party(visitor), user_verification=UserVerificationRequirement.REQUIRED
    )
    said = {"challenge": bytes_to_base64url(options.challenge)}
    step = begin_step(casebook, SIGN_IN, said, holder=visitor.holder, now=visitor.now)
    return {"step": step, "options": json.loads(options_to_json(options))}


def sign_in_by_passkey(casebook: Casebook, step: str, answer: str, *, visitor: Visitor) -> str:
    """Let in whoever has a passkey.

    Args:
        casebook: Where.
        step: That was begun.
        answer: Of the authenticator, JSON.
        visitor: Who.

    Returns:
        What the browser shows from now on.

    Raises:
        NotSignedInError: They are not let in.
        StepGoneError: The step is over.
        TooSoonError: Their address must wait before it tries again.
    """
    tries = Tries(casebook, visitor.settings, "", visitor.address)
    tries.charge(visitor.now)
    said = take_step(casebook, SIGN_IN, step, holder=visitor.holder, now=visitor.now)
    with casebook.reading() as connection:
        key, person = _whose(connection, answer)
    is_allowed = Means.PASSKEY in visitor.settings.means
    count = _verified(said["challenge"], answer, key, visitor) if key and is_allowed else None
    if key is None or person is None or count is None or person.disabled_us:
        record_failure(casebook, visitor, Means.PASSKEY.value, person)
        raise NotSignedInError
    with casebook.changing(signing_in_as(person), visitor.now) as change:
        sign_in_means.used_passkey(change.connection, key.id, count, change.now_us)
        tries.forgive(change.connection)
        return begin_in(casebook, change, Means.PASSKEY.value, visitor)


def ask_to_register(casebook: Casebook, name: str, *, visitor: Visitor) -> dict[str, Any]:
    """What a browser needs to make a passkey for somebody: the options of WebAuthn, and the step.

    Args:
        casebook: Where.
        name: Whose; they have shown already that they are it.
        visitor: Who.
    """
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    with casebook.reading() as connection:
        row = sign_in_means.person_of(connection, name)
        had = sign_in_means.passkeys_of(connection, name)
    handle = bytes.fromhex(row.handle) if row else secrets.token_bytes(HANDLE_BYTES)
    options = generate_registration_options(
        rp_id=_relying_party(visitor),
        rp_name="Revenuer",
        user_name=name,
        user_id=handle,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one.credential) for one in had],
    )
    said = {
        "challenge": bytes_to_base64url(options.challenge),
        "name": name,
        "handle": handle.hex(),
    }
    step = begin_step(casebook, REGISTER, said, holder=visitor.holder, now=visitor.now)
    return {"step": step, "options": json.loads(options_to_json(options))}


def registered(
    casebook: Casebook, step: str, answer: str, *, visitor: Visitor
) -> tuple[str, str, Any]:
    """What an authenticator made: for whom, their handle, and the key, verified.

    Raises:
        NotAllowedError: It made none that counts.
        StepGoneError: The step is over.
    """
    from webauthn import verify_registration_response
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.exceptions import WebAuthnException

    said = take_step(casebook, REGISTER, step, holder=visitor.holder, now=visitor.now)
    try:
        if len(answer) > MOST_BYTES:
            raise ValueError("too long")
        made = verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(said["challenge"]),
            expected_rp_id=_relying_party(visitor),
            expected_origin=visitor.site,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as problem:
        raise NotAllowedError("No passkey was made.", "Try again.") from problem
    return said["name"], said["handle"], made


def keep_registered(change: Change, handle: str, made: Any, label: str, answer: str) -> Passkey:
    """Keep a passkey of the one whose change it is.

    Raises:
        ConfigError: They have too many.
        NotAllowedError: It is there already.
    """
    name, connection = change.actor.name, change.connection
    _with_handle(change, handle)
    if len(sign_in_means.passkeys_of(connection, name)) >= MOST_PASSKEYS:
        raise ConfigError(f"You have {MOST_PASSKEYS} passkeys already.", "Remove one first.")
    digest = sha256(made.credential_id).hexdigest()
    if sign_in_means.passkey_of(connection, digest) is not None:
        raise NotAllowedError("This passkey is registered already.", "Sign in with it.")
    key = Passkey(
        id=secrets.token_hex(8),
        person=name,
        credential_sha256=digest,
        credential=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        transports=_transports(answer),
        is_synced=int(made.credential_backed_up),
        label=" ".join(label.split())[:LABEL_CHARS] or "passkey",
        created_us=change.now_us,
    )
    sign_in_means.keep_passkey(connection, key)
    said = {"person": name, "means": Means.PASSKEY.value, "passkey": key.id}
    change.record("means-added", said)
    return key


def owner_of(name: str) -> str:
    """Whose key a person's secrets are sealed with; no subject and no case is called so."""
    return f"person:{name}"


def _with_handle(change: Change, handle: str) -> None:
    name = change.actor.name
    if sign_in_means.person_of(change.connection, name) is None:
        row = SignInPerson(person=name, owner=owner_of(name), handle=handle)
        sign_in_means.keep_person(change.connection, row)


def _whose(connection: Connection, answer: str) -> tuple[Passkey | None, Person | None]:
    """The key that an authenticator answered with, and whose it is, if it means the same."""
    from webauthn.helpers import base64url_to_bytes

    try:
        if len(answer) > MOST_BYTES:
            return None, None
        said = json.loads(answer)
        credential = base64url_to_bytes(said["rawId"])
        handle = base64url_to_bytes(said["response"]["userHandle"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None, None
    key = sign_in_means.passkey_of(connection, sha256(credential).hexdigest())
    whose = sign_in_means.person_of_handle(connection, handle.hex())
    if key is None or key.person != whose:
        return None, None
    return key, people.found(connection, key.person)


def _verified(challenge: str, answer: str, key: Passkey, visitor: Visitor) -> int | None:
    """How often the authenticator says it was used; None where its answer does not count."""
    from webauthn import verify_authentication_response
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        found = verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=_relying_party(visitor),
            expected_origin=visitor.site,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):
        return None
    return int(found.new_sign_count)


def _relying_party(visitor: Visitor) -> str:
    if host := visitor.relying_party:
        return host
    raise ConfigError(
        "Passkeys are bound to a name, and this page was called by an address.",
        "Call it by localhost, or by the host of console.public_url.",
    )


def _transports(answer: str) -> str:
    found = json.loads(answer).get("response", {}).get("transports", [])
    known = [str(one) for one in found if str(one).isascii() and len(str(one)) <= 16]
    return " ".join(known)[:128]

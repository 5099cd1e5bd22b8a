"""Taking up an invitation: a person chooses what they sign in with, and is signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from revenuer.app.casebook.opening import Casebook, Change
from revenuer.app.casebook.people import PERSON, plain_name
from revenuer.app.signing_in.by_passkey import ask_to_register, keep_registered, registered
from revenuer.app.signing_in.invitations import FIRST, found_in, look_at
from revenuer.app.signing_in.own_password import AUTHENTICATOR, fresh_authenticator, set_password_in
from revenuer.app.signing_in.sessions import begin_in, signing_in_as
from revenuer.app.signing_in.visitors import Visitor
from revenuer.casework.roles import Role
from revenuer.errors import ConfigError, NotAllowedError
from revenuer.instants import micros
from revenuer.servers import Means
from revenuer.store.casebook import people, sign_in_steps
from revenuer.store.casebook.people import Person
from revenuer.store.casebook.sign_in_steps import Invitation

__all__ = ["AUTHENTICATOR", "ask_invited", "authenticator_for", "enrol_passkey", "enrol_password"]


def ask_invited(casebook: Casebook, code: str, name: str, *, visitor: Visitor) -> dict[str, Any]:
    """What a browser needs to make a passkey for who was invited.

    Args:
        casebook: Where.
        code: Of the invitation.
        name: What the first admin wants to be called; that of an invited person stands.
        visitor: Who.

    Raises:
        InvitationGoneError: There is no such invitation.
        ConfigError: It is no name.
    """
    _needs(Means.PASSKEY, visitor)
    invitation = look_at(casebook, code, now=visitor.now)
    return ask_to_register(casebook, _called(invitation, name), visitor=visitor)


def authenticator_for(casebook: Casebook, code: str, *, visitor: Visitor) -> tuple[str, str]:
    """A new secret for the authenticator of who was invited: the step, and the secret."""
    look_at(casebook, code, now=visitor.now)
    return fresh_authenticator(casebook, visitor=visitor)


def enrol_passkey(
    casebook: Casebook, code: str, step: str, answer: str, label: str, *, visitor: Visitor
) -> str:
    """Take up an invitation with a passkey.

    Args:
        casebook: Where.
        code: Of the invitation.
        step: That `ask_invited` began.
        answer: Of the authenticator, JSON.
        label: What the person calls the key.
        visitor: Who.

    Returns:
        What the browser shows from now on.

    Raises:
        InvitationGoneError: There is no such invitation.
        NotAllowedError: The authenticator made no key that counts.
    """
    _needs(Means.PASSKEY, visitor)
    name, handle, made = registered(casebook, step, answer, visitor=visitor)

    def keep(change: Change) -> None:
        keep_registered(change, handle, made, label, answer)

    return _taken_up(casebook, code, name, keep, Means.PASSKEY, visitor)


def enrol_password(
    casebook: Casebook,
    code: str,
    name: str,
    password: str,
    *,
    step: str,
    first_code: str,
    visitor: Visitor,
) -> str:
    """Take up an invitation with a password and an authenticator.

    Args:
        casebook: Where.
        code: Of the invitation.
        name: What the first admin wants to be called; that of an invited person stands.
        password: Chosen.
        step: That `authenticator_for` began.
        first_code: What the authenticator shows: proof that it took the secret.
        visitor: Who.

    Returns:
        What the browser shows from now on.

    Raises:
        InvitationGoneError: There is no such invitation.
        ConfigError: The password is guessed too soon, the code is wrong, or it is no name.
        StepGoneError: The step is over.
    """
    _needs(Means.PASSWORD, visitor)
    called = _called(look_at(casebook, code, now=visitor.now), name)

    def keep(change: Change) -> None:
        set_password_in(casebook, change, password, step, first_code, visitor)

    return _taken_up(casebook, code, called, keep, Means.PASSWORD, visitor)


def _taken_up(
    casebook: Casebook,
    code: str,
    name: str,
    keep: Callable[[Change], None],
    means: Means,
    visitor: Visitor,
) -> str:
    """Use up the invitation, keep what was chosen, and begin a session: all or nothing."""
    with casebook.reading() as connection:
        invitation = found_in(connection, code, micros(visitor.now))
        person = people.found(connection, invitation.person)
    if invitation.kind == FIRST:
        person = Person(name, PERSON, Role.ADMIN.value, micros(visitor.now))
    if person is None or person.name != name:
        raise NotAllowedError("This is another person's invitation.", "Begin again.")
    with casebook.changing(signing_in_as(person), visitor.now) as change:
        # Looked at again: who came first in between has it.
        invitation = found_in(change.connection, code, change.now_us)
        sign_in_steps.use_invitation(change.connection, invitation.id, change.now_us)
        if invitation.kind == FIRST:
            people.keep(change.connection, person)
            said = {"person": person.name, "kind": person.kind, "role": person.role}
            change.record("person-added", said)
        said = {"person": person.name, "invitation": invitation.id, "invited": invitation.made_by}
        change.record("invitation-taken-up", said)
        keep(change)
        return begin_in(casebook, change, means.value, visitor)


def _called(invitation: Invitation, name: str) -> str:
    return plain_name(name) if invitation.kind == FIRST else invitation.person


def _needs(means: Means, visitor: Visitor) -> None:
    if means not in visitor.settings.means:
        raise ConfigError("People do not sign in here like that.", "console.means says how.")

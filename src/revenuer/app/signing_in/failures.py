"""Failures to sign in, as the audit log has them."""

from __future__ import annotations

from revenuer.app.casebook.opening import Casebook
from revenuer.app.signing_in.keyed import mark_of_address, mark_of_name
from revenuer.app.signing_in.visitors import Visitor
from revenuer.casework.roles import Actor, Role
from revenuer.store.casebook.people import Person

DOOR = "console"
"""Who writes down what strangers do."""


def record_failure(
    casebook: Casebook, visitor: Visitor, means: str, person: Person | None, name: str = ""
) -> None:
    """Write down that somebody was not let in: no secret, no address, no name that nobody has."""
    said = {"means": means, "address": mark_of_address(casebook, visitor.address)}
    if person is not None:
        said["person"] = person.name
    elif name:
        # Who mistypes may type a password here: only whether it is the same again is kept.
        said["name"] = mark_of_name(casebook, name)
    with casebook.changing(Actor(DOOR, Role.VIEWER, login=DOOR), visitor.now) as change:
        change.record("sign-in-failed", said)

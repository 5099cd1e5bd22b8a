"""Steps that begin at the server and end in the same browser: challenges, states, new secrets.

A step is bound to what the browser's forms carry, sealed, ended once, and over after minutes.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection

from revenuer.app.bearer import is_secret
from revenuer.app.casebook.opening import Casebook
from revenuer.errors import NotAllowedError
from revenuer.instants import micros
from revenuer.store.casebook import sign_in_steps
from revenuer.store.casebook.sign_in_steps import Begun

OWNER = "console-sign-in"
"""Whose key steps are sealed with."""
MINUTES = 10.0
"""How long a step can be ended. placeholder"""
ID_BYTES = 16


class StepGoneError(NotAllowedError):
    """A step that is ended took too long, was ended before, or was begun in another browser."""

    def __init__(self) -> None:
        super().__init__("This took too long, or was begun in another window.", "Begin again.")


def begin_step(
    casebook: Casebook, kind: str, said: Mapping[str, Any], *, holder: str, now: datetime
) -> str:
    """Begin a step.

    Args:
        casebook: Where.
        kind: Of what.
        said: What is needed to end it.
        holder: What forms of the browser carry.
        now: When.

    Returns:
        Its name, which is no secret: it is worth nothing in another browser.
    """
    id_ = secrets.token_hex(ID_BYTES)
    body = json.dumps(said).encode()
    now_us = micros(now)
    with casebook.database.writing() as connection:
        sealed = casebook.vault.seal(connection, OWNER, body, now_us)
        until = micros(now + timedelta(minutes=MINUTES))
        row = Begun(id_, kind, _hash(holder), OWNER, sealed, until)
        sign_in_steps.keep_begun(connection, row, now_us)
    return id_


def look_at_step(
    casebook: Casebook, connection: Connection, kind: str, id_: str, *, holder: str, now: datetime
) -> dict[str, Any]:
    """What is needed to end a step; it can be ended still.

    Raises:
        StepGoneError: It cannot.
    """
    found = sign_in_steps.begun_of(connection, id_)
    is_holder = is_secret(holder, found.secret_sha256 if found else "")
    if found is None or not is_holder or found.kind != kind or found.expires_us <= micros(now):
        raise StepGoneError
    body = casebook.vault.unseal(connection, found.owner, found.sealed)
    said: dict[str, Any] = json.loads(body or b"{}")
    return said


def end_step(
    casebook: Casebook, connection: Connection, kind: str, id_: str, *, holder: str, now: datetime
) -> dict[str, Any]:
    """The same, for the last time.

    Raises:
        StepGoneError: It cannot be ended.
    """
    said = look_at_step(casebook, connection, kind, id_, holder=holder, now=now)
    if not sign_in_steps.take_begun(connection, id_):
        raise StepGoneError
    return said


def take_step(
    casebook: Casebook, kind: str, id_: str, *, holder: str, now: datetime
) -> dict[str, Any]:
    """End a step before it is known what comes of it: whoever fails begins again.

    Raises:
        StepGoneError: It cannot be ended.
    """
    with casebook.database.writing() as connection:
        return end_step(casebook, connection, kind, id_, holder=holder, now=now)


def _hash(holder: str) -> str:
    return sha256(holder.encode()).hexdigest()

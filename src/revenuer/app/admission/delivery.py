"""A verification vendor's webhook, taken in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from revenuer.access.answers import Assessment
from revenuer.access.vendor import TOLERANCE_S, genuine, outcome
from revenuer.app.admission.answering import take_outcome
from revenuer.app.admission.desk import Desk
from revenuer.casework.roles import Actor, Role
from revenuer.instants import micros
from revenuer.store.casebook import applications as store

VENDOR = Actor("verification-vendor", Role.ANALYST)
"""Who the audit log says it was; the signature stands for the token."""


def deliver(
    desk: Desk,
    headers: Mapping[str, str],
    payload: bytes,
    *,
    secrets: Sequence[bytes],
    now: datetime,
) -> Assessment | None:
    """Take in a message of the vendor, once.

    Args:
        desk: Where.
        headers: Of the request.
        payload: Its body, byte for byte.
        secrets: Shared with the vendor, as `enforcement.webhooks.read_secrets` reads them.
        now: When it came.

    Returns:
        The application judged anew; None where the message was taken before, or says nothing of
        a check.

    Raises:
        NotAllowedError: It is not genuine, or not fresh.
        NotFoundError: Its application is not kept here.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    rule = desk.policy.vendor
    message = genuine(lowered, payload, rule=rule, secrets=secrets, now_s=now.timestamp())
    found = outcome(payload, rule=rule, at_us=micros(now))
    if found is None:
        return None
    with desk.changing(VENDOR, now) as change:
        if not store.first_delivery(change.connection, message, change.now_us):
            return None
        # Older ones cannot come again: their time is signed and refused.
        store.forget_deliveries(change.connection, change.now_us - 4 * TOLERANCE_S * 1_000_000)
        return take_outcome(desk, change, found)

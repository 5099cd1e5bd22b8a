"""Permits as people look at them: where they stand, what was used, how they are outgrown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from revenuer.app.casebook.opening import Casebook
from revenuer.casework.permit_growth import Counted, count_use, used_up
from revenuer.casework.permits import Permit
from revenuer.casework.roles import Actor, Right
from revenuer.errors import ConflictError, NotFoundError
from revenuer.store.casebook import permit_use, permits
from revenuer.store.casebook.permit_use import Told

SHORTEST_NAME = 4
"""Letters of a permit's id that are enough to name it. placeholder"""


@dataclass(frozen=True, slots=True)
class Seen:
    """A permit, and what is known of it.

    Attributes:
        permit: It.
        said: Where it stands now.
        holder: The id of its account or organization; None if it was erased, or not asked for.
        counted: What was used.
        used: The largest share of a bound that was used; None without a bound.
        growth: How it was outgrown and still is.
    """

    permit: Permit
    said: str
    holder: str | None
    counted: Counted
    used: float | None
    growth: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote about a permit.

    Attributes:
        kind: With which step.
        at_us: When, microseconds since the epoch.
        by: Who.
        text: What; None if it was erased, or who asks may not read it.
    """

    kind: str
    at_us: int
    by: str
    text: str | None


def list_permits(
    casebook: Casebook, *, actor: Actor, now: datetime, show_ids: bool = False
) -> list[Seen]:
    """All permits and what is known of them: the outgrown first, then the newest.

    Args:
        casebook: Where.
        actor: Who asks.
        now: When.
        show_ids: Name holders by their ids, which is recorded.
    """
    actor.needs(Right.READ)
    if show_ids:
        actor.needs(Right.UNMASK)
        with casebook.changing(actor, now) as change:
            every = permits.listed(change.connection)
            found = [_seen(casebook, change.connection, one, now, named=True) for one in every]
            change.record("permits-read", {"permits": len(found)})
    else:
        with casebook.reading() as connection:
            found = [
                _seen(casebook, connection, one, now, named=False)
                for one in permits.listed(connection)
            ]
    return sorted(found, key=lambda one: (not one.growth, -one.permit.requested_at.timestamp()))


def asked_permits(casebook: Casebook, *, actor: Actor) -> list[Permit]:
    """Permits that, or other terms of which, wait for a yes or no; the oldest first."""
    actor.needs(Right.READ)
    with casebook.reading() as connection:
        return permits.asked_for(connection)


def count_outgrown(casebook: Casebook, *, actor: Actor) -> tuple[int, int]:
    """How many permits are outgrown, and when the first was, microseconds since the epoch."""
    actor.needs(Right.READ)
    with casebook.reading() as connection:
        return permit_use.outgrown(connection)


def show_permit(
    casebook: Casebook, name: str, *, actor: Actor, now: datetime, unmask: bool = False
) -> tuple[Seen, list[Written]]:
    """One permit, and what was written about it.

    Args:
        casebook: Where.
        name: Its id, or how that begins.
        actor: Who asks.
        now: When.
        unmask: Read what was written; that is recorded.
    """
    actor.needs(Right.READ)
    if not unmask:
        with casebook.reading() as connection:
            known = permit_named(connection, name, None)
            said = [
                Written(one.kind, one.at_us, one.by, None)
                for one in permits.words_of(connection, known.id)
            ]
            return _seen(casebook, connection, known, now, named=False), said
    actor.needs(Right.UNMASK)
    with casebook.changing(actor, now) as change:
        known = permit_named(change.connection, name, None)
        words = permits.words_of(change.connection, known.id)
        clear = casebook.vault.unseal_all(
            change.connection, [(one.owner, one.sealed) for one in words]
        )
        change.record("permit-read", {"permit": known.id})
        written = [
            Written(one.kind, one.at_us, one.by, None if text is None else text.decode())
            for one, text in zip(words, clear, strict=True)
        ]
        return _seen(casebook, change.connection, known, now, named=True), written


def permit_named(connection: Connection, name: str, expected_version: int | None) -> Permit:
    """The permit whose id this is, or begins.

    Raises:
        NotFoundError: There is none, or there are several.
        ConflictError: It is of another version than expected.
    """
    whole = name if name.startswith("permit--") else f"permit--{name}"
    long = len(whole.removeprefix("permit--")) >= SHORTEST_NAME
    found = permits.found(connection, whole) if long else []
    if len(found) != 1:
        what = "is no permit" if not found else "could be any of several permits"
        raise NotFoundError(f"{name!r} {what}.", "`revenuer permit list` shows them.")
    (one,) = found
    if expected_version is not None and one.version != expected_version:
        raise ConflictError(
            f"{one.id} is of version {one.version}, not {expected_version}: somebody changed it.",
            "Nothing was done. Look at it again.",
        )
    return one


def _seen(
    casebook: Casebook, connection: Connection, permit: Permit, now: datetime, *, named: bool
) -> Seen:
    counted = count_use(permit, permit_use.use_of(connection, permit.id))
    told = permit_use.growth_of(connection, [permit.id])
    growth = tuple(one for one in told if not one.settled_us)
    names = casebook.names_of(connection, [permit.subject]) if named else {}
    holder = names.get(permit.subject)
    return Seen(permit, permit.said(now), holder, counted, used_up(permit, counted), growth)

"""Legal hold: what is held is neither erased nor aged out, and nobody outside is told why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from sqlalchemy import Connection

from revenuer.app.casebook.opening import Casebook
from revenuer.casework.roles import Actor, Right
from revenuer.errors import ConfigError, ConflictError, NotFoundError
from revenuer.instants import moment
from revenuer.store.casebook import holds
from revenuer.store.casebook.holds import ACCOUNT, CASE, Hold

NOT_DISCLOSED = (
    "What is held about this account cannot be erased now. It is kept as the law asks, for no "
    "longer than that and for nothing else; you will be told when it has been erased."
)
"""What somebody is answered whose account is held; that there is a hold, and why, stays here."""


@dataclass(frozen=True, slots=True)
class Held:
    """A hold, for who may see it.

    Attributes:
        hold: Its name.
        kind: `account` or `case`.
        target: The subject, or the case's id.
        why: The reason; empty where it cannot be read any more.
        placed_by: Who said so.
        placed_at: When.
        released_by: Who lifted it; empty while it holds.
        released_at: When; None while it holds.
        released_why: Why.
    """

    hold: str
    kind: str
    target: str
    why: str
    placed_by: str
    placed_at: datetime
    released_by: str
    released_at: datetime | None
    released_why: str


def place_hold(
    casebook: Casebook,
    *,
    case: str = "",
    account: str = "",
    why: str,
    actor: Actor,
    now: datetime,
) -> str:
    """Hold a case or an account; two holds on one thing are two, and each must be lifted.

    Args:
        casebook: Where.
        case: Id of the case; or
        account: id of the account.
        why: The reason, for those who may see holds.
        actor: Who says so.
        now: When.

    Returns:
        Id of the hold.

    Raises:
        ConfigError: Neither or both are named, or there is no reason.
        NotFoundError: There is no such case.
    """
    actor.needs(Right.HOLD)
    kind, target = _target(casebook, case, account)
    reason = _reason(why)
    name = f"hold--{uuid4()}"
    with casebook.changing(actor, now) as change:
        if kind == CASE:
            target = _known_case(change.connection, target)
        else:
            casebook.keep_names(change, [account])
        sealed = casebook.vault.seal(change.connection, name, reason.encode(), change.now_us)
        holds.keep_hold(
            change.connection, Hold(name, kind, target, sealed, actor.name, change.now_us)
        )
        said = {"hold": name, "kind": kind, "target": target, "why_sha256": _digest(reason)}
        change.record("held", said)
    return name


def release_hold(casebook: Casebook, name: str, *, why: str, actor: Actor, now: datetime) -> Hold:
    """Lift a hold.

    Args:
        casebook: Where.
        name: Id of the hold, or how it begins.
        why: The reason.
        actor: Who lifts it.
        now: When.

    Raises:
        NotFoundError: There is no such hold, or there are several.
        ConflictError: It was lifted before.
    """
    actor.needs(Right.HOLD)
    reason = _reason(why)
    with casebook.changing(actor, now) as change:
        hold = _named(change.connection, name)
        lifted = replace(
            hold,
            released_us=change.now_us,
            released_by=actor.name,
            released_why=casebook.vault.seal(change.connection, hold.hold_id, reason.encode()),
        )
        if not holds.lift(change.connection, lifted):
            raise ConflictError(f"{hold.hold_id} was lifted before.", "`revenuer casebook holds`.")
        said = {"hold": hold.hold_id, "target": hold.target, "why_sha256": _digest(reason)}
        change.record("released", said)
    return lifted


def list_holds(casebook: Casebook, *, actor: Actor) -> list[Held]:
    """All holds, those that were lifted too, oldest first."""
    actor.needs(Right.HOLD)
    with casebook.reading() as connection:
        return [_told(casebook, connection, one) for one in holds.holds_listed(connection)]


def holds_on(connection: Connection, targets: Iterable[str]) -> frozenset[str]:
    """Which of these subjects and cases are held."""
    return holds.held(connection, targets)


def _told(casebook: Casebook, connection: Connection, one: Hold) -> Held:
    why, lifted = casebook.vault.unseal_all(
        connection, [(one.hold_id, one.why), (one.hold_id, one.released_why)]
    )
    return Held(
        one.hold_id,
        one.kind,
        one.target,
        (why or b"").decode(),
        one.placed_by,
        moment(one.placed_us),
        one.released_by,
        moment(one.released_us) if one.released_us else None,
        (lifted or b"").decode(),
    )


def _target(casebook: Casebook, case: str, account: str) -> tuple[str, str]:
    if bool(case) == bool(account):
        raise ConfigError("A hold is on a case, or on an account.", "Name one of them.")
    return (CASE, case) if case else (ACCOUNT, casebook.subject(account))


def _known_case(connection: Connection, name: str) -> str:
    """The case of a name, where cases are kept."""
    from revenuer.app.casebook.subject_rows import case_named

    found = case_named(connection, name)
    if found is None:
        raise NotFoundError(f"There is no case {name!r}.", "`revenuer casebook queue` lists them.")
    return found


def _named(connection: Connection, name: str) -> Hold:
    short = name.removeprefix("hold--")
    found = [
        one
        for one in holds.holds_listed(connection)
        if one.hold_id == name or one.hold_id.removeprefix("hold--").startswith(short)
    ]
    if len(found) == 1 and short:
        return found[0]
    raise NotFoundError(
        f"{name!r} is {'no hold' if not found else 'not one hold alone'}.",
        "`revenuer casebook holds` lists them.",
    )


def _reason(why: str) -> str:
    if not why.strip():
        raise ConfigError("Nothing is held or released without a reason.", "Give --why TEXT.")
    return why.strip()


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()

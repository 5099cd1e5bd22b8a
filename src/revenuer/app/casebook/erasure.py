"""Erasing an account: asked, agreed, done place by place, and gone on with after a crash.

```
asked ──another person agrees──> open ──every place is settled──> done
  └──one person suffices──────────^ └──go on──┘
```

The id stays, sealed with a key of the erasure's own, until every place is settled; that key is
destroyed with the last of them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from uuid import uuid4

from revenuer.app.casebook.erased_rows import personal_tables
from revenuer.app.casebook.erasure_plan import decisions_in_force, is_held
from revenuer.app.casebook.erasure_work import (
    DONE,
    Erasure,
    account_of,
    change_row,
    outcome_of,
    remembered,
    told,
    work_on,
)
from revenuer.app.casebook.holding import NOT_DISCLOSED
from revenuer.app.casebook.opening import Casebook, Change
from revenuer.app.casebook.places import Around
from revenuer.casework.roles import Actor, Right
from revenuer.errors import ConfigError, ConflictError, NotAllowedError, NotFoundError
from revenuer.store.casebook import holds
from revenuer.store.casebook.holds import ErasureRow

__all__ = ["ASKED", "DONE", "OPEN", "Erasure", "agree", "erase", "go_on", "list_erasures"]

ASKED, OPEN = "asked", "open"


def erase(
    casebook: Casebook,
    around: Around,
    account_id: str,
    *,
    why: str,
    actor: Actor,
    now: datetime,
    persons: int = 1,
    lets_go: bool = False,
) -> Erasure:
    """Ask for an erasure, agree to one that another asked for, and do it once enough agree.

    Args:
        casebook: Where.
        around: What lies around it.
        account_id: Whom.
        why: The reason, such as the request's number.
        actor: Who asks or agrees.
        now: When.
        persons: How many must agree, 1 or 2.
        lets_go: End decisions in force for the account; without it they forbid the erasure.

    Raises:
        NotAllowedError: It is held, or a decision in force covers it.
        ConfigError: There is no reason.
        ConflictError: The same person asked before, or another changes it just now.
    """
    actor.needs(Right.ERASE)
    if not why.strip():
        raise ConfigError("Nothing is erased without a reason.", "Give --why TEXT.")
    _refuse_held(casebook, account_id, actor, now)
    decisions = list(decisions_in_force(around, account_id, now))
    if decisions and not lets_go:
        raise NotAllowedError(
            f"{len(decisions)} decisions in force cover the account: {', '.join(decisions)}.",
            "Hold it if they must stay; with --let-go they end for it.",
        )
    with casebook.changing(actor, now) as change:
        row = _asked_or_agreed(casebook, change, account_id, why.strip(), persons, lets_go)
    if row.state == ASKED:
        return told(row, ())
    return work_on(casebook, around, row, actor, now)


def go_on(
    casebook: Casebook, around: Around, *, actor: Actor, now: datetime, name: str = ""
) -> list[Erasure]:
    """Go on with every erasure that is not done, or with one.

    Args:
        casebook: Where.
        around: What lies around it.
        actor: Who goes on with it.
        now: When.
        name: Id of one erasure; empty for all.

    Raises:
        NotFoundError: There is none of the name that is open.
    """
    actor.needs(Right.ERASE)
    with casebook.reading() as connection:
        rows = holds.erasures_listed(connection, OPEN)
    if name:
        rows = [one for one in rows if one.erasure_id == name]
        if not rows:
            raise NotFoundError(f"{name} is no open erasure.", "`revenuer casebook erasures`.")
    if not rows:
        # A crash after the last step may have left on the disk what was deleted.
        casebook.database.overwrite_deleted(personal_tables())
    return [work_on(casebook, around, one, actor, now) for one in rows]


def agree(casebook: Casebook, around: Around, name: str, *, actor: Actor, now: datetime) -> Erasure:
    """Agree to an erasure that another person asked for, and do it.

    Args:
        casebook: Where.
        around: What lies around it.
        name: Id of the erasure.
        actor: Who agrees.
        now: When.

    Raises:
        NotFoundError: None of the name waits for somebody.
        NotAllowedError: The account is held, or a decision in force covers it.
        ConflictError: The same person asked for it.
    """
    actor.needs(Right.ERASE)
    with casebook.reading() as connection:
        rows = [one for one in holds.erasures_listed(connection, ASKED) if one.erasure_id == name]
        kept = casebook.vault.unseal(connection, name, rows[0].name) if rows else None
    if not rows or kept is None:
        raise NotFoundError(f"No erasure {name!r} waits.", "`revenuer casebook erasures`.")
    account = account_of(kept)
    lets_go = rows[0].lets_go
    given = {"why": "agreed", "persons": 2, "lets_go": lets_go, "actor": actor, "now": now}
    return erase(casebook, around, account, **given)  # type: ignore[arg-type]


def list_erasures(casebook: Casebook, *, actor: Actor) -> list[Erasure]:
    """All erasures, oldest first."""
    actor.needs(Right.ERASE)
    with casebook.reading() as connection:
        rows = holds.erasures_listed(connection)
        answers = {one.erasure_id: holds.answers_of(connection, one.erasure_id) for one in rows}
    return [told(one, map(outcome_of, answers[one.erasure_id])) for one in rows]


def _refuse_held(casebook: Casebook, account_id: str, actor: Actor, now: datetime) -> None:
    subject = casebook.subject(account_id)
    with casebook.reading() as connection:
        held = is_held(connection, subject)
    if held:
        with casebook.changing(actor, now) as change:
            change.record("erasure-refused", {"subject": subject, "ground": "held"})
        raise NotAllowedError(NOT_DISCLOSED, "`revenuer casebook holds` says why, to admins.")


def _asked_or_agreed(
    casebook: Casebook, change: Change, account_id: str, why: str, persons: int, lets_go: bool
) -> ErasureRow:
    subject, connection = casebook.subject(account_id), change.connection
    there = [
        one for one in holds.erasures_listed(connection, ASKED, OPEN) if one.subject == subject
    ]
    if there:
        return _agreed(change, there[0])
    name = f"erasure--{uuid4()}"
    sealed = casebook.vault.seal_all(
        connection, [(name, remembered(account_id)), (name, why.encode())], change.now_us
    )
    state = OPEN if persons < 2 else ASKED
    id_, reason = sealed
    by, at = change.actor.name, change.now_us
    row = ErasureRow(name, subject, id_, reason, state, lets_go, by, at)
    holds.keep_erasure(connection, row)
    said = {
        "erasure": name,
        "subject": subject,
        "persons": persons,
        "lets_go": lets_go,
        "why_sha256": sha256(why.encode()).hexdigest(),
    }
    change.record("erasure-asked", said)
    return row


def _agreed(change: Change, row: ErasureRow) -> ErasureRow:
    if row.state == OPEN:
        return row
    if row.asked_by == change.actor.name:
        raise ConflictError(
            f"{row.asked_by} asked for it already; another person must agree.",
            "`--by` names who does.",
        )
    opened = replace(row, state=OPEN, agreed_by=change.actor.name)
    change_row(change, opened)
    change.record("erasure-agreed", {"erasure": row.erasure_id, "subject": row.subject})
    return replace(opened, version=row.version + 1)

"""What people do with a case: take it, write notes, dismiss it, let it come back, close it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import numpy as np
from sqlalchemy import Connection

from revenuer.app.casebook.finding import case_named, unchanged
from revenuer.app.casebook.heads import picture
from revenuer.app.casebook.opening import Casebook, Change
from revenuer.app.casebook.people import plain_name
from revenuer.casework.cases import Ground, State, Step, after
from revenuer.casework.roles import Actor, Right
from revenuer.errors import ConfigError, NotFoundError
from revenuer.store.casebook import cases, people
from revenuer.store.casebook.cases import CaseRow
from revenuer.store.casebook.rosters import keep_roster

LONGEST = 20_000
"""Characters of a note or a reason. placeholder"""
NOTE, ASSIGNED = "note", "assigned"
KINDS = {
    Step.TAKE: "taken",
    Step.PUT_BACK: "put-back",
    Step.DISMISS: "dismissed",
    Step.ACT: "actioned",
    Step.CLOSE: "closed",
    Step.REOPEN: "reopened",
    Step.UNDO: "undone",
}
"""What an act is called that changes a state."""


def write_note(casebook: Casebook, name: str, text: str, *, actor: Actor, now: datetime) -> CaseRow:
    """Write a note on a case; it is sealed with the case's key.

    Raises:
        NotFoundError: There is no such case.
        ConfigError: There is no text, or too much.
    """
    actor.needs(Right.WORK)
    words = plain_text(text, "A note")
    with casebook.changing(actor, now) as change:
        row = case_named(change.connection, name)
        write_act(casebook, change, row.case_id, NOTE, text=words)
    return row


def assign(
    casebook: Casebook,
    name: str,
    *,
    to: str,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> CaseRow:
    """Say whose a case is; who takes one for themselves begins to look at it.

    Args:
        casebook: Where.
        name: Of the case.
        to: Whose; empty for nobody's, which puts it back.
        actor: Who says so.
        now: When.
        expected_version: Of the case, as the actor saw it.

    Raises:
        NotFoundError: There is no such case, or nobody of this name works here.
        ConflictError: It was changed meanwhile.
    """
    actor.needs(Right.WORK)
    whose = plain_name(to) if to else ""
    with casebook.changing(actor, now) as change:
        row = case_named(change.connection, name)
        unchanged(row, expected_version)
        if whose:
            refuse_stranger(change.connection, whose)
        state = State(row.state)
        step = None
        if whose == actor.name and state in (State.OPEN, State.REOPENED, State.ACTIONED):
            step = Step.TAKE
        elif not whose and state is State.IN_REVIEW:
            step = Step.PUT_BACK
        cases.change(change.connection, row.case_id, assigned_to=whose)
        write_act(casebook, change, row.case_id, ASSIGNED, {"to": whose})
        if step is not None:
            move(casebook, change, row, step)
        return _again(change, row)


def dismiss(
    casebook: Casebook,
    name: str,
    *,
    ground: Ground,
    why: str,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> CaseRow:
    """Say that nothing is to be done about a case, for the members that it has now.

    It lasts: the case comes back only once it has outgrown that. Only on the ground `innocent`
    are its members known innocents of later scans.

    Raises:
        NotFoundError: There is no such case.
        ConflictError: It is not open, or was changed meanwhile.
        ConfigError: There is no reason.
    """
    actor.needs(Right.WORK)
    words = plain_text(why, "A dismissal")
    with casebook.changing(actor, now) as change:
        row = case_named(change.connection, name)
        unchanged(row, expected_version)
        now_is = picture(change.connection, row.case_id)
        about = {"ground": ground.value, "members": len(now_is.members)}
        number = move(casebook, change, row, Step.DISMISS, about, text=words)
        cases.keep_dismissal(
            change.connection,
            number=number,
            case_id=row.case_id,
            ground=ground.value,
            verdict=now_is.verdict.value,
            families=" ".join(sorted(now_is.families)),
            roster=keep_roster(change.connection, np.array(sorted(now_is.members))),
            last_seen_us=now_is.last_seen_us,
        )
        return _again(change, row)


def reopen(
    casebook: Casebook,
    name: str,
    *,
    why: str,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> CaseRow:
    """Let a case be looked at again; dismissals of it no longer hold.

    Raises:
        NotFoundError: There is no such case.
        ConflictError: Nothing was decided about it, or it was changed meanwhile.
        ConfigError: There is no reason.
    """
    actor.needs(Right.WORK)
    words = plain_text(why, "Reopening a case")
    with casebook.changing(actor, now) as change:
        row = case_named(change.connection, name)
        unchanged(row, expected_version)
        family = cases.family(change.connection, row.case_id)
        gone = cases.withdraw_dismissals(change.connection, family, change.now_us)
        move(casebook, change, row, Step.REOPEN, {"dismissals_withdrawn": gone}, text=words)
        return _again(change, row)


def close(
    casebook: Casebook,
    name: str,
    *,
    why: str,
    actor: Actor,
    now: datetime,
    expected_version: int | None = None,
) -> CaseRow:
    """Say that a case is over; it comes back if its campaign is seen to go on.

    Raises:
        NotFoundError: There is no such case.
        ConflictError: It is closed already, or was changed meanwhile.
        ConfigError: There is no reason.
    """
    actor.needs(Right.WORK)
    words = plain_text(why, "Closing a case")
    with casebook.changing(actor, now) as change:
        row = case_named(change.connection, name)
        unchanged(row, expected_version)
        about = {"verdict": row.verdict, "last_seen_us": row.last_seen_us}
        move(casebook, change, row, Step.CLOSE, about, text=words)
        return _again(change, row)


def move(
    casebook: Casebook,
    change: Change,
    row: CaseRow,
    step: Step,
    about: Mapping[str, Any] | None = None,
    *,
    text: str = "",
) -> int:
    """Take a step with a case, and write it down.

    Returns:
        The number of the act.

    Raises:
        ConflictError: It leads nowhere from where the case is.
    """
    taken_from = _taken_from(change, row) if step is Step.PUT_BACK else State.OPEN
    state = after(State(row.state), step, taken_from)
    values: dict[str, Any] = {"state": state.value, "since_us": change.now_us}
    if state in (State.OPEN, State.REOPENED, State.ACTIONED):
        values["waiting_us"] = change.now_us
    if step is Step.PUT_BACK:
        # It has waited all the time.
        values["waiting_us"] = row.waiting_us
    cases.change(change.connection, row.case_id, **values)
    said = {"from": row.state, "to": state.value, **(about or {})}
    return write_act(casebook, change, row.case_id, KINDS[step], said, text=text)


def _taken_from(change: Change, row: CaseRow) -> State:
    """Where a case was when it was taken the last time."""
    mine = cases.acts_of(change.connection, cases.family(change.connection, row.case_id))
    taken = [one for one in mine if one.kind == KINDS[Step.TAKE]]
    return State(json.loads(taken[-1].body)["from"]) if taken else State.OPEN


def write_act(
    casebook: Casebook,
    change: Change,
    case: str,
    kind: str,
    about: Mapping[str, Any] | None = None,
    *,
    text: str = "",
) -> int:
    """Write down what is done with a case, there and in the audit log.

    The audit log names the row and the digest of what is sealed in it, never the words.

    Returns:
        The number of the act.
    """
    sealed = b""
    if text:
        sealed = casebook.vault.seal(change.connection, case, text.encode(), change.now_us)
    number = cases.note_act(
        change.connection,
        case,
        kind=kind,
        by=change.actor.name,
        at_us=change.now_us,
        body=about,
        sealed=sealed,
    )
    said = {"case": case, "act": number, **(about or {})}
    if sealed:
        said["sealed_sha256"] = sha256(sealed).hexdigest()
    change.record(f"case-{kind}", said)
    return number


def plain_text(text: str, what: str) -> str:
    """Words of a person as they are kept.

    Raises:
        ConfigError: There are none, or too many.
    """
    words = text.strip()
    if not words:
        raise ConfigError(f"{what} needs words.", "Say in a sentence what others should know.")
    if len(words) > LONGEST:
        raise ConfigError(f"{what} has {len(words):,} characters.", f"{LONGEST:,} is the most.")
    return words


def refuse_stranger(connection: Connection, name: str) -> None:
    """Refuse to give a case to somebody who does not work here.

    Raises:
        NotFoundError: They do not.
    """
    found = people.found(connection, name)
    if found is None and not people.count(connection):
        return
    if found is None or found.disabled_us:
        raise NotFoundError(
            f"{name} does not work with this casebook.",
            "`revenuer casebook person list` shows who does.",
        )


def _again(change: Change, row: CaseRow) -> CaseRow:
    found = cases.found(change.connection, row.case_id)
    assert found is not None
    return found

"""The newest that is known of a case, and whether that makes it come back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from revenuer.app.casebook.opening import Casebook, Change
from revenuer.casework.cases import (
    Outgrown,
    Picture,
    State,
    Step,
    after,
    gravest,
    is_active_again,
    outgrown,
)
from revenuer.records import Verdict
from revenuer.store.casebook import cases, sightings
from revenuer.store.casebook.case_tables import campaign_sightings, case_campaigns
from revenuer.store.casebook.rosters import rosters

OUTGROWN, ACTIVE_AGAIN = "outgrown", "active-again"
"""Kinds of acts by which a case comes back by itself."""


@dataclass(frozen=True, slots=True)
class Reopened:
    """A case that came back.

    Attributes:
        case: Its id.
        kind: `outgrown` or `active-again`.
        decided_by: Who had dismissed or closed it.
        decided_us: When, microseconds since the epoch.
        outgrown: What is new; None where it is only that it goes on.
    """

    case: str
    kind: str
    decided_by: str
    decided_us: int
    outgrown: Outgrown | None = None


def refresh(connection: Connection, case: str) -> None:
    """Note the newest that is known of a case in its row."""
    head = sightings.head_of(connection, case)
    if not head:
        return
    first = (
        select(func.min(campaign_sightings.c.first_seen_us))
        .join(case_campaigns, case_campaigns.c.campaign_id == campaign_sightings.c.campaign_id)
        .where(case_campaigns.c.case_id == case)
    )
    tokens = sum(row.tokens_a_day for row in head)
    before = sum(row.tokens_a_day / row.growth for row in head)
    methods = sorted({name for row in head for name in row.methods.split()})
    cases.change(
        connection,
        case,
        sighting_id=head[0].sighting_id,
        verdict=gravest([Verdict(row.verdict) for row in head]).value,
        probability=max(row.probability for row in head),
        accounts=sum(row.accounts for row in head),
        exchanges=sum(row.exchanges for row in head),
        output_tokens=sum(row.output_tokens for row in head),
        tokens_a_day=tokens,
        growth=tokens / before if before else 1.0,
        first_seen_us=connection.execute(first).scalar_one(),
        last_seen_us=max(row.last_seen_us for row in head),
        seen_us=head[0].at_us,
        methods=" ".join(methods),
    )


def picture(connection: Connection, case: str) -> Picture:
    """What a case is now, as far as decisions depend on it."""
    head = sightings.head_of(connection, case)
    members = rosters(connection, {row.roster for row in head})
    return Picture(
        verdict=gravest([Verdict(row.verdict) for row in head]),
        families=_families(head),
        members=frozenset(number for one in members.values() for number in one.tolist()),
        last_seen_us=max(row.last_seen_us for row in head),
    )


def dismissed_picture(connection: Connection, family: Sequence[str]) -> Picture | None:
    """What dismissals of a case cover together; None without any that stands."""
    standing = cases.dismissals_of(connection, family)
    if not standing:
        return None
    members = rosters(connection, {row.roster for row in standing})
    return Picture(
        verdict=gravest([Verdict(row.verdict) for row in standing]),
        families=_families(standing),
        members=frozenset(number for one in members.values() for number in one.tolist()),
        last_seen_us=max(row.last_seen_us for row in standing),
    )


def look_again(casebook: Casebook, change: Change, case: str) -> Reopened | None:
    """Let a case come back whose campaign is no longer what was decided about."""
    connection = change.connection
    row = cases.found(connection, case)
    assert row is not None
    state = State(row.state)
    if state not in (State.DISMISSED, State.CLOSED):
        return None
    family = cases.family(connection, case)
    back = _outgrown(connection, row, family) or _goes_on(connection, row, family)
    if back is None:
        return None
    what = back.outgrown
    about: dict[str, Any] = {"decided_by": back.decided_by, "decided_us": back.decided_us}
    if what is not None:
        about |= {
            "new_members": what.new_members,
            "members": what.members,
            "verdict_before": what.verdict_before.value,
            "verdict": what.verdict.value,
            "new_families": list(what.new_families),
        }
    cases.change(
        connection,
        case,
        state=after(state, Step.OUTGROW).value,
        since_us=change.now_us,
        waiting_us=change.now_us,
    )
    by = change.actor.name
    cases.note_act(connection, case, kind=back.kind, by=by, at_us=change.now_us, body=about)
    return back


def _outgrown(connection: Connection, row: cases.CaseRow, family: Sequence[str]) -> Reopened | None:
    then = dismissed_picture(connection, family)
    if then is None:
        return None
    what = outgrown(then, picture(connection, row.case_id))
    if what is None:
        return None
    made = _last_act(connection, family, "dismissed")
    assert made is not None
    return Reopened(row.case_id, OUTGROWN, made.by, made.at_us, what)


def _goes_on(connection: Connection, row: cases.CaseRow, family: Sequence[str]) -> Reopened | None:
    """Whether a closed campaign goes on; that a dismissed one does is nothing new."""
    if row.state != State.CLOSED or cases.dismissals_of(connection, family):
        return None
    made = _last_act(connection, family, "closed")
    assert made is not None
    body = json.loads(made.body)
    closed = Picture(Verdict(body["verdict"]), frozenset(), frozenset(), int(body["last_seen_us"]))
    if not is_active_again(closed, picture(connection, row.case_id)):
        return None
    return Reopened(row.case_id, ACTIVE_AGAIN, made.by, made.at_us)


def _last_act(connection: Connection, family: Sequence[str], kind: str) -> Row[Any] | None:
    made = [row for row in cases.acts_of(connection, family) if row.kind == kind]
    return made[-1] if made else None


def _families(rows: Sequence[Row[Any]]) -> frozenset[str]:
    return frozenset(name for row in rows for name in row.families.split())

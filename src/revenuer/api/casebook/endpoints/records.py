"""Legal holds, what is held about somebody, and its erasure."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from revenuer.api.casebook.endpoint import Call, Document, Endpoint
from revenuer.api.casebook.shapes.records import (
    AtHold,
    ErasureGiven,
    NewHold,
    PlacedHold,
    ReleaseGiven,
    ShownErasure,
    ShownHold,
    ShownOutcome,
    ShownSection,
    ShownTransparency,
    SpanQuery,
    SubjectGiven,
)
from revenuer.app.casebook import erasure as app
from revenuer.app.casebook import holding
from revenuer.app.casebook.appeal_work import Office
from revenuer.app.casebook.holding import Held
from revenuer.app.casebook.places import Around
from revenuer.app.casebook.subject_access import hand_out
from revenuer.app.casebook.transparency import transparency
from revenuer.casework.roles import Right
from revenuer.errors import ConfigError


def list_holds(call: Call[None, None, None]) -> list[ShownHold]:
    """All legal holds, those that were lifted too."""
    return [ShownHold(**_hold(one)) for one in holding.list_holds(call.casebook, actor=call.actor)]


def place_hold(call: Call[None, None, NewHold]) -> PlacedHold:
    """Hold a case or an account: nothing of it is erased or runs out."""
    made = holding.place_hold(
        call.casebook,
        case=call.body.case or "",
        account=call.body.account or "",
        why=call.body.why,
        actor=call.actor,
        now=call.now,
    )
    return PlacedHold(id=made)


def release_hold(call: Call[AtHold, None, ReleaseGiven]) -> PlacedHold:
    """Lift a legal hold."""
    lifted = holding.release_hold(
        call.casebook, call.path.hold, why=call.body.why, actor=call.actor, now=call.now
    )
    return PlacedHold(id=lifted.hold_id)


def give_subject_access(call: Call[None, None, SubjectGiven]) -> Document:
    """All that is held about an account, for whom it is about; that is recorded."""
    with tempfile.TemporaryDirectory(prefix="revenuer-") as work:
        done = hand_out(
            call.casebook,
            _around(call),
            call.body.account,
            Path(work) / "subject.json",
            actor=call.actor,
            now=call.now,
        )
        return Document(done.file.read_bytes(), "subject.json")


def list_erasures(call: Call[None, None, None]) -> list[ShownErasure]:
    """All erasures, and where each stands."""
    return [_erasure(one) for one in app.list_erasures(call.casebook, actor=call.actor)]


def erase(call: Call[None, None, ErasureGiven]) -> ShownErasure:
    """Ask for an erasure, or agree to one that another asked for; it is done once enough agree."""
    done = app.erase(
        call.casebook,
        _around(call),
        call.body.account,
        why=call.body.why,
        actor=call.actor,
        now=call.now,
        persons=call.settings.retention.erasure_persons,
        lets_go=call.body.let_go,
    )
    return _erasure(done)


def continue_erasures(call: Call[None, None, None]) -> list[ShownErasure]:
    """Go on with every erasure that is not done."""
    done = app.go_on(call.casebook, _around(call), actor=call.actor, now=call.now)
    return [_erasure(one) for one in done]


def report_transparency(call: Call[None, SpanQuery, None]) -> ShownTransparency:
    """Count what was done about whom, and how appeals went, without pointing at anybody."""
    begins, ends = (
        datetime.combine(day, time(), UTC) for day in (call.query.since, call.query.until)
    )
    if ends <= begins:
        raise ConfigError("The span ends before it begins.", "Give a later until.")
    report = transparency(
        call.casebook,
        _around(call),
        since=begins,
        until=ends,
        smallest=call.settings.retention.smallest_count,
        clock=Office(call.casebook, (), call.settings.appeals).clock,
        actor=call.actor,
    )
    return ShownTransparency(
        since=report.since,
        until=report.until,
        smallest=report.smallest,
        sections=[
            ShownSection(name=one.name, said=one.said, counts=one.shown())
            for one in report.sections
        ],
    )


ENDPOINTS = (
    Endpoint("GET", "/v1/holds", Right.HOLD, list_holds),
    Endpoint("POST", "/v1/holds", Right.HOLD, place_hold, status=201),
    Endpoint("POST", "/v1/holds/{hold}/release", Right.HOLD, release_hold),
    Endpoint("POST", "/v1/subject-access", Right.ERASE, give_subject_access, keeps=False),
    Endpoint("GET", "/v1/transparency", Right.READ, report_transparency),
    Endpoint("GET", "/v1/erasures", Right.ERASE, list_erasures),
    Endpoint("POST", "/v1/erasures", Right.ERASE, erase, outside=True),
    Endpoint("POST", "/v1/erasures/continuation", Right.ERASE, continue_erasures, outside=True),
)


def _around(call: Call[Any, Any, Any]) -> Around:
    settings = call.settings
    snapshots = tuple(Path(one).resolve() for one in settings.casebook.snapshots)
    share = Path(settings.share.folder) if settings.share.folder else None
    return Around(call.keys, snapshots, share)


def _hold(one: Held) -> dict[str, Any]:
    return {
        "id": one.hold,
        "kind": one.kind,
        "target": one.target,
        "why": one.why,
        "placed_by": one.placed_by,
        "placed_at": one.placed_at,
        "released_by": one.released_by,
        "released_at": one.released_at,
        "released_why": one.released_why,
    }


def _erasure(one: app.Erasure) -> ShownErasure:
    return ShownErasure(
        id=one.id,
        subject=one.subject,
        state=one.state,
        asked_by=one.asked_by,
        agreed_by=one.agreed_by,
        held=one.held,
        places=[
            ShownOutcome(
                kind=place.kind,
                name=Path(place.where).name,
                answer=place.answer.value,
                said=place.said,
                to_do=place.to_do,
            )
            for place in one.places
        ],
    )

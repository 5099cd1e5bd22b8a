"""Sign-ups: judged, checked, and decided by a person where the program holds them."""

from __future__ import annotations

from typing import Any

import msgspec

from revenuer.access.applications import LATEST_US, Application, Outcome, read
from revenuer.api.casebook.endpoint import Call, Endpoint
from revenuer.api.casebook.shapes.assessments import (
    AtApplication,
    DecisionGiven,
    HeldQuery,
    NewApplications,
    OutcomeGiven,
    ShownDecided,
    ShownHeld,
)
from revenuer.app.admission import answering, showing
from revenuer.app.admission.batch import shown
from revenuer.app.admission.desk import Desk
from revenuer.app.admission.keeping import assess
from revenuer.app.casebook.opening import micros
from revenuer.casework.roles import Right
from revenuer.errors import ConfigError


def assess_applications(call: Call[None, None, NewApplications]) -> list[dict[str, Any]]:
    """Judge applications, in their order; all of them are kept, or none."""
    rows = [read(_said(one)) for one in call.body.applications]
    given = [one for one in rows if isinstance(one, Application)]
    if len(given) < len(rows):
        raise ConfigError("An application has no id that can be used.", "Give application_id.")
    answers = assess(_desk(call), given, actor=call.actor, now=call.now)
    return [shown(one) for one in answers]


def list_held(call: Call[None, HeldQuery, None]) -> list[ShownHeld]:
    """The sign-up queue: applications that wait for a person, the oldest first."""
    waiting = showing.held(_desk(call), actor=call.actor, limit=call.query.limit)
    return [
        ShownHeld(
            application_id=one.application_id,
            since=one.since,
            until=one.until,
            log_evidence=one.log_evidence,
            reasons=list(one.reasons),
        )
        for one in waiting
    ]


def show_assessment(call: Call[AtApplication, None, None]) -> dict[str, Any]:
    """How an application stands: answer, reasons, checks, programme, decision."""
    return showing.show(_desk(call), call.path.application, actor=call.actor, now=call.now)


def show_statement(call: Call[AtApplication, None, None]) -> dict[str, Any]:
    """What the applicant may be told, and nothing else."""
    return showing.statement(_desk(call), call.path.application, actor=call.actor)


def record_outcome(call: Call[AtApplication, None, OutcomeGiven]) -> dict[str, Any]:
    """Take in how a check came out, and judge the application anew."""
    said = call.body
    at_us = min(micros(said.at or call.now), LATEST_US)
    outcome = Outcome(call.path.application, said.check, said.result, at_us, said.reference)
    return shown(answering.record_outcome(_desk(call), outcome, actor=call.actor, now=call.now))


def decide_application(call: Call[AtApplication, None, DecisionGiven]) -> ShownDecided:
    """Decide about an application in the place of the program."""
    row = answering.decide(
        _desk(call),
        call.path.application,
        accept=call.body.accept,
        note=call.body.why,
        actor=call.actor,
        now=call.now,
        expected_version=call.version,
    )
    return ShownDecided(
        application_id=call.path.application, decided=row.decided, version=row.version
    )


_ONE = "/v1/assessments/{application}"
ENDPOINTS = (
    Endpoint("POST", "/v1/assessments", Right.ASSESS, assess_applications, outside=True),
    Endpoint("GET", "/v1/assessments", Right.READ, list_held),
    Endpoint("GET", _ONE, Right.READ, show_assessment),
    Endpoint("GET", f"{_ONE}/statement", Right.READ, show_statement),
    Endpoint("POST", f"{_ONE}/outcomes", Right.ASSESS, record_outcome, outside=True),
    Endpoint(
        "POST", f"{_ONE}/decision", Right.WORK, decide_application, versioned=True, outside=True
    ),
)


def _desk(call: Call[Any, Any, Any]) -> Desk:
    return call.admission.desk()


def _said(one: msgspec.Struct) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(one).items() if value is not None}

"""Sign-ups: judged, checked, and decided by a person where the program holds them."""

from __future__ import annotations

from typing import Any

import msgspec

from revenuer.access.applications import LATEST_US, Application, Outcome, read
from revenuer.api.casebook.endpoint import Call, Endpoint, Signed
from revenuer.api.casebook.places import scan_at
from revenuer.api.casebook.shapes.assessments import (
    AtApplication,
    DecisionGiven,
    HeldQuery,
    NewAcquittal,
    NewApplications,
    NewRecheck,
    OutcomeGiven,
    ShownAcquittal,
    ShownChanged,
    ShownDecided,
    ShownDue,
    ShownHeld,
    ShownRecheck,
)
from revenuer.app.admission import answering, rechecking, showing
from revenuer.app.admission.batch import shown
from revenuer.app.admission.delivery import deliver
from revenuer.app.admission.desk import Desk
from revenuer.casework.roles import Right
from revenuer.errors import ConfigError
from revenuer.instants import micros


def assess_applications(call: Call[None, None, NewApplications]) -> list[dict[str, Any]]:
    """Judge applications, in their order; all of them are kept, or none."""
    rows = [read(_said(one)) for one in call.body.applications]
    given = [one for one in rows if isinstance(one, Application)]
    if len(given) < len(rows):
        raise ConfigError("An application has no id that can be used.", "Give application_id.")
    answers = call.admission.together.assess(_desk(call), given, actor=call.actor, now=call.now)
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


def recheck_applications(call: Call[None, None, NewRecheck]) -> ShownRecheck:
    """Take in what scans convicted, judge again who was accepted, and name programmes due.

    Nobody is locked out by this: an answer that became harder is told, and joins the queue.
    """
    scans = [scan_at(call.settings, name) for name in call.body.scans]
    done = rechecking.recheck(_desk(call), actor=call.actor, now=call.now, scans=scans)
    return ShownRecheck(
        convicted=done.convicted,
        acquitted=done.acquitted,
        judged=done.judged,
        changed=[
            ShownChanged(
                application_id=one.application_id,
                before=one.before,
                answer=one.answer,
                reasons=list(one.reasons),
            )
            for one in done.changed
        ],
        due=[
            ShownDue(
                application_id=one.application_id,
                programme=one.programme,
                state=one.state,
                asks=list(one.asks),
                misfits=list(one.misfits),
            )
            for one in done.due
        ],
    )


def acquit_accounts(call: Call[None, None, NewAcquittal]) -> ShownAcquittal:
    """Take convictions back at sign-up, such as after an appeal: nothing is inherited from them."""
    freed = rechecking.acquit(_desk(call), call.body.accounts, actor=call.actor, now=call.now)
    return ShownAcquittal(acquitted=freed)


def take_vendor_message(call: Call[None, None, Signed]) -> None:
    """Take in a message of the verification vendor, once, and judge its application anew.

    It takes no token: the vendor signs the body as it came and the time, as the policy's `vendor`
    says, with a secret of the file `access.vendor_secrets`. Who does not, or more than five minutes
    before or after, is told 403. A message that came before, or says nothing of a check, is 204.
    """
    said = call.body
    deliver(
        _desk(call),
        said.headers,
        said.payload,
        secrets=call.admission.secrets(),
        now=call.now,
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
    Endpoint("POST", "/v1/rechecks", Right.WORK, recheck_applications, outside=True),
    Endpoint("POST", "/v1/acquittals", Right.APPROVE, acquit_accounts, outside=True),
    Endpoint("POST", "/v1/vendor-messages", None, take_vendor_message, keeps=False, raw=True),
)


def _desk(call: Call[Any, Any, Any]) -> Desk:
    return call.admission.desk()


def _said(one: msgspec.Struct) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(one).items() if value is not None}

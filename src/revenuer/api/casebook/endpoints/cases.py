"""Cases: what scans found, whose they are, and what people decided."""

from __future__ import annotations

from typing import Any

from revenuer.api.casebook.endpoint import Call, Endpoint
from revenuer.api.casebook.places import scan_at
from revenuer.api.casebook.shapes.cases import (
    Assignment,
    AtCase,
    CaseQuery,
    CaseReason,
    Dismissal,
    NewNote,
    ShownCampaign,
    ShownCase,
    ShownEvidence,
    ShownExplanation,
    ShownMade,
    Sort,
    WholeCase,
)
from revenuer.api.casebook.shapes.scans import ScanGiven, ShownAdded
from revenuer.api.casebook.words import (
    Page,
    ShownReason,
    paged,
    place_of,
)
from revenuer.app.casebook import reading, working
from revenuer.app.casebook.add import Added
from revenuer.app.casebook.following import Followed, take_in
from revenuer.app.casebook.reading import CampaignSeen, CaseView
from revenuer.casework.cases import State
from revenuer.casework.roles import Right
from revenuer.instants import moment
from revenuer.records import Verdict
from revenuer.store.casebook.cases import CaseRow

_COLUMN = {
    Sort.SEEN: "seen_us",
    Sort.OPENED: "opened_us",
    Sort.ACCOUNTS: "accounts",
    Sort.TOKENS_A_DAY: "tokens_a_day",
    Sort.PROBABILITY: "probability",
}


def list_cases(call: Call[None, CaseQuery, None]) -> Page[ShownCase]:
    """Cases in short."""
    query = call.query
    kind = f"cases by {query.sort}"
    column = _COLUMN[query.sort]
    after = place_of(query.cursor, kind, tuple[float, str])
    rows = reading.list_cases(
        call.casebook,
        actor=call.actor,
        states=query.state,
        verdicts=query.verdict,
        assigned_to=query.assigned_to,
    )
    order = sorted(((float(getattr(one, column)), one.case_id), one) for one in rows)[::-1]
    rest = [(place, one) for place, one in order if after is None or place < after]
    some = rest[: query.limit + 1]
    places = {one.case_id: place for place, one in some}
    shown = [ShownCase(**_plain(one)) for _, one in some]
    return paged(shown, query.limit, lambda last: places[last.id], kind)


def show_case(call: Call[AtCase, None, None]) -> WholeCase:
    """One case with all that is known of it; accounts by fingerprint, texts masked."""
    view = reading.show_case(
        call.casebook,
        call.path.case,
        actor=call.actor,
        now=call.now,
        snapshots=call.settings.casebook.snapshots,
    )
    return whole_case(view)


def write_note(call: Call[AtCase, None, NewNote]) -> ShownCase:
    """Write a note on a case; two people's notes never hinder each other."""
    row = working.write_note(
        call.casebook, call.path.case, call.body.text, actor=call.actor, now=call.now
    )
    return ShownCase(**_plain(row))


def assign_case(call: Call[AtCase, None, Assignment]) -> ShownCase:
    """Say whose a case is; who takes one for themselves begins to look at it."""
    return _worked(call, working.assign, to=call.body.to or "")


def dismiss_case(call: Call[AtCase, None, Dismissal]) -> ShownCase:
    """Say that nothing is to be done about a case, until it has outgrown that."""
    return _worked(call, working.dismiss, ground=call.body.ground, why=call.body.why)


def reopen_case(call: Call[AtCase, None, CaseReason]) -> ShownCase:
    """Let a case be looked at again."""
    return _worked(call, working.reopen, why=call.body.why)


def close_case(call: Call[AtCase, None, CaseReason]) -> ShownCase:
    """Say that a case is over; it comes back if its campaign goes on."""
    return _worked(call, working.close, why=call.body.why)


def add_scan(call: Call[None, None, ScanGiven]) -> ShownAdded:
    """Add what a scan or a watch found, and do what follows from it, as `casebook add` does."""
    done = take_in(
        call.admission.index(),
        [scan_at(call.settings, call.body.scan)],
        call.settings.casebook.snapshots,
        actor=call.actor,
        now=call.now,
        casebook=call.casebook,
    )
    (added,) = done.added
    return _added(added, done.followed)


_ONE = "/v1/cases/{case}"


ENDPOINTS = (
    Endpoint("GET", "/v1/cases", Right.READ, list_cases),
    Endpoint("GET", _ONE, Right.READ, show_case),
    Endpoint("POST", f"{_ONE}/notes", Right.WORK, write_note, status=201),
    Endpoint("POST", f"{_ONE}/assignment", Right.WORK, assign_case, versioned=True),
    Endpoint("POST", f"{_ONE}/dismissal", Right.WORK, dismiss_case, versioned=True),
    Endpoint("POST", f"{_ONE}/reopening", Right.WORK, reopen_case, versioned=True),
    Endpoint("POST", f"{_ONE}/closing", Right.WORK, close_case, versioned=True),
    Endpoint("POST", "/v1/scans", Right.WORK, add_scan),
)


def _worked(call: Call[AtCase, Any, Any], work: Any, **said: Any) -> ShownCase:
    row = work(
        call.casebook,
        call.path.case,
        **said,
        actor=call.actor,
        now=call.now,
        expected_version=call.version,
    )
    return ShownCase(**_plain(row))


def _plain(row: CaseRow) -> dict[str, Any]:
    return {
        "id": row.case_id,
        "state": State(row.state),
        "version": row.version,
        "opened_at": moment(row.opened_us),
        "since": moment(row.since_us),
        "waiting_since": moment(row.waiting_us) if row.waiting_us else None,
        "assigned_to": row.assigned_to or None,
        "verdict": Verdict(row.verdict),
        "probability": row.probability,
        "accounts": row.accounts,
        "exchanges": row.exchanges,
        "output_tokens": row.output_tokens,
        "tokens_a_day": row.tokens_a_day,
        "growth": row.growth,
        "first_seen": moment(row.first_seen_us),
        "last_seen": moment(row.last_seen_us),
        "methods": row.methods.split(),
    }


def whole_case(view: CaseView) -> WholeCase:
    """A case as the API writes it."""
    return WholeCase(
        **_plain(view.row),
        merged=list(view.family),
        campaign_ids=list(view.campaigns),
        campaigns=[_campaign(one) for one in view.seen],
        sightings=view.sightings,
        decisions=[
            ShownMade(
                id=one.decision.id,
                snapshot=one.snapshot.stem,
                campaign=one.decision.campaign,
                action=one.decision.action,
                status=one.decision.status.value,
                by=one.decision.by,
                approvers=list(one.decision.approvers),
                made_at=one.decision.made_at,
                until=one.decision.until,
            )
            for one in view.made
        ],
        acts=[
            ShownReason(kind=one.kind, at=moment(one.at_us), by=one.by, text=one.text)
            for one in view.acts
        ],
        related=dict(view.related),
        texts=view.texts,
        signups=dict(view.signups),
        unreadable=len(view.problems),
    )


def _campaign(one: CampaignSeen) -> ShownCampaign:
    row, told = one.figures, one.told
    return ShownCampaign(
        id=row.campaign_id,
        verdict=Verdict(row.verdict),
        probability=row.probability,
        log_e_value=row.log_e_value,
        coordination=row.coordination,
        extraction=row.extraction,
        concealment=row.concealment,
        accounts=row.accounts,
        innocents_nearby=row.innocents_nearby,
        exchanges=row.exchanges,
        output_tokens=row.output_tokens,
        evidence=None
        if told is None
        else [
            ShownEvidence(
                kind=piece.kind,
                axis=piece.axis,
                statement=piece.statement,
                log_e_value=piece.log_e_value,
                accounts=len(piece.members),
                exchanges=len(piece.exchange_ids),
            )
            for piece in told.evidence
        ],
        explanations=None
        if told is None
        else [
            ShownExplanation(name=each.name, why_rejected=each.why_rejected)
            for each in told.explanations
        ],
    )


def _added(added: Added, followed: Followed) -> ShownAdded:
    return ShownAdded(
        sighting=added.sighting,
        is_new=added.is_new,
        campaigns=added.campaigns,
        opened=list(added.opened),
        grown=list(added.grown),
        merged=dict(added.merged or {}),
        reopened=[one.case for one in added.reopened],
        actioned=list(followed.synced.actioned),
        undone=list(followed.synced.undone),
        convicted=followed.convicted,
        acquitted=followed.acquitted,
        unreadable=len(followed.synced.problems),
    )

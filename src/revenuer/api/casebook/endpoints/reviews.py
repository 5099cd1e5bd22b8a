"""What people look at first, what happened to a case, and the texts that its evidence cites."""

from __future__ import annotations

from revenuer.api.casebook.endpoint import Call, Endpoint
from revenuer.api.casebook.shapes.cases import AtCase
from revenuer.api.casebook.shapes.reviews import (
    AtText,
    MaskedText,
    QueueQuery,
    ShownExchange,
    ShownLine,
    ShownPlace,
    ShownQueue,
    Unmasking,
)
from revenuer.api.casebook.words import Page, Pages, paged, place_of
from revenuer.app.casebook.reviews import queue
from revenuer.app.casebook.timeline import timeline
from revenuer.app.casebook.unmasking import list_texts, unmask
from revenuer.casework.roles import Right
from revenuer.instants import moment


def show_queue(call: Call[None, QueueQuery, None]) -> ShownQueue:
    """Cases that wait for a person, those whose review averts most first."""
    query, settings = call.query, call.settings.casebook
    found = queue(
        call.casebook,
        per_day=settings.reviews_per_day,
        actor=call.actor,
        now=call.now,
        snapshots=settings.snapshots,
        for_=query.assigned_to,
    )
    places = [
        ShownPlace(
            place=one.place,
            case=one.case.case,
            today=one.today,
            harm_a_day=one.harm_a_day,
            assigned_to=one.case.assigned_to or None,
            reasons=list(one.reasons),
        )
        for one in found.places[: query.limit]
    ]
    return ShownQueue(
        places=places,
        waiting=len(found.places),
        per_day=found.per_day,
        done_today=found.done_today,
        unreadable=len(found.problems),
    )


def show_timeline(call: Call[AtCase, Pages, None]) -> Page[ShownLine]:
    """What happened to a case, oldest first: seen, grown, decided, noted."""
    lines = timeline(
        call.casebook,
        call.path.case,
        actor=call.actor,
        snapshots=call.settings.casebook.snapshots,
    )
    begin = place_of(call.query.cursor, "timeline", int) or 0
    end = begin + call.query.limit
    rows = [
        ShownLine(at=moment(one.at_us), clock=one.clock, kind=one.kind, said=one.said, by=one.by)
        for one in lines[begin : end + 1]
    ]
    # What is new comes at the end, so that a place in the list stays what it was.
    return paged(rows, call.query.limit, lambda last: end, "timeline")


def list_case_texts(call: Call[AtCase, None, None]) -> list[MaskedText]:
    """Texts of a case, masked: how long they are, and whose."""
    return [
        MaskedText(
            id=one.id,
            exchange_id=one.exchange_id,
            subject=one.subject,
            digest=one.digest,
            chars=dict(one.chars),
            kept_at=moment(one.kept_us),
        )
        for one in list_texts(call.casebook, call.path.case, actor=call.actor)
    ]


def unmask_text(call: Call[AtText, None, Unmasking]) -> ShownExchange:
    """Read a text in the clear; who reads it and why is written down before."""
    one = unmask(
        call.casebook,
        call.path.case,
        call.path.text,
        why=call.body.why,
        actor=call.actor,
        now=call.now,
    )
    return ShownExchange(
        exchange_id=one.exchange_id,
        occurred_at=one.occurred_at,
        model=one.model,
        system_prompt=one.system_prompt,
        prompt=one.prompt,
        response=one.response,
    )


_ONE = "/v1/cases/{case}"
ENDPOINTS = (
    Endpoint("GET", "/v1/queue", Right.READ, show_queue),
    Endpoint("GET", f"{_ONE}/timeline", Right.READ, show_timeline),
    Endpoint("GET", f"{_ONE}/texts", Right.READ, list_case_texts),
    Endpoint("POST", f"{_ONE}/texts/{{text}}/unmasked", Right.UNMASK, unmask_text, keeps=False),
)

"""Permits: declared use, asked for, granted, extended and taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from revenuer.api.casebook.endpoint import Call, Endpoint
from revenuer.api.casebook.shapes.permits import (
    AtPermit,
    Holder,
    NewPermit,
    PermitExtension,
    PermitQuery,
    Revocation,
    SeenPermit,
    ShownGrowth,
    ShownPermit,
    ShownTerms,
    ShownUse,
    Why,
)
from revenuer.api.casebook.words import (
    Page,
    ShownReason,
    paged,
    place_of,
)
from revenuer.app.casebook import permit_views as views
from revenuer.app.casebook import permits as app
from revenuer.app.casebook.sparing import spare_at_once
from revenuer.casework.permits import Permit, Terms
from revenuer.casework.roles import Right
from revenuer.instants import moment


def list_permits(call: Call[None, PermitQuery, None]) -> Page[ShownPermit]:
    """Permits, the newest request first."""
    query = call.query
    after = place_of(query.cursor, "permits", tuple[datetime, str])
    seen = views.list_permits(call.casebook, actor=call.actor, now=call.now)
    if query.standing is not None:
        seen = [one for one in seen if one.said == query.standing.value]
    order = sorted((one.permit.requested_at, one.permit.id, one) for one in seen)[::-1]
    rest = [one for at, id_, one in order if after is None or (at, id_) < after]
    rows = [ShownPermit(**_plain(one.permit, one.said)) for one in rest[: query.limit + 1]]
    return paged(rows, query.limit, lambda last: (last.requested_at, last.id), "permits")


def show_permit(call: Call[AtPermit, None, None]) -> SeenPermit:
    """One permit, what was used of it, and how it is outgrown."""
    return _seen(call, unmask=False)


def unmask_permit(call: Call[AtPermit, None, None]) -> SeenPermit:
    """One permit with what was written about it, in the clear; that is recorded."""
    return _seen(call, unmask=True)


def request_permit(call: Call[None, None, NewPermit]) -> ShownPermit:
    """Enter what a customer declares, for somebody else to grant."""
    said = call.body
    terms = Terms(
        said.valid_from, said.valid_until, said.max_exchanges, said.max_tokens, said.models
    )
    made = app.request_permit(
        call.casebook,
        holder=said.holder,
        kind=said.kind.value,
        purpose=said.purpose,
        terms=terms,
        text=said.text,
        actor=call.actor,
        now=call.now,
    )
    return _shown(call, made)


def extend_permit(call: Call[AtPermit, None, PermitExtension]) -> ShownPermit:
    """Ask for other terms; they hold once somebody else grants them."""
    said = call.body
    wanted = {
        name: value
        for name in ("valid_until", "max_exchanges", "max_tokens", "models")
        if (value := getattr(said, name)) is not None
    }

    def altered(terms: Terms) -> Terms:
        return replace(terms, **wanted)

    made = app.extend_permit(
        call.casebook,
        call.path.permit,
        altered=altered,
        text=said.text,
        actor=call.actor,
        now=call.now,
        expected_version=call.version,
    )
    return _shown(call, made)


def grant_permit(call: Call[AtPermit, None, Why]) -> ShownPermit:
    """Grant what is asked for, where another asked for it."""
    made = app.grant_permit(
        call.casebook,
        call.path.permit,
        four_eyes=call.settings.permits.four_eyes,
        text=call.body.text,
        actor=call.actor,
        now=call.now,
        expected_version=call.version,
    )
    spare_at_once(call.casebook, call.settings.casebook.snapshots, call.now)
    return _shown(call, made)


def refuse_permit(call: Call[AtPermit, None, Why]) -> ShownPermit:
    """Refuse what is asked for; a permit whose extension is refused goes on as it was."""
    made = app.refuse_permit(
        call.casebook,
        call.path.permit,
        text=call.body.text,
        actor=call.actor,
        now=call.now,
        expected_version=call.version,
    )
    return _shown(call, made)


def revoke_permit(call: Call[AtPermit, None, Revocation]) -> ShownPermit:
    """Take a permit back, from now on or as if it had never been."""
    made = app.revoke_permit(
        call.casebook,
        call.path.permit,
        text=call.body.text,
        actor=call.actor,
        now=call.now,
        void=call.body.void,
        expected_version=call.version,
    )
    spare_at_once(call.casebook, call.settings.casebook.snapshots, call.now)
    return _shown(call, made)


_ONE = "/v1/permits/{permit}"


ENDPOINTS = (
    Endpoint("GET", "/v1/permits", Right.READ, list_permits),
    Endpoint("POST", "/v1/permits", Right.WORK, request_permit, status=201),
    Endpoint("GET", _ONE, Right.READ, show_permit),
    Endpoint("POST", f"{_ONE}/unmasked", Right.UNMASK, unmask_permit, keeps=False),
    Endpoint("POST", f"{_ONE}/extension", Right.WORK, extend_permit, versioned=True),
    Endpoint("POST", f"{_ONE}/grant", Right.GRANT, grant_permit, versioned=True),
    Endpoint("POST", f"{_ONE}/refusal", Right.GRANT, refuse_permit, versioned=True),
    Endpoint("POST", f"{_ONE}/revocation", Right.GRANT, revoke_permit, versioned=True),
)


def _seen(call: Call[AtPermit, None, None], *, unmask: bool) -> SeenPermit:
    seen, written = views.show_permit(
        call.casebook, call.path.permit, actor=call.actor, now=call.now, unmask=unmask
    )
    counted = seen.counted
    used = ShownUse(
        exchanges=counted.exchanges,
        tokens=counted.tokens,
        outside=counted.outside,
        after=counted.after,
        share=seen.used,
    )
    growth = [
        ShownGrowth(
            kind=one.kind.value,
            statement=one.statement,
            campaign=one.campaign,
            since=moment(one.first_us),
        )
        for one in seen.growth
    ]
    reasons = [
        ShownReason(kind=one.kind, at=moment(one.at_us), by=one.by, text=one.text)
        for one in written
    ]
    return SeenPermit(**_plain(seen.permit, seen.said), used=used, outgrown=growth, reasons=reasons)


def _shown(call: Call[Any, Any, Any], permit: Permit) -> ShownPermit:
    return ShownPermit(**_plain(permit, permit.said(call.now)))


def _plain(permit: Permit, said: str) -> dict[str, Any]:
    return {
        "id": permit.id,
        "purpose": permit.purpose,
        "holder": permit.subject,
        "kind": Holder(permit.kind),
        "standing": said,
        "terms": _terms(permit.terms),
        "asked": _terms(permit.asked) if permit.asked is not None else None,
        "asked_by": permit.asked_by,
        "requested_by": permit.requested_by,
        "requested_at": permit.requested_at,
        "decided_by": permit.decided_by,
        "decided_at": permit.decided_at,
        "revoked_by": permit.revoked_by,
        "revoked_at": permit.revoked_at,
        "version": permit.version,
    }


def _terms(terms: Terms) -> ShownTerms:
    return ShownTerms(
        valid_from=terms.valid_from,
        valid_until=terms.valid_until,
        max_exchanges=terms.max_exchanges,
        max_tokens=terms.max_tokens,
        models=list(terms.models),
    )

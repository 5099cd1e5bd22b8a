"""Permits: declared use, asked for, granted, extended and taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from msgspec import Meta

from revenuer.api.casebook.endpoint import Call, Endpoint
from revenuer.api.casebook.words import (
    AccountId,
    Given,
    Label,
    Page,
    Pages,
    Reason,
    Shown,
    ShownReason,
    paged,
    place_of,
)
from revenuer.app.casebook import permit_views as views
from revenuer.app.casebook import permits as app
from revenuer.app.casebook.opening import moment
from revenuer.casework.permits import Permit, Purpose, Terms
from revenuer.casework.roles import Right

PermitId = Annotated[str, Meta(pattern=r"^permit--[0-9a-f]{16}$", description="A permit.")]
Bound = Annotated[int, Meta(ge=1, le=9_000_000_000_000)]
Time = Annotated[datetime, Meta(tz=True)]


class Holder(StrEnum):
    """What a permit is held by."""

    ACCOUNT = "account"
    ORGANIZATION = "organization"


class Standing(StrEnum):
    """Where a permit stands."""

    REQUESTED = "requested"
    UPCOMING = "upcoming"
    ACTIVE = "active"
    EXPIRED = "expired"
    REFUSED = "refused"
    REVOKED = "revoked"
    VOID = "void"


class ShownTerms(Shown):
    """What is agreed.

    Attributes:
        valid_from: From when.
        valid_until: Until when.
        max_exchanges: Exchanges in that time; null for any number.
        max_tokens: Tokens in that time; null for any number.
        models: Which models; empty for all.
    """

    valid_from: datetime
    valid_until: datetime
    max_exchanges: int | None
    max_tokens: int | None
    models: list[str]


class ShownUse(Shown):
    """What was used under a permit.

    Attributes:
        exchanges: Under its terms.
        tokens: Under its terms.
        outside: Exchanges with other models, in its time.
        after: Exchanges after its end.
        share: The largest share of a bound that was used; null without a bound.
    """

    exchanges: int
    tokens: int
    outside: int
    after: int
    share: float | None


class ShownGrowth(Shown):
    """One way in which a permit is outgrown.

    Attributes:
        kind: How.
        statement: One sentence with its numbers.
        campaign: Where it shows; empty where no campaign shows it.
        since: When it was told.
    """

    kind: str
    statement: str
    campaign: str
    since: datetime


class ShownPermit(Shown):
    """A permit.

    Attributes:
        id: Its name.
        purpose: What for.
        holder: Fingerprint of the account or the organization.
        kind: What holds it.
        standing: Where it stands now.
        terms: What is agreed, or asked for.
        asked: Other terms that somebody asks for; null for none.
        asked_by: Who asks for them; empty for nobody.
        requested_by: Who entered it.
        requested_at: When.
        decided_by: Who granted or refused it last; empty before.
        decided_at: When; null before.
        revoked_by: Who took it back; empty if nobody did.
        revoked_at: When; null if nobody did.
        version: Counts its changes.
    """

    id: str
    purpose: Purpose
    holder: str
    kind: Holder
    standing: str
    terms: ShownTerms
    asked: ShownTerms | None
    asked_by: str
    requested_by: str
    requested_at: datetime
    decided_by: str
    decided_at: datetime | None
    revoked_by: str
    revoked_at: datetime | None
    version: int


class SeenPermit(ShownPermit):
    """A permit, what was used of it, and how it is outgrown.

    Attributes:
        used: What was used.
        outgrown: How it is outgrown, and still is.
        reasons: What was written about it, masked.
    """

    used: ShownUse
    outgrown: list[ShownGrowth]
    reasons: list[ShownReason]


class PermitQuery(Pages):
    """Which permits.

    Attributes:
        standing: Only those that stand there.
    """

    standing: Standing | None = None


class NewPermit(Given):
    """What a customer declares.

    Attributes:
        holder: Id of the account or the organization.
        kind: Which of the two.
        purpose: What for.
        valid_from: From when.
        valid_until: Until when.
        max_exchanges: Exchanges in that time; any number without it.
        max_tokens: Tokens in that time; any number without it.
        models: Which models; all without.
        text: What they say, such as what is trained; kept sealed.
    """

    holder: AccountId
    kind: Holder
    purpose: Purpose
    valid_from: Time
    valid_until: Time
    text: Reason
    max_exchanges: Bound | None = None
    max_tokens: Bound | None = None
    models: Annotated[tuple[Label, ...], Meta(max_length=64)] = ()


class PermitExtension(Given):
    """Other terms; what is missing stays as it is.

    Attributes:
        text: Why; kept sealed.
        valid_until: Until when.
        max_exchanges: Exchanges in that time.
        max_tokens: Tokens in that time.
        models: Which models.
    """

    text: Reason
    valid_until: Time | None = None
    max_exchanges: Bound | None = None
    max_tokens: Bound | None = None
    models: Annotated[tuple[Label, ...], Meta(max_length=64)] | None = None


class Why(Given):
    """Why.

    Attributes:
        text: The reason; kept sealed.
    """

    text: Reason


class Revocation(Why):
    """Why a permit is taken back.

    Attributes:
        void: As if it had never been: what was used under it is weighed without it, too.
    """

    void: bool = False


class AtPermit(Given):
    """A permit.

    Attributes:
        permit: Its id.
    """

    permit: PermitId


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
        four_eyes=True,
        text=call.body.text,
        actor=call.actor,
        now=call.now,
        expected_version=call.version,
    )
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

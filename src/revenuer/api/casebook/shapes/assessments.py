"""What is taken and answered of sign-ups."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from revenuer.access.applications import Check, Programme, Result
from revenuer.api.casebook.places import ScanName
from revenuer.api.casebook.words import AccountId, Given, Label, Limit, Reason, Shown

ApplicationId = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._:@-]{0,127}$",
        description="The operator's own.",
    ),
]
Value = Annotated[str, Meta(max_length=512, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
Agent = Annotated[str, Meta(max_length=2048, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
Time = Annotated[datetime, Meta(tz=True)]


class NewApplication(Given, kw_only=True):
    """A sign-up; what is missing is unknown.

    Attributes:
        application_id: The operator's own.
        applied_at: When.
        account_id: Null until there is one.
        organization_id: The organization.
        email: Never kept; its domain and a keyed digest are.
        email_domain: In its place.
        email_fingerprint: In its place.
        payment_fingerprint: Opaque.
        payment_kind: Such as `card`.
        phone_fingerprint: Opaque.
        phone_kind: `mobile`, `voip` or `landline`.
        device_fingerprint: Opaque.
        document_reference: The vendor's own; never a document.
        signup_ip: The address.
        signup_asn: Its network.
        tls_fingerprint: JA4.
        user_agent: The client's own word.
        referral: Where they came from.
        programme: What they claim.
        claimed_domain: Of the institution or company.
        plan: That they want.
        region: For the operator's own rules alone.
    """

    application_id: ApplicationId
    applied_at: Time | None = None
    account_id: Value | None = None
    organization_id: Value | None = None
    email: Value | None = None
    email_domain: Value | None = None
    email_fingerprint: Value | None = None
    payment_fingerprint: Value | None = None
    payment_kind: Value | None = None
    phone_fingerprint: Value | None = None
    phone_kind: Value | None = None
    device_fingerprint: Value | None = None
    document_reference: Value | None = None
    signup_ip: Value | None = None
    signup_asn: Annotated[int, Meta(ge=1, le=4_294_967_295)] | None = None
    tls_fingerprint: Value | None = None
    user_agent: Agent | None = None
    referral: Value | None = None
    programme: Programme | None = None
    claimed_domain: Value | None = None
    plan: Value | None = None
    region: Value | None = None


class NewApplications(Given):
    """Applications to judge, in their order.

    Attributes:
        applications: One or several.
    """

    applications: Annotated[tuple[NewApplication, ...], Meta(min_length=1, max_length=1000)]


class HeldQuery(Given):
    """How many.

    Attributes:
        limit: Rows at most.
    """

    limit: Limit = 50


class ShownHeld(Shown):
    """An application that waits for a person.

    Attributes:
        application_id: The operator's own.
        since: When it was judged.
        until: By when a person is to have looked.
        log_evidence: Nats.
        reasons: Sentences for the analyst.
    """

    application_id: str
    since: datetime
    until: datetime | None
    log_evidence: float
    reasons: list[str]


class OutcomeGiven(Given, kw_only=True):
    """How a check came out.

    Attributes:
        check: Which.
        result: How.
        reference: The vendor's own, opaque; never a document.
        at: When; now without it.
    """

    check: Check
    result: Result
    reference: Label
    at: Time | None = None


class DecisionGiven(Given, kw_only=True):
    """What a person decides.

    Attributes:
        accept: Accept it, or refuse it.
        why: Kept sealed.
    """

    accept: bool
    why: Reason


class ShownDecided(Shown):
    """What was decided.

    Attributes:
        application_id: The operator's own.
        decided: What.
        version: Counts its changes.
    """

    application_id: str
    decided: str
    version: int


class NewRecheck(Given):
    """What became known.

    Attributes:
        scans: Whose convictions and acquittals are taken in.
    """

    scans: Annotated[tuple[ScanName, ...], Meta(max_length=20)] = ()


class ShownChanged(Shown):
    """An application whose answer is another now.

    Attributes:
        application_id: The operator's own.
        before: The answer before.
        answer: The answer now.
        reasons: Sentences for the analyst.
    """

    application_id: str
    before: str
    answer: str
    reasons: list[str]


class ShownDue(Shown):
    """A programme that is to be confirmed again, or has ended.

    Attributes:
        application_id: The operator's own; empty where it was erased.
        programme: Which.
        state: Where it stands.
        asks: Checks that confirm it.
        misfits: What of the usage brought it forward.
    """

    application_id: str
    programme: str
    state: str
    asks: list[str]
    misfits: list[str]


class ShownRecheck(Shown):
    """What came of it.

    Attributes:
        convicted: Accounts whose conviction was new.
        acquitted: Accounts whose conviction was taken back.
        judged: Accepted applications that were judged again.
        changed: Those whose answer is another now.
        due: Programmes to be confirmed again, or ended.
    """

    convicted: int
    acquitted: int
    judged: int
    changed: list[ShownChanged]
    due: list[ShownDue]


class NewAcquittal(Given):
    """Whose convictions are taken back.

    Attributes:
        accounts: Such as those of an appeal that was won.
    """

    accounts: Annotated[tuple[AccountId, ...], Meta(min_length=1, max_length=1000)]


class ShownAcquittal(Shown):
    """What came of it.

    Attributes:
        acquitted: Applicants that were convicted, and from whom nothing is inherited any more.
    """

    acquitted: int


class AtApplication(Given):
    """An application.

    Attributes:
        application: Its id.
    """

    application: ApplicationId

"""What is taken and answered of permits."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from revenuer.api.casebook.words import (
    AccountId,
    Given,
    Label,
    Pages,
    Reason,
    Shown,
    ShownReason,
)
from revenuer.casework.permits import Purpose

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

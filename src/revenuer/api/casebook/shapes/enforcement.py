"""What is taken and answered of what is done about campaigns."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, field

from revenuer.api.casebook.places import ScanName, SnapshotName
from revenuer.api.casebook.words import Given, Shown, Text
from revenuer.casework.decisions import Status
from revenuer.countermeasures import CARDS

Campaign = Annotated[
    str,
    Meta(
        pattern=r"^campaign--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        description="Of the scan.",
    ),
]


Digest = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$", description="Of a plan.")]


DecisionId = Annotated[str, Meta(pattern=r"^decision--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class Action(StrEnum):
    """What is done to accounts."""

    TAG = "tag"
    THROTTLE = "throttle"
    REDUCE = "reduce"
    CHALLENGE = "challenge"
    BLOCK = "block"


Countermeasure = Annotated[
    str,
    # Which there are is said here and judged by `known_countermeasures`, whose answer names them.
    Meta(
        min_length=1,
        max_length=64,
        description="Of `revenuer countermeasures list`.",
        extra_json_schema={"enum": sorted(card.id for card in CARDS)},
    ),
]


class ShownSnapshot(Shown):
    """A snapshot of guards.

    Attributes:
        name: Its file, without the ending.
        decided: Whether anything was ever decided about it.
    """

    name: str
    decided: bool


class WantedPlan(Given, kw_only=True):
    """What somebody wants done about a campaign.

    Attributes:
        scan: The scan that has it.
        campaign: Its id.
        action: What is done to its accounts.
        hours: How long; as long as the policy's verdicts last where both are missing.
        until: Or until when.
        whole_campaign: Whether accounts that join it later are covered.
        why: The reason, for those who read the log.
        countermeasures: What its accounts get beside the action; it takes as much to decide as
            `reduce`, and the policy must name each.
    """

    scan: ScanName
    campaign: Campaign
    action: Action
    why: Text
    hours: Annotated[float, Meta(gt=0, le=87_660)] | None = None
    until: Annotated[datetime, Meta(tz=True)] | None = None
    whole_campaign: bool = True
    countermeasures: Annotated[list[Countermeasure], Meta(max_length=len(CARDS))] = field(
        default_factory=list
    )


class ProposedPlan(WantedPlan, kw_only=True):
    """A plan that was looked at, to be proposed.

    Attributes:
        digest: Of the plan that was looked at: another is not carried out.
    """

    digest: Digest


class ShownDone(Shown):
    """What came of a plan.

    Attributes:
        plan: Its digest.
        decision: Id of the decision; null while approvals are missing.
        missing: How many persons must still approve.
    """

    plan: str
    decision: str | None
    missing: int


class ShownProposal(Shown):
    """A plan that was proposed.

    Attributes:
        plan: Its digest.
        campaign: The campaign.
        action: What would be done.
        countermeasures: What accounts would get beside it.
        by: Who proposed it.
        at: When.
        approvers: Who approved it.
        decision: What came of it; null while it waits, or where nothing did.
        closed: `refused` or `withdrawn` where it came to nothing; null otherwise.
        closed_by: Who refused or withdrew it.
        closed_why: The reason.
    """

    plan: str
    campaign: str
    action: str
    countermeasures: list[str]
    by: str
    at: datetime
    approvers: list[str]
    decision: str | None
    closed: str | None
    closed_by: str | None
    closed_why: str | None


class ShownDecision(Shown):
    """Something that was done to the accounts of a campaign.

    Attributes:
        id: Its name.
        plan: Digest of the plan that was approved.
        campaign: The campaign.
        action: What is done.
        countermeasures: What accounts get beside it.
        made_at: When.
        until: When it ends by itself.
        whole_campaign: Whether accounts that join later are covered.
        by: Who proposed it.
        approvers: Who approved it.
        why: The reason.
        probability: Of the campaign, when it was made.
        accounts: How many accounts and organizations it covers.
        status: Where it stands.
        ended_at: When it ended; null while it is in force.
        ended_by: Who undid it; empty otherwise.
        ended_why: Why it was undone.
    """

    id: str
    plan: str
    campaign: str
    action: str
    countermeasures: list[str]
    made_at: datetime
    until: datetime
    whole_campaign: bool
    by: str
    approvers: list[str]
    why: str
    probability: float
    accounts: int
    status: Status
    ended_at: datetime | None
    ended_by: str
    ended_why: str


class Undoing(Given):
    """Why a decision is taken back.

    Attributes:
        why: The reason, for those who read the log.
        releases: Whether what a policy asks of its accounts is lifted too.
    """

    why: Text
    releases: bool = True


class Closing(Given):
    """Why a plan comes to nothing.

    Attributes:
        why: The reason, for those who read the log.
    """

    why: Text


class AtSnapshot(Given):
    """A snapshot.

    Attributes:
        snapshot: Its name.
    """

    snapshot: SnapshotName


class AtPlan(AtSnapshot):
    """A plan about a snapshot.

    Attributes:
        plan: Its digest.
    """

    plan: Digest


class AtDecision(AtSnapshot):
    """A decision about a snapshot.

    Attributes:
        decision: Its id.
    """

    decision: DecisionId

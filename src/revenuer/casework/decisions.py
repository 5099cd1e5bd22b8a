"""Decisions, plans, and what they add up to; see `ledgers` for the log that they come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Step(StrEnum):
    """Kinds of entries."""

    PLANNED = "planned"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ACTED = "acted"
    EXTENDED = "extended"
    PUBLISHED = "published"
    NOTIFIED = "notified"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    UNDONE = "undone"
    RELEASED = "released"
    CLEARED = "cleared"
    EXPIRED = "expired"
    ERASED = "erased"


class Status(StrEnum):
    """Where a decision stands."""

    IN_FORCE = "in force"
    UNDONE = "undone"
    EXPIRED = "expired"


CHANGING = frozenset(
    {Step.ACTED, Step.EXTENDED, Step.UNDONE, Step.RELEASED, Step.EXPIRED, Step.ERASED}
)
"""After one of these there is something to publish."""


@dataclass(frozen=True, slots=True)
class Release:
    """Members of a decision that were let go, while it goes on for the others.

    Attributes:
        members: Their fingerprints.
        at: When.
        by: Who let them go.
        why: The reason, for those who read the log.
    """

    members: tuple[str, ...]
    at: datetime
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Clearing:
    """Members that were found innocent: nothing is done about them for a while.

    Attributes:
        members: Their fingerprints.
        until: When a scan or a decision may reach them again.
        by: Who found so.
        why: The reason, for those who read the log.
    """

    members: tuple[str, ...]
    until: datetime
    by: str
    why: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Something that was done to the accounts of a campaign.

    Attributes:
        id: Its name.
        plan: Digest of the plan that was approved.
        campaign: Id of the campaign.
        action: The guard's word for what is done.
        made_at: When.
        until: When it ends by itself.
        whole_campaign: Whether accounts that join the campaign later are covered.
        by: Who proposed it.
        approvers: Who approved it.
        why: In the words of who proposed it.
        probability: Of the campaign, when it was made.
        members: Fingerprints of its accounts and organizations, as `shown` writes them.
        tagged: Those of them that get no more than a tag.
        status: Where it stands.
        ended_at: When it ended; None while it is in force.
        ended_by: Who undid it; empty otherwise.
        ended_why: Why it was undone.
        releases: Whether what a policy asks of its accounts is lifted too, until `until`.
        let_go: Members that it no longer acts on, and no policy either until `until`.
        countermeasures: Ids of what members that are not tagged get beside the action.
    """

    id: str
    plan: str
    campaign: str
    action: str
    made_at: datetime
    until: datetime
    whole_campaign: bool
    by: str
    approvers: tuple[str, ...]
    why: str
    probability: float
    members: tuple[str, ...]
    tagged: frozenset[str]
    status: Status = Status.IN_FORCE
    ended_at: datetime | None = None
    ended_by: str = ""
    ended_why: str = ""
    releases: bool = False
    let_go: tuple[Release, ...] = ()
    countermeasures: tuple[str, ...] = ()

    @property
    def released(self) -> frozenset[str]:
        """Members that were let go."""
        return frozenset(member for one in self.let_go for member in one.members)

    def holds(self, now: datetime) -> bool:
        """Whether it acts on anybody."""
        return self.status is Status.IN_FORCE and self.until > now


@dataclass(frozen=True, slots=True)
class Closing:
    """How a plan came to nothing.

    Attributes:
        how: `refused` by somebody who could have approved it, or `withdrawn` by who proposed it.
        by: Who.
        at: When.
        why: The reason, for those who read the log.
    """

    how: str
    by: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan that waits for approval, was approved, or came to nothing.

    Attributes:
        plan: Its digest.
        campaign: Id of the campaign.
        action: The guard's word for what would be done.
        by: Who proposed it first.
        made_at: When.
        approvers: Who approved it, in order.
        decision: What came of it; empty while it waits, or where nothing did.
        closed: How it came to nothing; None while it waits, and once it was carried out.
        before: How it came to nothing before it was proposed again, oldest first.
        countermeasures: Ids of what would be given beside the action.
    """

    plan: str
    campaign: str
    action: str
    by: str
    made_at: datetime
    approvers: tuple[str, ...] = ()
    decision: str = ""
    closed: Closing | None = None
    before: tuple[Closing, ...] = ()
    countermeasures: tuple[str, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether somebody may still approve it."""
        return not self.decision and self.closed is None


@dataclass(frozen=True, slots=True)
class Ledger:
    """What an audit log adds up to.

    Attributes:
        decisions: By id, oldest first.
        proposals: By digest of the plan, oldest first.
        changed: Whether something changed after the newest publication.
        notified: What customers were told of: (decision, about).
        clearings: Who was found innocent, oldest first.
    """

    decisions: Mapping[str, Decision]
    proposals: Mapping[str, Proposal]
    changed: bool
    notified: frozenset[tuple[str, str]]
    clearings: tuple[Clearing, ...] = ()

    def in_force(self, now: datetime) -> list[Decision]:
        """Decisions that act on somebody."""
        return [one for one in self.decisions.values() if one.holds(now)]

    def due(self, now: datetime) -> list[Decision]:
        """Decisions whose time is over and that nobody has said so of."""
        return [
            one
            for one in self.decisions.values()
            if one.status is Status.IN_FORCE and one.until <= now
        ]

    def released(self, now: datetime) -> frozenset[str]:
        """Fingerprints that no policy reaches, since a decision on them was taken back."""
        return frozenset(
            member
            for one in self.decisions.values()
            if one.until > now
            for member in (
                one.members if one.status is Status.UNDONE and one.releases else one.released
            )
        )

    def cleared(self, now: datetime) -> frozenset[str]:
        """Fingerprints of those who were found innocent: neither scan nor decision reaches them."""
        return frozenset(
            member for one in self.clearings if one.until > now for member in one.members
        )

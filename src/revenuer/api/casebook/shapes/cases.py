"""What is taken and answered of cases."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from revenuer.api.casebook.words import (
    CaseId,
    Given,
    Pages,
    PersonName,
    Reason,
    Shown,
    ShownReason,
    Text,
)
from revenuer.casework.cases import Ground, State
from revenuer.records import Verdict


class Sort(StrEnum):
    """What comes first."""

    SEEN = "seen"
    OPENED = "opened"
    ACCOUNTS = "accounts"
    TOKENS_A_DAY = "tokens_a_day"
    PROBABILITY = "probability"


class CaseQuery(Pages):
    """Which cases.

    Attributes:
        state: Only those that stand there; may be repeated.
        verdict: Only those with this verdict; may be repeated.
        assigned_to: Only those of somebody.
        sort: What comes first, the most first.
    """

    state: Annotated[tuple[State, ...], Meta(max_length=len(State))] = ()
    verdict: Annotated[tuple[Verdict, ...], Meta(max_length=len(Verdict))] = ()
    assigned_to: PersonName | None = None
    sort: Sort = Sort.SEEN


class ShownCase(Shown):
    """A case in short.

    Attributes:
        id: Its name.
        state: Where it stands.
        version: Counts its changes.
        opened_at: When it was opened.
        since: Since when it has its state.
        waiting_since: Since when it waits for a person; null if it does not.
        assigned_to: Whose it is; null for nobody's.
        verdict: The gravest of its campaigns in the newest sighting.
        probability: The highest of them.
        accounts: Its members there.
        exchanges: Of its campaigns there.
        output_tokens: Likewise.
        tokens_a_day: Lately, likewise.
        growth: Of these since the week before.
        first_seen: Its first exchange that any sighting knows.
        last_seen: Its last.
        methods: Of its campaigns there.
    """

    id: str
    state: State
    version: int
    opened_at: datetime
    since: datetime
    waiting_since: datetime | None
    assigned_to: str | None
    verdict: Verdict
    probability: float
    accounts: int
    exchanges: int
    output_tokens: int
    tokens_a_day: float
    growth: float
    first_seen: datetime
    last_seen: datetime
    methods: list[str]


class ShownEvidence(Shown):
    """A piece of evidence.

    Attributes:
        kind: Id of the detector.
        axis: What it speaks to.
        statement: One sentence with its numbers.
        log_e_value: Against innocence, nats.
        accounts: How many it names.
        exchanges: How many it cites.
    """

    kind: str
    axis: str
    statement: str
    log_e_value: float
    accounts: int
    exchanges: int


class ShownExplanation(Shown):
    """An innocent explanation that was tested.

    Attributes:
        name: Which.
        why_rejected: Why it does not hold.
    """

    name: str
    why_rejected: str


class ShownCampaign(Shown):
    """A campaign of a case, as its newest sighting has it.

    Attributes:
        id: Its name.
        verdict: On it.
        probability: Of it.
        log_e_value: Of the weakest axis, nats.
        coordination: Evidence on this axis, nats.
        extraction: Evidence on this axis, nats.
        concealment: Evidence on this axis, nats.
        accounts: Its members.
        innocents_nearby: As the scan counted them.
        exchanges: Its own.
        output_tokens: Of these.
        evidence: Piece by piece; null where it was erased.
        explanations: Innocent causes that were tested; null likewise.
    """

    id: str
    verdict: Verdict
    probability: float
    log_e_value: float
    coordination: float
    extraction: float
    concealment: float
    accounts: int
    innocents_nearby: int
    exchanges: int
    output_tokens: int
    evidence: list[ShownEvidence] | None
    explanations: list[ShownExplanation] | None


class ShownMade(Shown):
    """A decision about a case's campaign.

    Attributes:
        id: Its name.
        snapshot: The snapshot that it is about.
        campaign: The campaign.
        action: What is done.
        status: Where it stands.
        by: Who proposed it.
        approvers: Who approved it.
        made_at: When.
        until: When it ends by itself.
    """

    id: str
    snapshot: str
    campaign: str
    action: str
    status: str
    by: str
    approvers: list[str]
    made_at: datetime
    until: datetime


class WholeCase(ShownCase):
    """A case with all that is known of it, accounts by their fingerprints.

    Attributes:
        merged: Cases that went into it.
        campaign_ids: Its campaigns, those that ended too.
        campaigns: Those of the newest sighting.
        sightings: How often it was seen.
        decisions: What was decided about it.
        acts: What people did with it, in their words.
        related: Cases that have had some of its accounts, and how many.
        texts: How many texts of exchanges are kept, sealed.
        signups: What admission answered to applications of its accounts, and how often.
        unreadable: How many snapshots' decisions could not be read.
    """

    merged: list[str]
    campaign_ids: list[str]
    campaigns: list[ShownCampaign]
    sightings: int
    decisions: list[ShownMade]
    acts: list[ShownReason]
    related: dict[str, int]
    texts: int
    signups: dict[str, int]
    unreadable: int


class NewNote(Given):
    """A note on a case.

    Attributes:
        text: Kept sealed with the case's key.
    """

    text: Text


class Assignment(Given):
    """Whose a case is.

    Attributes:
        to: Of the person; null puts it back.
    """

    to: PersonName | None


class Dismissal(Given):
    """Why nothing is to be done.

    Attributes:
        ground: On which ground; members of an innocent one are known innocents of later scans.
        why: In a sentence.
    """

    ground: Ground
    why: Reason


class CaseReason(Given):
    """Why.

    Attributes:
        why: In a sentence.
    """

    why: Reason


class AtCase(Given):
    """A case.

    Attributes:
        case: Its id.
    """

    case: CaseId

"""What is taken and answered of appeals."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from revenuer.api.casebook.shapes.assessments import ApplicationId
from revenuer.api.casebook.words import (
    AccountId,
    Given,
    Label,
    Pages,
    PersonName,
    Reason,
    Shown,
    ShownReason,
    Text,
)
from revenuer.casework.appeals import Against, Outcome, Stage

AppealId = Annotated[str, Meta(pattern=r"^appeal--[0-9a-f-]{8,36}$", description="An appeal.")]
Accounts = Annotated[tuple[AccountId, ...], Meta(max_length=100)]


class AppealQuery(Pages):
    """Which appeals.

    Attributes:
        stage: Only those that stand there.
    """

    stage: Stage | None = None


class ShownAppeal(Shown):
    """Where an appeal stands.

    Attributes:
        id: Its name.
        against: What kind of thing it is against.
        target: Its id.
        campaign: The campaign that it was about; empty for none.
        action: What was done; empty where nothing was.
        stage: Where it stands.
        opened_by: Who entered it.
        opened_at: When.
        assigned_to: Who hears it; empty for nobody.
        outcome: What became of the decision; null before.
        decided_by: Who decided; empty before.
        decided_at: When it was over; null before.
        subjects: Fingerprints of the accounts that it is about.
        due: What is due next; empty once it is over.
        due_at: Until when.
        late: Whether it is late.
        version: Counts its changes.
    """

    id: str
    against: Against
    target: str
    campaign: str
    action: str
    stage: Stage
    opened_by: str
    opened_at: datetime
    assigned_to: str
    outcome: Outcome | None
    decided_by: str
    decided_at: datetime | None
    subjects: list[str]
    due: str
    due_at: datetime
    late: bool
    version: int


class ShownPart(Shown):
    """Somebody who may not hear an appeal.

    Attributes:
        name: Who.
        what: What they did, to follow their name.
    """

    name: str
    what: str


class WholeAppeal(ShownAppeal):
    """An appeal; words only for whoever may hear appeals.

    Attributes:
        parts: Who may not hear it, and why.
        said: What was said; masked for others.
        why_not_you: Why whoever asks may not hear it; null if they may.
        evidence: Sentences of the evidence against them; empty for others.
    """

    parts: list[ShownPart]
    said: list[ShownReason]
    why_not_you: str | None
    evidence: list[str]


class NewAppeal(Given):
    """An appeal.

    Attributes:
        target: Id of a decision or a permit; null for an application.
        text: In the words of whoever appeals; kept sealed.
        accounts: Whose it is; not needed for a permit or an application.
        application: Id of an application that was not accepted; null for another target.
    """

    text: Text
    target: Label | None = None
    accounts: Accounts = ()
    application: ApplicationId | None = None


class AppealAssignment(Given):
    """Who hears it.

    Attributes:
        to: A person who had no part in what it is against.
    """

    to: PersonName


class AppealWords(Given):
    """Words.

    Attributes:
        text: Kept sealed.
    """

    text: Text


class AppealReason(Given):
    """Why.

    Attributes:
        why: In a sentence; kept sealed.
    """

    why: Reason


class RulingGiven(Given, kw_only=True):
    """What is decided.

    Attributes:
        outcome: What becomes of the decision.
        why: The reason, for the casebook; kept sealed.
        words: The reason as whoever appeals reads it; a decision that stands needs one.
        whole_decision: Take the decision back for everybody whom it covers.
        accounts: Of whom it is taken back; all who appeal, without any.
        preview: Make the letter alone.
    """

    outcome: Outcome
    why: Reason
    words: Annotated[str, Meta(max_length=10_000)] = ""
    whole_decision: bool = False
    accounts: Accounts = ()
    preview: bool = False


class ShownLetter(Shown):
    """An appeal, and what whoever appeals is told.

    Attributes:
        appeal: The appeal.
        letter: The letter.
        version: Of the appeal.
    """

    appeal: ShownAppeal
    letter: str
    version: int


class AtAppeal(Given):
    """An appeal.

    Attributes:
        appeal: Its id.
    """

    appeal: AppealId

"""What is taken and answered of holds, subject access and erasure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta

from revenuer.api.casebook.words import AccountId, CaseId, Given, Reason, Shown

HoldId = Annotated[
    str, Meta(pattern=r"^hold--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", description="A hold.")
]


class ShownHold(Shown):
    """A legal hold.

    Attributes:
        id: Its name.
        kind: `account` or `case`.
        target: The account's fingerprint, or the case.
        why: The reason.
        placed_by: Who said so.
        placed_at: When.
        released_by: Who lifted it; empty while it holds.
        released_at: When; null while it holds.
        released_why: Why.
    """

    id: str
    kind: str
    target: str
    why: str
    placed_by: str
    placed_at: datetime
    released_by: str
    released_at: datetime | None
    released_why: str


class NewHold(Given, kw_only=True):
    """What is held: a case, or an account.

    Attributes:
        why: The reason; kept sealed.
        case: Id of the case.
        account: Or id of the account.
    """

    why: Reason
    case: CaseId | None = None
    account: AccountId | None = None


class PlacedHold(Shown):
    """A hold.

    Attributes:
        id: Its name.
    """

    id: str


class ReleaseGiven(Given):
    """Why a hold is lifted.

    Attributes:
        why: The reason; kept sealed.
    """

    why: Reason


class SubjectGiven(Given):
    """Whose.

    Attributes:
        account: Id of the account.
    """

    account: AccountId


class ErasureGiven(Given, kw_only=True):
    """Who is erased.

    Attributes:
        account: Id of the account.
        why: The reason, such as a request's number; kept sealed.
        let_go: End decisions in force for the account; without it they forbid the erasure.
    """

    account: AccountId
    why: Reason
    let_go: bool = False


class ShownOutcome(Shown):
    """What came of one place.

    Attributes:
        kind: Of place, such as `scan`.
        name: Its last part.
        answer: What it says.
        said: What was found or done.
        to_do: What a person has to do; empty where nothing is left.
    """

    kind: str
    name: str
    answer: str
    said: str
    to_do: str


class ShownErasure(Shown):
    """Where an erasure stands.

    Attributes:
        id: Its name.
        subject: Whom it is about, by fingerprint.
        state: `asked`, `open` or `done`.
        asked_by: Who asked.
        agreed_by: Who agreed; empty where one person suffices.
        held: Whether a hold stops it.
        places: What each place answered the last time.
    """

    id: str
    subject: str
    state: str
    asked_by: str
    agreed_by: str
    held: bool
    places: list[ShownOutcome]


class AtHold(Given):
    """A hold.

    Attributes:
        hold: Its id.
    """

    hold: HoldId


class SpanQuery(Given, kw_only=True):
    """A span of time.

    Attributes:
        since: The first day, in UTC.
        until: The day after the last.
    """

    since: date
    until: date


class ShownSection(Shown):
    """One table of a transparency report.

    Attributes:
        name: Heading.
        said: What is counted.
        counts: By what they count; small ones are told as such.
    """

    name: str
    said: str
    counts: dict[str, str]


class ShownTransparency(Shown):
    """A transparency report.

    Attributes:
        since: From when on.
        until: Until when, exclusive.
        smallest: Below it counts are told as such, and all others are multiples of it.
        sections: What is counted.
    """

    since: datetime
    until: datetime
    smallest: int
    sections: list[ShownSection]

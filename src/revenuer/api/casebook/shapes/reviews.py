"""What is taken and answered of the queue, of timelines and of texts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from revenuer.api.casebook.shapes.cases import AtCase
from revenuer.api.casebook.words import Given, Limit, PersonName, Reason, Shown
from revenuer.app.casebook.timeline import Clock

TextId = Annotated[
    str,
    Meta(pattern=r"^text--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", description="Of the case."),
]


class QueueQuery(Given):
    """Whose queue.

    Attributes:
        assigned_to: Only cases that are somebody's or nobody's.
        limit: Places at most.
    """

    assigned_to: PersonName | None = None
    limit: Limit = 50


class ShownPlace(Shown):
    """Where a case stands in the queue, and why.

    Attributes:
        place: 1 for the first.
        case: The case.
        today: Whether it is within the day's reviews.
        harm_a_day: Output tokens that a review can be expected to save each day.
        assigned_to: Whose it is; null for nobody's.
        reasons: Why it stands there.
    """

    place: int
    case: str
    today: bool
    harm_a_day: float
    assigned_to: str | None
    reasons: list[str]


class ShownQueue(Shown):
    """The queue.

    Attributes:
        places: Cases that wait, those that avert most first.
        waiting: How many wait.
        per_day: Reviews that people make a day.
        done_today: How many they have made since midnight UTC.
        unreadable: How many snapshots' decisions could not be read.
    """

    places: list[ShownPlace]
    waiting: int
    per_day: int
    done_today: int
    unreadable: int


class ShownLine(Shown):
    """Something that happened to a case.

    Attributes:
        at: When.
        clock: By the time of the log, or of the clock on the wall.
        kind: What, in a word.
        said: One sentence, or in the words of whoever did it.
        by: Who did it; empty for nobody.
    """

    at: datetime
    clock: Clock
    kind: str
    said: str
    by: str


class MaskedText(Shown):
    """A text as everybody sees it: nothing of what was written.

    Attributes:
        id: Its name.
        exchange_id: Whose text it is; null where it was erased.
        subject: Fingerprint of who sent it.
        digest: The same for the same texts.
        chars: Characters of each part.
        kept_at: When it was kept.
    """

    id: str
    exchange_id: str | None
    subject: str
    digest: str
    chars: dict[str, int]
    kept_at: datetime


class ShownExchange(Shown):
    """An exchange in the clear.

    Attributes:
        exchange_id: Its id.
        occurred_at: When.
        model: Who answered; empty if unknown.
        system_prompt: Null where there is none, or it may not be looked at.
        prompt: Likewise.
        response: Likewise.
    """

    exchange_id: str
    occurred_at: datetime
    model: str
    system_prompt: str | None
    prompt: str | None
    response: str | None


class Unmasking(Given):
    """Why a text is read.

    Attributes:
        why: In a sentence.
    """

    why: Reason


class AtText(AtCase):
    """A text of a case.

    Attributes:
        text: Its id.
    """

    text: TextId

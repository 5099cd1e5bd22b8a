"""What paths, queries and bodies are made of.

Every text is bounded and holds no control character: PostgreSQL cannot keep a NUL, and a terminal
obeys others. Every type says in the OpenAPI document what it takes.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta

from revenuer.api.problems import ProblemError

T = TypeVar("T")
MOST_PAGE = 200
_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
PRINTS = rf"^[^{_CONTROL}]*$"
SAYS_SOMETHING = rf"^[^{_CONTROL}]*[^{_CONTROL}\s][^{_CONTROL}]*$"

Label = Annotated[str, Meta(min_length=1, max_length=128, pattern=SAYS_SOMETHING)]
"""A short text."""
Line = Annotated[str, Meta(max_length=512, pattern=PRINTS)]
"""A line, which may be empty."""
Text = Annotated[str, Meta(min_length=1, max_length=10_000, pattern=SAYS_SOMETHING)]
"""A text that says something."""
Reason = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=2000,
        pattern=SAYS_SOMETHING,
        description="Why, for those who read the audit log's subject later; kept sealed.",
    ),
]
AccountId = Annotated[
    str,
    Meta(min_length=1, max_length=256, pattern=SAYS_SOMETHING, description="As the operator says."),
]
PersonName = Annotated[
    str, Meta(pattern=r"^[a-z0-9][a-z0-9._@+-]{0,62}$", description="Of a person or a service.")
]
CaseId = Annotated[
    str, Meta(pattern=r"^case--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", description="A case.")
]
Limit = Annotated[int, Meta(ge=1, le=MOST_PAGE, description="Rows of a page at most.")]
Cursor = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=512,
        pattern=r"^[A-Za-z0-9_-]+$",
        description="What `next` of the page before said; means nothing to anybody else.",
    ),
]


class Given(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a caller sends: a name that is not known is refused."""


class Shown(msgspec.Struct, kw_only=True):
    """What is answered."""


class ShownReason(Shown):
    """What somebody wrote.

    Attributes:
        kind: With which step.
        at: When.
        by: Who.
        text: What; null where it is masked, or was erased.
    """

    kind: str
    at: datetime
    by: str
    text: str | None


class Pages(Given):
    """Which page of a list.

    Attributes:
        limit: Rows at most.
        cursor: Where it goes on.
    """

    limit: Limit = 50
    cursor: Cursor | None = None


class Page(Shown, Generic[T]):
    """A page of a list.

    Attributes:
        items: Its rows.
        next: The `cursor` of the next page; null at the end.
    """

    items: list[T]
    next: str | None = None


def cursor_of(kind: str, place: Any) -> str:
    """A place in a list as a cursor.

    Examples:
        >>> place_of(cursor_of("people", ["ada", 3]), "people", list[str | int])
        ['ada', 3]
    """
    said = msgspec.json.encode([kind, place])
    return base64.urlsafe_b64encode(said).rstrip(b"=").decode()


def place_of(cursor: str | None, kind: str, form: Any) -> Any:
    """The place that a cursor says; None for the beginning.

    Args:
        cursor: As it was sent.
        kind: Of the list: a cursor of another is none of this.
        form: The type of the place.

    Raises:
        ProblemError: It is none.
    """
    if cursor is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        found, place = msgspec.json.decode(raw, type=tuple[str, Any])
        if found == kind:
            return msgspec.convert(place, form)
    except (binascii.Error, ValueError, RecursionError):
        pass
    raise ProblemError(
        422,
        "The cursor is none of this list.",
        "Take it from `next` of the page before, with the same filters.",
        where=[("query.cursor", "is not of this list")],
    )


def paged(rows: list[T], limit: int, next_: Any, kind: str) -> Page[T]:
    """A page out of one row more than it may have.

    Args:
        rows: At most `limit` + 1.
        limit: Rows at most.
        next_: Makes, of the last row that is shown, the place where the next page begins.
        kind: Of the list.
    """
    if len(rows) <= limit:
        return Page(items=rows)
    shown = rows[:limit]
    return Page(items=shown, next=cursor_of(kind, next_(shown[-1])))

"""What is taken and answered of people, services and their tokens."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from revenuer.api.casebook.words import Given, PersonName, Shown
from revenuer.app.casebook import tokens as app_tokens
from revenuer.casework.roles import Right, Role

TokenId = Annotated[str, Meta(pattern=r"^[0-9a-f]{12}$", description="Of a token; no secret.")]


class Kind(StrEnum):
    """Who works with the casebook."""

    PERSON = "person"
    SERVICE = "service"


class ShownPerson(Shown):
    """A person or a service.

    Attributes:
        name: In small letters.
        kind: `person` or `service`.
        role: What they are.
        since: When they were registered.
        disabled_at: Since when they are let in no more; null if they are.
        version: Counts their changes.
    """

    name: str
    kind: Kind
    role: Role
    since: datetime
    disabled_at: datetime | None
    version: int


class NewPerson(Given):
    """Somebody to register.

    Attributes:
        name: In small letters; the audit log names them so.
        role: What they are.
        kind: A service is an analyst at most.
    """

    name: PersonName
    role: Role
    kind: Kind = Kind.PERSON


class PersonChange(Given):
    """What is different now.

    Attributes:
        role: What they are; left as it is where it is missing.
        disabled: Whether they are let in no more; likewise.
    """

    role: Role | None = None
    disabled: bool | None = None


class AtPerson(Given):
    """Somebody.

    Attributes:
        name: Of them.
    """

    name: PersonName


class ShownToken(Shown):
    """A token, without its secret.

    Attributes:
        id: No secret.
        person: Whom it lets in.
        scopes: Rights that it is for; empty for all that the role has.
        made_by: Who made it.
        made_at: When.
        expires_at: When it ends.
        revoked_at: When it was taken back; null if it was not.
    """

    id: str
    person: str
    scopes: list[Right]
    made_by: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class MadeToken(Shown):
    """A new token.

    Attributes:
        token: The token itself; it is shown this once.
        about: What is known of it.
    """

    token: str
    about: ShownToken


class NewToken(Given):
    """A token to make.

    Attributes:
        person: Whom it lets in.
        hours: How long it lasts.
        scopes: Rights that it is for; none for all that the role has.
    """

    person: PersonName
    hours: Annotated[float, Meta(gt=0, le=app_tokens.LONGEST_HOURS)]
    scopes: Annotated[tuple[Right, ...], Meta(max_length=len(Right))] = ()


class AtToken(Given):
    """A token.

    Attributes:
        token: Its id.
    """

    token: TokenId

"""Permits: what was declared and agreed, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from revenuer.errors import NotAllowedError


class Purpose(StrEnum):
    """What a permit is for, in the words of the contract."""

    DISTILLATION = "distillation"
    EVALUATION = "evaluation"
    SYNTHETIC_DATA = "synthetic-data"
    RED_TEAM = "red-team"


class State(StrEnum):
    """Where a permit stands.

    Attributes:
        REQUESTED: Somebody asked for it.
        GRANTED: It holds, or will, or did.
        REFUSED: It was not granted.
        REVOKED: It was taken back, from then on.
        VOID: It was taken back as if it had never been.
    """

    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"
    REVOKED = "revoked"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Terms:
    """What is agreed.

    Attributes:
        valid_from: From when.
        valid_until: Until when.
        max_exchanges: Exchanges in that time; None for any number.
        max_tokens: Tokens in that time, of prompts and answers; None for any number.
        models: Which models; empty for all.
    """

    valid_from: datetime
    valid_until: datetime
    max_exchanges: int | None = None
    max_tokens: int | None = None
    models: tuple[str, ...] = ()

    def checked(self) -> Terms:
        """The same, if it makes sense.

        Raises:
            NotAllowedError: It ends before it begins, or allows nothing.
        """
        if self.valid_until <= self.valid_from:
            raise NotAllowedError("A permit ends after it begins.", "Give a later --until.")
        if any(most is not None and most < 1 for most in (self.max_exchanges, self.max_tokens)):
            raise NotAllowedError("A permit for nothing is none.", "Leave out what has no bound.")
        return self


@dataclass(frozen=True, slots=True)
class Permit:
    """Declared use of somebody.

    Attributes:
        id: Its name.
        purpose: What for.
        subject: Fingerprint of the account or organization that holds it.
        kind: `account` or `organization`.
        terms: What is agreed, or asked for as long as it is only requested.
        state: Where it stands.
        requested_by: Who entered the request.
        requested_at: When.
        decided_by: Who granted or refused it last; empty before.
        decided_at: When; None before.
        revoked_by: Who took it back; empty if nobody did.
        revoked_at: When; None if nobody did.
        asked: Other terms that somebody asks for; None for none.
        asked_by: Who asks; empty for nobody.
        version: Counts its changes.
    """

    id: str
    purpose: Purpose
    subject: str
    kind: str
    terms: Terms
    state: State
    requested_by: str
    requested_at: datetime
    decided_by: str = ""
    decided_at: datetime | None = None
    revoked_by: str = ""
    revoked_at: datetime | None = None
    asked: Terms | None = None
    asked_by: str = ""
    version: int = 1

    def ends(self) -> datetime:
        """When it ends, or ended."""
        until = self.terms.valid_until
        return until if self.revoked_at is None else min(until, self.revoked_at)

    def holds(self, at: datetime) -> bool:
        """Whether it holds at a time."""
        granted = self.state in (State.GRANTED, State.REVOKED)
        return granted and self.terms.valid_from <= at < self.ends()

    def said(self, now: datetime) -> str:
        """Where it stands, in a word: `active`, `upcoming` and `expired` beside its states."""
        if self.state is not State.GRANTED:
            return self.state.value
        if now < self.terms.valid_from:
            return "upcoming"
        return "active" if self.holds(now) else "expired"


def may_grant(permit: Permit, name: str, *, four_eyes: bool) -> None:
    """Let only those pass who may grant a permit, or other terms.

    Raises:
        NotAllowedError: Nobody asked, or who asked would be who grants.
    """
    asking = permit.asked_by if permit.asked is not None else permit.requested_by
    if permit.state is not State.REQUESTED and permit.asked is None:
        raise NotAllowedError(
            f"{permit.id} is {permit.state.value}, and nobody asks for anything else.",
            "`revenuer permit request` asks for a new one, `revenuer permit extend` for other "
            "terms.",
        )
    if four_eyes and name.casefold() == asking.casefold():
        raise NotAllowedError(
            f"{name} asked for this, and the settings want four eyes (permits.four_eyes).",
            "Somebody else grants or refuses it.",
        )

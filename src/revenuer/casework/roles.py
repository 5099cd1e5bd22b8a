"""Who may do what with the casebook: one table, asked by every face before anything is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from revenuer.errors import NotAllowedError


class Role(StrEnum):
    """What a person is here; each may do all that the ones before it may.

    Attributes:
        VIEWER: Reads what is masked.
        ANALYST: Works on cases.
        APPROVER: Decides what others proposed.
        ADMIN: Says who is what, and what is erased.
    """

    VIEWER = "viewer"
    ANALYST = "analyst"
    APPROVER = "approver"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """Its place, 0 for the one that may least."""
        return tuple(Role).index(self)


class Right(StrEnum):
    """One thing that somebody may do.

    Attributes:
        READ: See cases, permits, appeals and assessments, masked.
        ASSESS: Have an application for an account judged.
        WORK: Add scans, write notes, take cases, dismiss and reopen them.
        PROPOSE: Plan what is done about a campaign.
        UNMASK: Read a text or a name in the clear; each time is written down.
        AUDIT: Read the audit log.
        APPROVE: Approve what another proposed, and take decisions back.
        GRANT: Grant and revoke permits.
        HEAR: Decide appeals.
        HOLD: Lay a legal hold on something, and lift it.
        ERASE: Hand out or erase what is held about an account.
        MANAGE: Say who is let in, and as what.
    """

    READ = "read"
    ASSESS = "assess"
    WORK = "work"
    PROPOSE = "propose"
    UNMASK = "unmask"
    AUDIT = "audit"
    APPROVE = "approve"
    GRANT = "grant"
    HEAR = "hear"
    HOLD = "hold"
    ERASE = "erase"
    MANAGE = "manage"


RIGHTS: Mapping[Right, Role] = MappingProxyType(
    {
        Right.READ: Role.VIEWER,
        Right.ASSESS: Role.ANALYST,
        Right.WORK: Role.ANALYST,
        Right.PROPOSE: Role.ANALYST,
        Right.UNMASK: Role.ANALYST,
        Right.AUDIT: Role.ANALYST,
        Right.APPROVE: Role.APPROVER,
        Right.GRANT: Role.APPROVER,
        Right.HEAR: Role.APPROVER,
        Right.HOLD: Role.ADMIN,
        Right.ERASE: Role.ADMIN,
        Right.MANAGE: Role.ADMIN,
    }
)
"""The least role that has each right."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something.

    Attributes:
        name: As the audit log names them.
        role: What they are.
        login: Whom the operating system takes them for; empty over HTTP.
        token: Id of the token that let them in; empty on a command line.
        scopes: What the token is for; None where nothing narrows the role.
    """

    name: str
    role: Role
    login: str = ""
    token: str = ""
    scopes: frozenset[Right] | None = None

    def may(self, right: Right) -> bool:
        """Whether they have a right.

        Examples:
            >>> Actor("ana", Role.ANALYST).may(Right.UNMASK)
            True
            >>> Actor("ana", Role.ANALYST).may(Right.GRANT)
            False
            >>> Actor("ana", Role.ANALYST, scopes=frozenset({Right.READ})).may(Right.UNMASK)
            False
        """
        in_scope = self.scopes is None or right in self.scopes
        return in_scope and self.role.rank >= RIGHTS[right].rank

    def needs(self, right: Right) -> None:
        """Go on only with a right.

        Raises:
            NotAllowedError: They do not have it.
        """
        if self.may(right):
            return
        if self.role.rank < RIGHTS[right].rank:
            hint = f"It takes the role {RIGHTS[right].value}; {self.name} is {self.role.value}."
        else:
            hint = "The token is not for that; ask for one that is."
        raise NotAllowedError(f"{self.name} does not have the right to {right.value}.", hint)

"""What a card says of a table of the casebook: what for, about whom, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

EMPTY: Mapping[str, str] = {}


class Whose(StrEnum):
    """Whom the rows of a table are about."""

    ACCOUNTS = "accounts and their organizations"
    STAFF = "people who work with the casebook"
    NOBODY = "nobody"


class By(StrEnum):
    """How a column leads to a subject.

    Attributes:
        SUBJECT: It is the subject.
        NUMBER: It is the subject's number in `case_subjects`.
        CAMPAIGN: It is a campaign that the subject is or was in.
        CASE: It is the case of such a campaign.
        PERMIT: It is a permit of the subject.
        APPEAL: It is an appeal that is about the subject.
    """

    SUBJECT = "subject"
    NUMBER = "number"
    CAMPAIGN = "campaign"
    CASE = "case"
    PERMIT = "permit"
    APPEAL = "appeal"


OWN = frozenset({By.SUBJECT, By.NUMBER})
"""What leads to rows that are about the subject alone."""


class Erased(StrEnum):
    """What erasure does with the rows of a subject.

    Attributes:
        DELETE: They go.
        UNLINK: What leads to the subject is replaced by something that leads to nobody.
        SCRUB: The subject is taken out of what is sealed in them.
        SHRED: The key goes with which their texts are sealed; the rest stays.
        KEEP: They stay, on the ground that the card names.
    """

    DELETE = "deleted"
    UNLINK = "unlinked"
    SCRUB = "rewritten without it"
    SHRED = "made unreadable"
    KEEP = "kept"


@dataclass(frozen=True, slots=True)
class Card:
    """A table.

    Attributes:
        table: Its name.
        purpose: What it is for, a sentence.
        whose: Whom it is about.
        data: What of them is in it, in words.
        by: Which columns lead to a subject.
        sealed: Sealed columns, and the column that says whose key they are sealed with; one of
            another table as `KEY@TABLE.COLUMN`, where both tables have KEY.
        withheld: Columns that a subject is not shown, since they are about other people.
        erased: What erasure does.
        ground: Why what stays may stay; empty where nothing does.
        retention: Which key of `[retention]` says how long; empty for as long as what it is about.
    """

    table: str
    purpose: str
    whose: Whose = Whose.NOBODY
    data: str = ""
    by: Mapping[str, By] = field(default_factory=dict)
    sealed: Mapping[str, str] = field(default_factory=dict)
    withheld: frozenset[str] = frozenset()
    erased: Erased = Erased.KEEP
    ground: str = ""
    retention: str = ""

    @property
    def is_personal(self) -> bool:
        """Whether rows are found by a subject."""
        return bool(self.by)


PROOF = "proof of what was decided, for legal claims; only a keyed fingerprint names the account"
STAFF = "accountability of those who decide; it is not about the account"

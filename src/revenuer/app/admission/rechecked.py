"""What comes of a recheck."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Changed:
    """An application whose answer is another now.

    Attributes:
        application_id: The operator's own.
        before: The answer before.
        answer: The answer now.
        reasons: Sentences for the analyst.
    """

    application_id: str
    before: str
    answer: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Due:
    """A programme that is to be confirmed again, or has ended.

    Attributes:
        application_id: The operator's own; empty where it was erased.
        programme: Which.
        state: Where it stands.
        asks: Checks that confirm it.
        misfits: What of the usage brought it forward.
    """

    application_id: str
    programme: str
    state: str
    asks: tuple[str, ...]
    misfits: tuple[str, ...]


@dataclass(slots=True)
class Rechecked:
    """What came of a recheck.

    Attributes:
        accounts: Accounts that were new to the history.
        convicted: Accounts whose conviction was new.
        acquitted: Accounts whose conviction was taken back.
        judged: Accepted applications that were judged again.
        changed: Those whose answer is another now.
        due: Programmes to be confirmed again, or ended.
    """

    accounts: int = 0
    convicted: int = 0
    acquitted: int = 0
    judged: int = 0
    changed: list[Changed] = field(default_factory=list)
    due: list[Due] = field(default_factory=list)

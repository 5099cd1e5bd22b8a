"""The same thing done with several cases: what it would do to each, and then each by itself.

Every case is a change of its own, with its own entry in the audit log. One that cannot be changed,
since somebody else was quicker or since it is decided on already, stops none of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from revenuer.app.casebook import working
from revenuer.app.casebook.finding import case_named, unchanged
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.people import plain_name
from revenuer.casework.cases import Ground, State, Step, after
from revenuer.casework.roles import Actor, Right
from revenuer.errors import ConfigError, ConflictError, NotFoundError, RevenuerError
from revenuer.store.casebook.cases import CaseRow

MOST = 500
"""Cases at once: as many as a page of the list shows. placeholder"""


@dataclass(frozen=True, slots=True)
class Marked:
    """A case that somebody marked, as they saw it.

    Attributes:
        case: What it was called.
        version: That they saw; None before they were shown any.
    """

    case: str
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Each:
    """What would become, or became, of one of several cases.

    Attributes:
        case: What it was called.
        row: The case; None where there is none of this name.
        refused: Why nothing is done with it; empty where something is.
    """

    case: str
    row: CaseRow | None
    refused: str = ""


def foresee_assigning(
    casebook: Casebook, marked: Sequence[Marked], *, to: str, actor: Actor
) -> list[Each]:
    """What giving several cases to somebody would do.

    Args:
        casebook: Where.
        marked: Which.
        to: Whose they would be; empty for nobody's.
        actor: Who asks.

    Raises:
        ConfigError: None was marked, or too many.
        NotFoundError: Nobody of this name works here.
    """
    whose = plain_name(to) if to else ""

    def refuse(row: CaseRow) -> None:
        if row.assigned_to == whose:
            said = f"It is {whose}'s already." if whose else "It is nobody's already."
            raise ConflictError(said)

    if whose:
        with casebook.reading() as connection:
            working.refuse_stranger(connection, whose)
    return _foreseen(casebook, marked, refuse, actor)


def foresee_dismissing(casebook: Casebook, marked: Sequence[Marked], *, actor: Actor) -> list[Each]:
    """What dismissing several cases would do.

    Raises:
        ConfigError: None was marked, or too many.
    """

    def refuse(row: CaseRow) -> None:
        after(State(row.state), Step.DISMISS)

    return _foreseen(casebook, marked, refuse, actor)


def assign_each(
    casebook: Casebook, marked: Sequence[Marked], *, to: str, actor: Actor, now: datetime
) -> list[Each]:
    """Give several cases to somebody, each by itself.

    Raises:
        ConfigError: None was marked, or too many.
    """

    def work(one: Marked) -> CaseRow:
        return working.assign(
            casebook, one.case, to=to, actor=actor, now=now, expected_version=one.version
        )

    return _done(marked, work, actor)


def dismiss_each(
    casebook: Casebook,
    marked: Sequence[Marked],
    *,
    ground: Ground,
    why: str,
    actor: Actor,
    now: datetime,
) -> list[Each]:
    """Say of several cases that nothing is to be done about them, of each by itself.

    Raises:
        ConfigError: None was marked, too many, or there is no reason.
    """
    words = working.plain_text(why, "A dismissal")

    def work(one: Marked) -> CaseRow:
        return working.dismiss(
            casebook,
            one.case,
            ground=ground,
            why=words,
            actor=actor,
            now=now,
            expected_version=one.version,
        )

    return _done(marked, work, actor)


def _foreseen(
    casebook: Casebook,
    marked: Sequence[Marked],
    refuse: Callable[[CaseRow], None],
    actor: Actor,
) -> list[Each]:
    actor.needs(Right.WORK)
    seen: set[str] = set()
    found = []
    with casebook.reading() as connection:
        for one in _bounded(marked):
            row = None
            try:
                row = case_named(connection, one.case)
                if row.case_id in seen:
                    # Two that were marked have become one meanwhile.
                    continue
                seen.add(row.case_id)
                unchanged(row, one.version)
                refuse(row)
            except (ConflictError, NotFoundError) as problem:
                found.append(Each(one.case, row, problem.message))
            else:
                found.append(Each(row.case_id, row))
    return found


def _done(marked: Sequence[Marked], work: Callable[[Marked], CaseRow], actor: Actor) -> list[Each]:
    actor.needs(Right.WORK)
    done = []
    for one in _bounded(marked):
        try:
            done.append(Each(one.case, work(one)))
        except RevenuerError as problem:
            done.append(Each(one.case, None, problem.message))
    return done


def _bounded(marked: Sequence[Marked]) -> list[Marked]:
    each = list({one.case: one for one in marked}.values())
    if not each:
        raise ConfigError("No case is marked.", "Mark the rows of those that you mean.")
    if len(each) > MOST:
        raise ConfigError(f"{len(each):,} cases are marked.", f"{MOST:,} at once are the most.")
    return each

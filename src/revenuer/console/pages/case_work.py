"""What people do with a case: take it, write, dismiss it, let it come back, close it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from revenuer.app.casebook import working
from revenuer.app.casebook.people import PERSON, list_people
from revenuer.casework.cases import Ground
from revenuer.casework.roles import Right
from revenuer.console.page import Action, Asked, Goto, Told, Visit
from revenuer.errors import ConfigError
from revenuer.store.casebook.cases import CaseRow

_ONE = "/cases/{case}"
GROUNDS = {
    Ground.INNOCENT: "innocent: these are no campaign, and its accounts are known innocents",
    Ground.PERMITTED: "permitted: it was agreed on",
    Ground.HARMLESS: "harmless: it is one, and too small to act on",
    Ground.ELSEWHERE: "elsewhere: it is dealt with in another way",
}


def colleagues(visit: Visit) -> list[str]:
    """Those whom a case may be given to."""
    return [
        one.name
        for one in list_people(visit.casebook, actor=visit.actor)
        if one.kind == PERSON and not one.disabled_us
    ]


def take(visit: Visit) -> Told:
    """Take a case: whoever takes it looks at it."""
    return _done(visit, working.assign, "It is yours now.", to=visit.actor.name)


def put_back(visit: Visit) -> Told:
    """Put a case back: it is nobody's, and waits as before."""
    return _done(visit, working.assign, "It is put back, and waits as before.", to="")


def give(visit: Visit) -> Told:
    """Say whose a case is."""
    to = visit.form.get("to", "")
    if not to:
        raise ConfigError("Nobody was chosen.", "Choose somebody, or put the case back.")
    return _done(visit, working.assign, f"It is {to}'s now.", to=to)


def note(visit: Visit) -> Told:
    """Write a note on a case."""
    row = working.write_note(
        visit.casebook,
        visit.path["case"],
        visit.form.get("text", ""),
        actor=visit.actor,
        now=visit.now,
    )
    return Goto(f"/cases/{row.case_id}", "The note is kept.")


def dismiss(visit: Visit) -> Told:
    """Say that nothing is to be done about a case."""
    ground = ground_in(visit.form)
    said = "It is dismissed, for the accounts that it has now. It comes back if it outgrows that."
    return _done(visit, working.dismiss, said, ground=ground, why=visit.form.get("why", ""))


def reopen(visit: Visit) -> Told:
    """Let a case be looked at again."""
    said = "It waits in the queue again; dismissals of it no longer hold."
    return _done(visit, working.reopen, said, why=visit.form.get("why", ""))


def close(visit: Visit) -> Told:
    """Say that a case is over."""
    said = "It is closed. It comes back if its campaign is seen to go on."
    return _done(visit, working.close, said, why=visit.form.get("why", ""))


def ground_in(form: Asked) -> Ground:
    """Why nothing is to be done, as a form says it.

    Raises:
        ConfigError: It does not.
    """
    try:
        return Ground(form.get("ground", ""))
    except ValueError:
        known = ", ".join(one.value for one in Ground)
        raise ConfigError("A dismissal needs a ground.", f"Choose one of {known}.") from None


def version_of(visit: Visit) -> int:
    """The version of the case that the visitor saw.

    Raises:
        ConfigError: The form does not say.
    """
    said = visit.form.get("version", "")
    if not said.isdecimal() or len(said) > 9:
        raise ConfigError("The form does not say which version it is about.", "Load it anew.")
    return int(said)


def _done(visit: Visit, work: Callable[..., CaseRow], said: str, **what: Any) -> Told:
    row = work(
        visit.casebook,
        visit.path["case"],
        **what,
        actor=visit.actor,
        now=visit.now,
        expected_version=version_of(visit),
    )
    return Goto(f"/cases/{row.case_id}", said)


PAGES = (
    Action(f"{_ONE}/take", Right.WORK, take, "Take a case for yourself."),
    Action(f"{_ONE}/put-back", Right.WORK, put_back, "Put a case back."),
    Action(f"{_ONE}/assign", Right.WORK, give, "Say whose a case is."),
    Action(f"{_ONE}/note", Right.WORK, note, "Write a note on a case."),
    Action(f"{_ONE}/dismiss", Right.WORK, dismiss, "Say that nothing is to be done about a case."),
    Action(f"{_ONE}/reopen", Right.WORK, reopen, "Let a case be looked at again."),
    Action(f"{_ONE}/close", Right.WORK, close, "Say that a case is over."),
)

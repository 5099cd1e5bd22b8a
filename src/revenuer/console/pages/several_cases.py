"""The same thing done with several cases of the list: first what it would do to each, then it."""

from __future__ import annotations

from collections.abc import Sequence

from revenuer.app.casebook import several
from revenuer.app.casebook.several import Each, Marked
from revenuer.casework.roles import Right
from revenuer.console.asked import words_in
from revenuer.console.page import Action, Asked, Goto, Told, View, Visit
from revenuer.console.pages.case_work import GROUNDS, ground_in
from revenuer.errors import ConfigError
from revenuer.reports.wording import counted

ASSIGN, DISMISS = "assign", "dismiss"


def preview(visit: Visit) -> Told:
    """What would become of each of the marked cases; nothing is done."""
    marked = [Marked(case) for case in visit.form.getlist("marked")]
    what, to = visit.form.get("do", ""), visit.form.get("to", "")
    if what == ASSIGN:
        each = several.foresee_assigning(visit.casebook, marked, to=to, actor=visit.actor)
        does = f"Give {_them(each)} to {to}" if to else f"Put {_them(each)} back"
        values = {"to": to, "meaning": ""}
    elif what == DISMISS:
        ground = ground_in(visit.form)
        each = several.foresee_dismissing(visit.casebook, marked, actor=visit.actor)
        does = f"Dismiss {_them(each)} as {ground.value}"
        values = {"ground": ground.value, "meaning": GROUNDS[ground]}
    else:
        raise ConfigError("It is not said what to do with them.", "Give them, or dismiss them.")
    given = {
        "what": what,
        "does": does,
        "ready": [one for one in each if not one.refused],
        "left": [one for one in each if one.refused],
        **values,
    }
    return View("cases/several.html", "Several cases", given)


def carry_out(visit: Visit) -> Told:
    """Do it with each case that was shown, as it was shown."""
    marked = _seen(visit.form)
    what, to = visit.form.get("do", ""), visit.form.get("to", "")
    if what == ASSIGN:
        done = several.assign_each(visit.casebook, marked, to=to, actor=visit.actor, now=visit.now)
        said = f"given to {to}" if to else "put back"
    elif what == DISMISS:
        done = several.dismiss_each(
            visit.casebook,
            marked,
            ground=ground_in(visit.form),
            why=words_in(visit.form, "why", "The reason"),
            actor=visit.actor,
            now=visit.now,
        )
        said = "dismissed"
    else:
        raise ConfigError("It is not said what to do with them.", "Give them, or dismiss them.")
    failed = [one for one in done if one.refused]
    if not failed:
        return Goto("/cases", f"{counted(len(done), 'case')} {said}.")
    values = {
        "said": said,
        "done": [one for one in done if not one.refused],
        "failed": failed,
    }
    return View("cases/several_done.html", "Several cases", values)


def _them(each: Sequence[Each]) -> str:
    return counted(sum(not one.refused for one in each), "case")


def _seen(form: Asked) -> list[Marked]:
    """The cases of a preview, each at the version that it showed.

    Raises:
        ConfigError: A version is missing.
    """
    found = []
    for said in form.getlist("case"):
        case, _, version = said.rpartition(" ")
        if not (case and version.isascii() and version.isdecimal()) or len(version) > 9:
            raise ConfigError("The form is not whole.", "Mark the cases again.")
        found.append(Marked(case, int(version)))
    return found


PAGES = (
    Action(
        "/cases/several", Right.WORK, preview, "Show what would become of each of several cases."
    ),
    Action(
        "/cases/several/done", Right.WORK, carry_out, "Give or dismiss several cases, one by one."
    ),
)

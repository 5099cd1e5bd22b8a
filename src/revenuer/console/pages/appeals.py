"""Appeals: the queue by the clock, one whole, and every step of hearing it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from revenuer.app.casebook import appeal_views as views
from revenuer.app.casebook import appeals as app
from revenuer.app.casebook.appeal_grounds import Piece
from revenuer.app.casebook.appeal_outcomes import Ruling, decide_appeal
from revenuer.app.casebook.appeal_views import Opened, Waiting
from revenuer.app.casebook.people import list_people
from revenuer.casework.appeals import OVER, Against, Outcome, unfit
from revenuer.casework.roles import RIGHTS, Right, Role
from revenuer.console.asked import text_in, version_in, words_in
from revenuer.console.page import Action, Goto, Page, Told, View, Visit
from revenuer.console.pages.appeal_entry import SECTION, office
from revenuer.console.table import Column, Table, with_table
from revenuer.errors import ConfigError
from revenuer.instants import micros, moment

LEAST_NATS = 0.05
"""Evidence from which a piece is listed: less reads as 0.0."""

APPEALS: Table[Waiting] = Table(
    name="appeals",
    caption="appeals",
    columns=(
        Column(
            "appeal", "Appeal", lambda one: one.appeal.appeal_id, "code",
            lambda one: f"/appeals/{one.appeal.appeal_id}",
        ),
        Column("stage", "Stage", lambda one: one.appeal.stage.value, "state", choose=True),
        Column("due", "Due next", lambda one: one.due.what or None, choose=True),
        Column("due_at", "Until", lambda one: micros(one.due.at) if one.due.what else None,
               "time", minor=True),
        Column("late", "Late by", lambda one: _late(one), "hours"),
        Column("action", "Against", lambda one: one.appeal.action or None, "state", choose=True),
        Column("against", "Of", lambda one: one.appeal.against.value, choose=True, minor=True),
        Column("target", "Which", lambda one: one.appeal.target, "code", minor=True),
        Column("whose", "Heard by", lambda one: one.appeal.assigned_to or None, choose=True),
        Column("opened", "Came", lambda one: one.appeal.opened_us, "time"),
        Column("outcome", "Outcome",
               lambda one: one.appeal.outcome.value if one.appeal.outcome else None,
               "state", choose=True, minor=True),
    ),
    empty="Nobody appeals. An appeal is entered from the page of what it is against.",
)  # fmt: skip


def queue(visit: Visit) -> Told:
    """Appeals by the clock: the latest first, those that are over last."""
    rows = views.list_appeals(office(visit), actor=visit.actor, now=visit.now)
    open_ = [one for one in rows if one.due.what]
    values = {
        "open": open_,
        "late": [one for one in open_ if one.due.is_late],
        "nobody": [one for one in open_ if not one.appeal.assigned_to],
        "mine": [one for one in open_ if one.appeal.assigned_to == visit.actor.name],
    }
    return with_table(visit, View("appeals/queue.html", SECTION, values), APPEALS, rows)


def show(visit: Visit) -> Told:
    """One appeal; whoever may hear appeals sees its words, and that they looked is recorded."""
    return _shown(visit, {})


def assign(visit: Visit) -> Told:
    """Give an appeal to somebody who had no part in what it is against."""
    to = words_in(visit.form, "to", "To whom it is given")
    made = app.assign_appeal(
        office(visit),
        visit.path["appeal"],
        to=to,
        actor=visit.actor,
        now=visit.now,
        expected_version=version_in(visit.form),
    )
    return _back(made.appeal_id, f"Given to {made.assigned_to}.")


def receive(visit: Visit) -> Told:
    """Enter what whoever appeals adds."""
    made = app.receive(
        office(visit),
        visit.path["appeal"],
        text=words_in(visit.form, "text", "What they add"),
        actor=visit.actor,
        now=visit.now,
        expected_version=version_in(visit.form),
    )
    return _back(made.appeal_id, "Entered. It must be read before the appeal is decided.")


def answer(visit: Visit) -> Told:
    """Answer whoever appeals; the letter is shown before it leaves."""
    words = words_in(visit.form, "words", "What you answer")
    only_look = visit.form.get("send") != "yes"
    made, letter = app.answer_appeal(
        office(visit),
        visit.path["appeal"],
        words=words,
        actor=visit.actor,
        now=visit.now,
        preview=only_look,
        expected_version=version_in(visit.form),
    )
    if only_look:
        return _shown(visit, {"letter": letter, "sending": "answer", "hidden": {"words": words}})
    return _back(made.appeal_id, "The answer is on its way, and kept with the appeal.")


def withdraw(visit: Visit) -> Told:
    """Write down that whoever appealed took it back themselves."""
    made = app.withdraw_appeal(
        office(visit),
        visit.path["appeal"],
        why=words_in(visit.form, "why", "What they said"),
        actor=visit.actor,
        now=visit.now,
        expected_version=version_in(visit.form),
    )
    return _back(made.appeal_id, "Withdrawn, as they said.")


def rule(visit: Visit) -> Told:
    """Decide an appeal; the letter and what is undone are shown before."""
    form = visit.form
    try:
        outcome = Outcome(form.get("outcome", ""))
    except ValueError:
        raise ConfigError("How it ends is not said.", "Choose an outcome.") from None
    accounts = tuple(form.getlist("accounts"))
    ruling = Ruling(
        outcome=outcome,
        why=words_in(form, "why", "Why"),
        words=text_in(form, "words"),
        whole=outcome is not Outcome.UPHELD and form.get("whole") == "yes",
        accounts=() if outcome is Outcome.UPHELD or form.get("whole") == "yes" else accounts,
    )
    only_look = form.get("send") != "yes"
    done = decide_appeal(
        office(visit),
        visit.path["appeal"],
        ruling,
        actor=visit.actor,
        now=visit.now,
        preview=only_look,
        expected_version=version_in(form),
    )
    if not only_look:
        return _back(done.appeal.appeal_id, f"Decided: {outcome.value}.")
    hidden = {"outcome": outcome.value, "why": ruling.why, "words": ruling.words}
    hidden |= {"whole": "yes"} if ruling.whole else {}
    more: dict[str, object] = {"letter": done.letter, "sending": "ruling", "hidden": hidden}
    more |= {"done": done, "named": ruling.accounts, "ruling": ruling}
    return _shown(visit, more)


def _shown(visit: Visit, more: dict[str, object]) -> Told:
    place = office(visit)
    found = views.show_appeal(place, visit.path["appeal"], actor=visit.actor, now=visit.now)
    one = found.appeal
    mine = one.assigned_to == visit.actor.name and found.reader is None
    values = {
        "section": SECTION,
        "found": found,
        "one": one,
        "over": one.stage in OVER,
        "mine": mine,
        "may_hear": visit.actor.may(Right.HEAR),
        "hearers": _hearers(visit, found),
        "due_us": micros(found.due.at),
        "stands_us": _stands_from(visit, found),
        "pieces": _pieces(found),
        "outcomes": _outcomes(one.against),
        "named_link": _target_link(visit, found),
        "letter": "",
        "sending": "",
        "hidden": {},
        "done": None,
        "named": (),
        "ruling": None,
        "innocent_days": visit.settings.appeals.innocent_days,
    }
    title = f"Appeal {one.appeal_id.partition('--')[2][:8]}"
    return View("appeals/appeal.html", title, values | more)


def _hearers(visit: Visit, found: Opened) -> list[tuple[str, str]]:
    """Who may hear it: people with the right and without a part; the value and what is shown."""
    if not visit.actor.may(Right.WORK):
        return []
    least = RIGHTS[Right.HEAR].rank
    people = list_people(visit.casebook, actor=visit.actor)
    fit = [one.name for one in people if not one.disabled_us and Role(one.role).rank >= least]
    # Who had a part is only known to those who may hear it; assigning refuses them in any case.
    return [(name, name) for name in sorted(fit) if unfit(name, found.parts) is None]


def _stands_from(visit: Visit, found: Opened) -> int:
    """From when on the visitor may let the decision stand; 0 once they may."""
    looks = [
        one.at_us for one in found.looks if one.name == visit.actor.name and one.view == "evidence"
    ]
    if not looks:
        return 0
    least = timedelta(seconds=visit.settings.appeals.least_look_s)
    from_ = moment(min(looks)) + least
    return micros(from_) if from_ > visit.now else 0


def _pieces(found: Opened) -> list[Piece]:
    if found.evidence is None:
        return []
    told = [one for one in found.evidence.pieces if abs(one.log_e_value) >= LEAST_NATS]
    return sorted(told, key=lambda one: -one.log_e_value)


def _outcomes(against: Against) -> list[tuple[str, str]]:
    """Outcomes that there are, and what each means."""
    stands = (Outcome.UPHELD.value, "It stands. They are told why, in words of yours.")
    if against is not Against.DECISION:
        done = (
            "It was wrong. The permit is put back."
            if against is Against.PERMIT
            else ("It was wrong. The application is accepted.")
        )
        return [stands, (Outcome.OVERTURNED.value, done)]
    return [
        stands,
        (Outcome.PARTLY.value, "Too much. They are let go; later scans may reach them."),
        (Outcome.OVERTURNED.value, "It was wrong. They are let go, and count as innocent."),
    ]


def _target_link(visit: Visit, found: Opened) -> str:
    """Where what it is against is shown; empty for nowhere."""
    one = found.appeal
    if one.against is Against.PERMIT:
        return f"/permits/{one.target}"
    if one.against is Against.ASSESSMENT:
        return f"/sign-ups/{found.names[0]}" if found.names else ""
    for name in visit.settings.casebook.snapshots:
        if str(Path(name).resolve()) == one.snapshot:
            return f"/enforcement/{Path(name).stem}/decisions/{one.target}"
    return ""


def _late(one: Waiting) -> float | None:
    return one.due.late / timedelta(hours=1) if one.due.is_late else None


def _back(appeal: str, said: str) -> Goto:
    return Goto(f"/appeals/{appeal}", said)


_ONE = "/appeals/{appeal}"
PAGES = (
    Page(
        "/appeals", Right.READ, queue, "Appeals, by what is due first.", SECTION, nav=True, key="a"
    ),
    Page(_ONE, Right.READ, show, "An appeal: the words, the evidence, who looked.", SECTION),
    Action(f"{_ONE}/assign", Right.WORK, assign, "Give it to somebody without a part in it."),
    Action(f"{_ONE}/words", Right.WORK, receive, "Enter what whoever appeals adds."),
    Action(f"{_ONE}/answer", Right.HEAR, answer, "Answer; the letter is shown before."),
    Action(f"{_ONE}/withdraw", Right.WORK, withdraw, "Write down that they took it back."),
    Action(f"{_ONE}/ruling", Right.HEAR, rule, "Decide it; the letter is shown before."),
)

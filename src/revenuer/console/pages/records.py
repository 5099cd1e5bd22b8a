"""Records: legal holds, erasures, what is held about somebody, and what is due to go."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from revenuer.app.casebook import erasure, holding
from revenuer.app.casebook.erasure import Erasure
from revenuer.app.casebook.erasure_plan import plan_erasure
from revenuer.app.casebook.holding import Held
from revenuer.app.casebook.places import NOT_REACHED
from revenuer.app.casebook.retention import Aged, plan_retention
from revenuer.app.casebook.subject_access import NOT_INCLUDED, hand_out
from revenuer.casework.roles import Right
from revenuer.console.page import Action, Download, Goto, Page, Told, View, Visit
from revenuer.console.pages.around import around_of
from revenuer.console.several import and_table
from revenuer.console.table import Column, Table, with_table
from revenuer.errors import ConfigError, NotFoundError
from revenuer.instants import micros

LONGEST_ID, LONGEST_WHY = 256, 2000


@dataclass(frozen=True, slots=True)
class Account:
    """What a form says of an account."""

    id: str
    why: str


HOLDS: Table[Held] = Table(
    name="holds",
    caption="legal holds",
    columns=(
        Column("hold", "Hold", lambda one: one.hold, "code",
               lambda one: f"/records/holds/{one.hold}"),
        Column("state", "State", lambda one: "lifted" if one.released_at else "in force", "state",
               choose=True),
        Column("kind", "On", lambda one: one.kind, choose=True),
        Column("target", "Of", lambda one: one.target, "code",
               lambda one: ("/cases/" if one.kind == "case" else "/accounts/") + one.target),
        Column("why", "Why", lambda one: one.why or None),
        Column("by", "Laid by", lambda one: one.placed_by),
        Column("at", "Laid", lambda one: micros(one.placed_at), "time"),
        Column("lifted", "Lifted", lambda one: micros(one.released_at) if one.released_at else None,
               "time", minor=True),
        Column("lifted_by", "By", lambda one: one.released_by or None, minor=True),
    ),
    empty="Nothing is held.",
    sort="-at",
)  # fmt: skip
ERASURES: Table[Erasure] = Table(
    name="erasures",
    caption="erasures",
    columns=(
        Column("id", "Erasure", lambda one: one.id, "code",
               lambda one: f"/records/erasures/{one.id}"),
        Column("state", "State", lambda one: one.state, "state", choose=True),
        Column("subject", "Account", lambda one: one.subject, "subject"),
        Column("asked", "Asked by", lambda one: one.asked_by),
        Column("agreed", "Agreed by", lambda one: one.agreed_by or None),
        Column("left", "Left to do", lambda one: len(one.to_do), "count"),
    ),
    empty="No account was ever erased.",
    first=False,
)  # fmt: skip
AGED: Table[Aged] = Table(
    name="retention",
    caption="kinds of rows that are due",
    columns=(
        Column("kind", "Kind", lambda one: one.kind),
        Column("table", "Table", lambda one: one.table, "word"),
        Column("rows", "Rows", lambda one: one.rows, "count"),
        Column("days", "Kept for days", lambda one: one.days, "count"),
        Column("since", "From", lambda one: one.since),
        Column("how", "Then", lambda one: one.how),
    ),
    empty="Nothing has been kept too long.",
    first=False,
)


def show_records(visit: Visit) -> Told:
    """Holds, erasures and what is due, with the forms for each."""
    book, actor = visit.casebook, visit.actor
    aged = plan_retention(book, visit.settings.retention, actor=actor, now=visit.now)
    every = erasure.list_erasures(book, actor=actor)
    values = {
        "persons": visit.settings.retention.erasure_persons,
        "open": [one for one in every if one.state == erasure.OPEN],
        "asked": [one for one in every if one.state == erasure.ASKED],
        "not_included": NOT_INCLUDED,
        "chosen": visit.query.get("account", "")[:LONGEST_ID],
        "case": visit.query.get("case", "")[:LONGEST_ID],
    }
    told = with_table(visit, View("records/records.html", "Records", values), HOLDS,
                      holding.list_holds(book, actor=actor))  # fmt: skip
    told = and_table(visit, told, ERASURES, every, called="erasures")
    return and_table(visit, told, AGED, aged, called="aged")


def show_hold(visit: Visit) -> Told:
    """One hold, and its lifting."""
    for one in holding.list_holds(visit.casebook, actor=visit.actor):
        if one.hold == visit.path["hold"]:
            return View("records/hold.html", "Legal hold", {"one": one, "micros": micros})
    raise NotFoundError("There is no such hold.", "The page of records lists them.")


def show_erasure(visit: Visit) -> Told:
    """One erasure, and what each place answered."""
    for one in erasure.list_erasures(visit.casebook, actor=visit.actor):
        if one.id == visit.path["erasure"]:
            mine = one.asked_by == visit.actor.name
            values = {"one": one, "mine": mine, "not_reached": NOT_REACHED}
            return View("records/erasure.html", "Erasure", values)
    raise NotFoundError("There is no such erasure.", "The page of records lists them.")


def do_hold(visit: Visit) -> Told:
    """Hold a case or an account."""
    what = visit.form.get("what", "")
    if what not in ("case", "account"):
        raise ConfigError("A hold is on a case, or on an account.", "Choose one of them.")
    target = visit.form.get("target", "").strip()[:LONGEST_ID]
    if not target:
        raise ConfigError("Nothing is named.", "Give the id of a case or of an account.")
    why = visit.form.get("why", "")[:LONGEST_WHY]
    name = holding.place_hold(
        visit.casebook,
        case=target if what == "case" else "",
        account=target if what == "account" else "",
        why=why,
        actor=visit.actor,
        now=visit.now,
    )
    return Goto(f"/records/holds/{name}", "Held: nothing erases it, and nothing of it ages out.")


def do_release(visit: Visit) -> Told:
    """Lift a hold."""
    why = visit.form.get("why", "")[:LONGEST_WHY]
    known = {one.hold for one in holding.list_holds(visit.casebook, actor=visit.actor)}
    if visit.path["hold"] not in known:
        raise NotFoundError("There is no such hold.", "The page of records lists them.")
    name = visit.path["hold"]
    holding.release_hold(visit.casebook, name, why=why, actor=visit.actor, now=visit.now)
    return Goto("/records", "Lifted. What is due goes with the next run of retention.")


def do_plan(visit: Visit) -> Told:
    """What erasing an account would do; nothing is changed."""
    account = _account(visit)
    plan = plan_erasure(
        visit.casebook, around_of(visit), account.id, actor=visit.actor, now=visit.now
    )
    values = {
        "plan": plan,
        "account": account,
        "persons": visit.settings.retention.erasure_persons,
        "not_reached": NOT_REACHED,
    }
    return View("records/plan.html", "What an erasure would do", values)


def do_erase(visit: Visit) -> Told:
    """Ask for an erasure; it is done at once where one person suffices."""
    account = _account(visit)
    done = erasure.erase(
        visit.casebook,
        around_of(visit),
        account.id,
        why=account.why,
        actor=visit.actor,
        now=visit.now,
        persons=visit.settings.retention.erasure_persons,
        lets_go=visit.form.get("let_go") == "1",
    )
    return _told(done)


def do_agree(visit: Visit) -> Told:
    """Agree to an erasure that another person asked for, and do it."""
    name = visit.path["erasure"]
    return _told(
        erasure.agree(visit.casebook, around_of(visit), name, actor=visit.actor, now=visit.now)
    )


def do_go_on(visit: Visit) -> Told:
    """Go on with an erasure that is not done."""
    (done,) = erasure.go_on(
        visit.casebook,
        around_of(visit),
        actor=visit.actor,
        now=visit.now,
        name=visit.path["erasure"],
    )
    return _told(done)


def do_hand_out(visit: Visit) -> Told:
    """All that is held about an account, as a file; that it was handed out is written down."""
    account = _account(visit, reasons=False)
    with tempfile.TemporaryDirectory(prefix="revenuer-") as work:
        out = Path(work) / "subject.json"
        around = around_of(visit)
        done = hand_out(visit.casebook, around, account.id, out, actor=visit.actor, now=visit.now)
        if visit.form.get("as") == "html":
            return Download(done.page.read_bytes(), "subject.html", "text/html; charset=utf-8")
        return Download(done.file.read_bytes(), "subject.json", "application/json")


def _account(visit: Visit, *, reasons: bool = True) -> Account:
    account = visit.form.get("account", "").strip()
    why = visit.form.get("why", "").strip()[:LONGEST_WHY]
    if not account or len(account) > LONGEST_ID:
        raise ConfigError("No account is named.", "Give its id, as your logs have it.")
    if reasons and not why:
        raise ConfigError("Nothing is erased without a reason.", "Say why.")
    return Account(account, why)


def _told(done: Erasure) -> Goto:
    where = f"/records/erasures/{done.id}"
    if done.state == erasure.ASKED:
        return Goto(where, "Asked. Another person must agree.")
    if done.to_do:
        return Goto(where, "Something is left to do; see below.", failed=True)
    return Goto(where, "Erased, wherever it was known.")


PAGES = (
    Page("/records", Right.HOLD, show_records, "Holds, erasures, and what is held about somebody.",
         "Records", nav=True, key="r"),
    Page("/records/holds/{hold}", Right.HOLD, show_hold, "One legal hold.", "Records"),
    Page("/records/erasures/{erasure}", Right.ERASE, show_erasure,
         "One erasure, and what each place answered.", "Records"),
    Action("/records/holds", Right.HOLD, do_hold, "Hold a case or an account."),
    Action("/records/holds/{hold}/release", Right.HOLD, do_release, "Lift a legal hold."),
    Action("/records/plan", Right.ERASE, do_plan, "What erasing an account would do."),
    Action("/records/erasures", Right.ERASE, do_erase, "Ask for an erasure."),
    Action("/records/erasures/{erasure}/agree", Right.ERASE, do_agree,
           "Agree to an erasure that another asked for."),
    Action("/records/erasures/{erasure}/go-on", Right.ERASE, do_go_on,
           "Go on with an erasure that is not done."),
    Action("/records/subject", Right.ERASE, do_hand_out,
           "All that is held about an account, as a file."),
)  # fmt: skip

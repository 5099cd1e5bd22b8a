"""A plan that waits for approval: looked at, approved by another, refused, or withdrawn."""

from __future__ import annotations

from revenuer.api.casebook.places import snapshot_at
from revenuer.app.casebook.acting import carry_over
from revenuer.app.casebook.approving import approve_plan, refuse_plan, withdraw_plan
from revenuer.app.casebook.enforcing import look_at_plan
from revenuer.app.countermeasures import cards_of
from revenuer.app.enforce_limits import WEAKEST_SHOWN, Planned
from revenuer.casework.roles import Right
from revenuer.console.asked import words_in
from revenuer.console.page import Action, Goto, Page, Told, View, Visit
from revenuer.console.pages.decisions import SECTION, decided, decision_url
from revenuer.console.table import Column, Table, with_table
from revenuer.errors import ConfigError
from revenuer.instants import micros
from revenuer.reports.wording import counted


def plan_url(place: str, digest: str) -> str:
    """Where a plan is shown."""
    return f"/enforcement/{place}/plans/{digest}"


MEMBERS: Table[Planned] = Table(
    name="members",
    caption="accounts of the plan",
    columns=(
        Column("account", "Account", lambda one: one.member, "subject",
               lambda one: f"/accounts/{one.member}"),
        Column("nats", "Evidence", lambda one: one.log_e_value, "nats",
               hint="Log e-value of the account alone, nats; 0 is neutral"),
        Column("cited", "Pieces that name it", lambda one: one.cited, "count"),
        Column("now", "Holds now", lambda one: one.holds.word, "state", choose=True),
        Column("then", "Would hold", lambda one: max(one.holds, one.action).word, "state",
               choose=True),
        Column("spared", "Spared", lambda one: one.spared or None, choose=True, minor=True),
    ),
    empty="No account is left in it.",
)  # fmt: skip


def show_plan(visit: Visit) -> Told:
    """One plan: innocents nearby first, then whom, until when, and what they read."""
    place = visit.path["snapshot"]
    snapshot = snapshot_at(visit.settings, place)
    seen = look_at_plan(
        visit.casebook, snapshot, visit.path["plan"], actor=visit.actor, now=visit.now
    )
    known = seen.proposal
    if known.decision:
        said = "This plan was carried out; this is what came of it."
        return Goto(decision_url(place, known.decision), said)
    title = f"{known.action.capitalize()} campaign {known.campaign.partition('--')[2][:8]}"
    values = {
        "place": place,
        "seen": seen,
        "plan": seen.plan,
        "cards": cards_of(known.countermeasures),
        "missing": max(seen.needed - seen.given, 0),
        "weakest": seen.plan.hit[:WEAKEST_SHOWN] if seen.plan is not None else (),
        "made_us": micros(known.made_at),
        "ends": [(each, micros(each.at)) for each in known.before],
        "closed_us": micros(known.closed.at) if known.closed is not None else 0,
    }
    view = View("enforcement/plan.html", f"{title}?" if known.waits else title, values)
    return with_table(visit, view, MEMBERS, seen.plan.members if seen.plan is not None else ())


def approve(visit: Visit) -> Told:
    """Approve a plan that another proposed."""
    if visit.form.get("looked") != "yes":
        raise ConfigError(
            "You did not say that you looked.",
            "Look at the innocents nearby and the weakest evidence, tick the box, and approve.",
        )
    place = visit.path["snapshot"]
    snapshot = snapshot_at(visit.settings, place)
    done = approve_plan(
        visit.casebook, snapshot, visit.path["plan"], actor=visit.actor, now=visit.now
    )
    if done.missing:
        said = f"Approved. {counted(done.missing, 'approval')} still missing."
        return followed(visit, plan_url(place, done.plan), said)
    return decided(visit, place, snapshot, done.decision, "Done. Guards follow within two seconds.")


def refuse(visit: Visit) -> Told:
    """Refuse a plan that another proposed."""
    why = words_in(visit.form, "why", "Why it is refused")
    place = visit.path["snapshot"]
    found = refuse_plan(
        visit.casebook,
        snapshot_at(visit.settings, place),
        visit.path["plan"],
        why=why,
        actor=visit.actor,
        now=visit.now,
    )
    return followed(visit, plan_url(place, found.plan), "Refused. Nobody approves it any more.")


def withdraw(visit: Visit) -> Told:
    """Withdraw one's own plan."""
    why = words_in(visit.form, "why", "Why it is withdrawn")
    place = visit.path["snapshot"]
    found = withdraw_plan(
        visit.casebook,
        snapshot_at(visit.settings, place),
        visit.path["plan"],
        why=why,
        actor=visit.actor,
        now=visit.now,
    )
    return followed(visit, plan_url(place, found.plan), "Withdrawn. Nobody approves it any more.")


def followed(visit: Visit, url: str, said: str) -> Goto:
    """On to a plan that changed; the casebook notes how far the docket's log has got."""
    carry_over(visit.casebook, visit.settings.casebook.snapshots, actor=visit.actor, now=visit.now)
    return Goto(url, said)


_PLAN = "/enforcement/{snapshot}/plans/{plan}"
PAGES = (
    Page(
        _PLAN, Right.READ, show_plan, "A plan that waits for approval, or came to nothing.", SECTION
    ),
    Action(f"{_PLAN}/approve", Right.APPROVE, approve, "Approve a plan of another."),
    Action(f"{_PLAN}/refuse", Right.APPROVE, refuse, "Refuse a plan of another."),
    Action(f"{_PLAN}/withdraw", Right.PROPOSE, withdraw, "Withdraw one's own plan."),
)

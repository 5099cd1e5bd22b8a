"""Enforcement: what waits for approval, what is in force, and what came to nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from revenuer.api.casebook.places import snapshots
from revenuer.app.casebook.enforcement_overview import Closed, Made, Waiting, look_over
from revenuer.casework.roles import Right
from revenuer.console.page import Page, Told, View, Visit
from revenuer.console.pages.decisions import SECTION, decision_url, hours_left
from revenuer.console.pages.plans import plan_url
from revenuer.console.several import and_table
from revenuer.console.table import Column, Table, with_table
from revenuer.instants import micros

SOON = timedelta(hours=24)
"""Decisions that end within this are told at the top. placeholder"""
BETWEEN = ", "
"""Between several countermeasures of one plan."""


@dataclass(frozen=True, slots=True)
class InForce:
    """A decision as a row: how long it still holds is worked out once.

    Attributes:
        made: It.
        left: Hours until it ends by itself; None where it is over.
    """

    made: Made
    left: float | None


WAITING: Table[Waiting] = Table(
    name="plans",
    caption="plans that wait",
    columns=(
        Column(
            "plan", "Plan", lambda one: one.proposal.plan, "code",
            lambda one: plan_url(one.place, one.proposal.plan),
        ),
        Column("action", "Action", lambda one: one.proposal.action, "state", choose=True),
        Column("gets", "Countermeasures",
               lambda one: BETWEEN.join(one.proposal.countermeasures) or None,
               choose=True, between=BETWEEN, minor=True),
        Column(
            "campaign", "Campaign", lambda one: one.proposal.campaign, "code",
            lambda one: f"/cases/{one.proposal.campaign}",
        ),
        Column("by", "Proposed by", lambda one: one.proposal.by, choose=True),
        Column("since", "Since", lambda one: micros(one.proposal.made_at), "time", minor=True),
        Column("given", "Approvals", lambda one: one.given, "count"),
        Column("needed", "Needed", lambda one: one.needed, "count"),
        Column("snapshot", "Snapshot", lambda one: one.place, choose=True, minor=True),
        Column("you", "You", lambda one: one.unfit or "may approve it", minor=True),
    ),
    empty="No plan waits for approval. A plan begins on the page of a case: “Enforce”.",
)  # fmt: skip
DECIDED: Table[InForce] = Table(
    name="decisions",
    caption="decisions",
    columns=(
        Column(
            "decision", "Decision", lambda one: one.made.decision.id, "code",
            lambda one: decision_url(one.made.place, one.made.decision.id),
        ),
        Column("standing", "Standing", lambda one: one.made.standing, "state", choose=True),
        Column("action", "Action", lambda one: one.made.decision.action, "state", choose=True),
        Column("gets", "Countermeasures",
               lambda one: BETWEEN.join(one.made.decision.countermeasures) or None,
               choose=True, between=BETWEEN, minor=True),
        Column("left", "Ends in", lambda one: one.left, "hours"),
        Column("until", "Until", lambda one: micros(one.made.decision.until), "time", minor=True),
        Column(
            "campaign", "Campaign", lambda one: one.made.decision.campaign, "code",
            lambda one: f"/cases/{one.made.decision.campaign}",
        ),
        Column("members", "Accounts", lambda one: len(one.made.decision.members), "count"),
        Column("released", "Let go", lambda one: len(one.made.decision.released), "count",
               minor=True),
        Column("by", "Proposed by", lambda one: one.made.decision.by, choose=True, minor=True),
        Column("approvers", "Approved by",
               lambda one: ", ".join(one.made.decision.approvers), minor=True),
        Column("made", "Made", lambda one: micros(one.made.decision.made_at), "time", minor=True),
        Column("snapshot", "Snapshot", lambda one: one.made.place, choose=True, minor=True),
    ),
    empty="Nothing was decided yet.",
    first=False,
)  # fmt: skip
CLOSED: Table[Closed] = Table(
    name="closed",
    caption="plans that came to nothing",
    columns=(
        Column(
            "plan", "Plan", lambda one: one.proposal.plan, "code",
            lambda one: plan_url(one.place, one.proposal.plan),
        ),
        Column("how", "How", lambda one: one.how.how, "state", choose=True),
        Column("who", "By", lambda one: one.how.by, choose=True),
        Column("at", "When", lambda one: micros(one.how.at), "time"),
        Column("why", "Why", lambda one: one.how.why, "said"),
        Column("action", "Action", lambda one: one.proposal.action, "state", choose=True),
        Column("gets", "Countermeasures",
               lambda one: BETWEEN.join(one.proposal.countermeasures) or None,
               choose=True, between=BETWEEN, minor=True),
        Column(
            "campaign", "Campaign", lambda one: one.proposal.campaign, "code",
            lambda one: f"/cases/{one.proposal.campaign}",
        ),
        Column("by", "Proposed by", lambda one: one.proposal.by, choose=True, minor=True),
        Column("snapshot", "Snapshot", lambda one: one.place, choose=True, minor=True),
    ),
    empty="No plan was refused or withdrawn.",
    first=False,
)  # fmt: skip


def overview(visit: Visit) -> Told:
    """What waits for approval, and what is in force."""
    seen = look_over(visit.casebook, snapshots(visit.settings), actor=visit.actor, now=visit.now)
    rows = [InForce(one, hours_left(one.decision, visit.now)) for one in seen.made]
    holding = [one for one in rows if one.left is not None]
    values = {
        "places": seen.places,
        "waiting": seen.waiting,
        "mine": [one for one in seen.waiting if one.unfit is None],
        "holding": holding,
        "ending": [one for one in holding if (one.left or 0.0) * 3600 <= SOON.total_seconds()],
        "setting": 'snapshots = ["/path/to/verdicts.rvn"]',
    }
    view = View("enforcement/overview.html", SECTION, values)
    told = with_table(visit, view, WAITING, seen.waiting)
    told = and_table(visit, told, DECIDED, rows, called="decisions")
    return and_table(visit, told, CLOSED, seen.closed, called="closed")


PAGES = (
    Page(
        "/enforcement", Right.READ, overview,
        "Plans that wait for approval, and decisions in force.", SECTION, nav=True, key="e",
    ),
)  # fmt: skip

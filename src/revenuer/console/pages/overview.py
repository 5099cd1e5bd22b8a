"""The overview: what waits for a person now."""

from __future__ import annotations

from revenuer.app.casebook import reading
from revenuer.app.demo_world import demo_cases, demo_state
from revenuer.casework.cases import State
from revenuer.casework.roles import Right
from revenuer.console.page import Page, Told, View, Visit
from revenuer.console.pages.cases import queue_of
from revenuer.console.table import Column, Table, with_table
from revenuer.store.casebook.cases import CaseRow

NEWEST = 10
"""Cases that the overview shows. placeholder"""
OPEN = (State.OPEN, State.IN_REVIEW)

CASES: Table[CaseRow] = Table(
    name="newest",
    caption="cases that wait",
    columns=(
        Column(
            "case", "Case", lambda one: one.case_id, "code", lambda one: f"/cases/{one.case_id}"
        ),
        Column("verdict", "Verdict", lambda one: one.verdict, "verdict"),
        Column("accounts", "Accounts", lambda one: one.accounts, "count"),
        Column("exchanges", "Exchanges", lambda one: one.exchanges, "count", minor=True),
        Column("tokens", "Tokens a day", lambda one: one.tokens_a_day, "amount"),
        Column("waiting", "Waiting since", lambda one: one.waiting_us, "time", minor=True),
        Column("whose", "Whose", lambda one: one.assigned_to or None, minor=True),
    ),
    empty="No case waits for anybody.",
)


def overview(visit: Visit) -> Told:
    """What waits for a person, first what averts most."""
    seen = queue_of(visit)
    rows = {row.case_id: row for row in reading.list_cases(visit.casebook, actor=visit.actor)}
    first = [rows[one.case.case] for one in seen.places if one.case.case in rows]
    values = {
        "empty": not rows,
        "queue": seen,
        "all": list(rows.values()),
        "open": [row for row in rows.values() if row.state in OPEN],
        "simulated": demo_cases(visit.casebook, actor=visit.actor),
        "demo": demo_state(visit.casebook),
    }
    view = View("overview/overview.html", "Overview", values)
    return with_table(visit, view, CASES, first[:NEWEST])


PAGES = (
    Page("/", Right.READ, overview, "What waits for a person now.", "Overview", nav=True, key="o"),
)

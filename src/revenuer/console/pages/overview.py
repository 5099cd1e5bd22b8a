"""The overview: what waits for a person now."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from revenuer.app.casebook import reading
from revenuer.app.casebook.concerns import Concern, is_stale, running_concerns
from revenuer.app.casebook.health import heads, judged_until, keys, places, watches
from revenuer.app.demo_world import demo_cases, demo_state
from revenuer.app.watch.standing import WatchStanding
from revenuer.casework.cases import WAITING
from revenuer.casework.roles import Right
from revenuer.console.page import Page, Told, View, Visit
from revenuer.console.pages.around import around_of
from revenuer.console.pages.cases import queue_of
from revenuer.console.pages.overview_waits import Heap, heaps, most_urgent
from revenuer.console.table import Column, Table, with_table
from revenuer.instants import micros
from revenuer.records import Verdict
from revenuer.store.casebook.cases import CaseRow

NEWEST = 10
"""Cases that the overview shows. placeholder"""

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


@dataclass(frozen=True, slots=True)
class Feed:
    """How what feeds the casebook goes, as far as it costs next to nothing to tell.

    Attributes:
        judged_us: How far the newest findings go, microseconds since the epoch; 0 without any.
        stale: Whether that is long ago.
        watches: Where each watch stands.
        concerns: What somebody should see to of logs, keys and watches.
    """

    judged_us: int
    stale: bool
    watches: tuple[WatchStanding, ...]
    concerns: tuple[Concern, ...]


def overview(visit: Visit) -> Told:
    """What waits for a person: by kind, the most urgent by name, then cases, best look first."""
    seen = queue_of(visit)
    rows = {row.case_id: row for row in reading.list_cases(visit.casebook, actor=visit.actor)}
    first = [rows[one.case.case] for one in seen.places if one.case.case in rows]
    others, problems = heaps(visit)
    every = [*_of_cases(visit, first), *others]
    values = {
        "empty": not rows and not any(one.count for one in every),
        "queue": seen,
        "all": list(rows.values()),
        "heaps": every,
        "urgent": most_urgent(every, micros(visit.now)),
        "health": _health(visit),
        "problems": dict.fromkeys([*seen.problems, *problems]),
        "simulated": demo_cases(visit.casebook, actor=visit.actor),
        "demo": demo_state(visit.casebook),
        "micros": micros,
    }
    view = View("overview/overview.html", "Overview", values)
    return with_table(visit, view, CASES, first[:NEWEST])


def _of_cases(visit: Visit, waiting: list[CaseRow]) -> list[Heap]:
    """Cases that wait, and those of them of which the traffic alone cannot tell."""
    mine = (visit.actor.name, "") if visit.actor.may(Right.WORK) else ()
    unclear = [row for row in waiting if row.verdict == Verdict.UNDECIDED]
    query = [("is-state", one.value) for one in sorted(WAITING)]
    told = []
    for kind, rows, more in (
        ("Cases to look at", waiting, []),
        ("of them undecided", unclear, [("is-verdict", Verdict.UNDECIDED.value)]),
    ):
        yours = sum(row.assigned_to in mine for row in rows)
        told.append(Heap(kind, "/cases?" + urlencode([*query, *more]), len(rows), yours))
    return told


def _health(visit: Visit) -> Feed:
    around, actor, book = around_of(visit), visit.actor, visit.casebook
    watched = watches(places(book, around, actor=actor))
    found = running_concerns(
        heads(book, around, actor=actor), keys(book, actor=actor), watched, visit.settings,
        visit.now,
    )  # fmt: skip
    judged = judged_until(book, actor=actor)
    return Feed(judged, is_stale(judged, visit.now), tuple(watched), tuple(found))


PAGES = (
    Page("/", Right.READ, overview, "What waits for a person now.", "Overview", nav=True, key="o"),
)

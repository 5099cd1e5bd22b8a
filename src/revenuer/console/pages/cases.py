"""The list of cases: what there is, whose it is, and what a look would avert."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from revenuer.app.casebook import reading, reviews, saved_searches
from revenuer.casework.cases import WAITING
from revenuer.casework.roles import Right
from revenuer.console.page import Action, Goto, Page, Told, View, Visit
from revenuer.console.pages.case_work import GROUNDS, colleagues
from revenuer.console.table import Column, Table, with_table
from revenuer.store.casebook.cases import CaseRow

NOBODYS = "nobody's"


@dataclass(frozen=True, slots=True)
class Listed:
    """A case of the list.

    Attributes:
        row: The case.
        place: Its place in the queue; None where it waits for nobody.
        harm_a_day: What a look can be expected to save; None likewise.
        why: Why it stands in its place.
    """

    row: CaseRow
    place: int | None
    harm_a_day: float | None
    why: str


def _link(one: Listed) -> str:
    return f"/cases/{one.row.case_id}"


CASES: Table[Listed] = Table(
    name="cases",
    caption="cases",
    columns=(
        Column("case", "Case", lambda one: one.row.case_id, "code", _link),
        Column("verdict", "Verdict", lambda one: one.row.verdict, "verdict", choose=True),
        Column(
            "probability",
            "Probability",
            lambda one: one.row.probability,
            "percent",
            hint="That it is a campaign",
        ),
        Column("state", "State", lambda one: one.row.state, "state", choose=True),
        Column("whose", "Whose", lambda one: one.row.assigned_to or NOBODYS, choose=True),
        Column(
            "harm",
            "Harm a day",
            lambda one: one.harm_a_day,
            "amount",
            hint="Output tokens a day that a look can be expected to save: probability, pace, "
            "growth, and what no decision covers yet",
        ),
        Column("accounts", "Accounts", lambda one: one.row.accounts, "count"),
        Column(
            "growth",
            "Growth",
            lambda one: one.row.growth,
            "times",
            hint="Of output tokens a day, since the week before",
        ),
        Column("tokens", "Tokens a day", lambda one: one.row.tokens_a_day, "amount", minor=True),
        Column("exchanges", "Exchanges", lambda one: one.row.exchanges, "count", minor=True),
        Column(
            "methods",
            "Methods",
            lambda one: ", ".join(one.row.methods.split()),
            choose=True,
            between=", ",
            minor=True,
        ),
        Column("last", "Last seen", lambda one: one.row.last_seen_us, "date", minor=True),
        Column(
            "queue",
            "Queue",
            lambda one: one.place,
            "count",
            hint="Its place among the cases that wait",
            minor=True,
        ),
    ),
    empty="No case is in this casebook. Add what a scan found: revenuer casebook add DIR.",
    sort="queue",
    mark=lambda one: one.row.case_id,
)


def queue_of(visit: Visit) -> reviews.Queue:
    """The cases that wait for a person, as the settings have the queue."""
    return reviews.queue(
        visit.casebook,
        per_day=visit.settings.casebook.reviews_per_day,
        actor=visit.actor,
        now=visit.now,
        snapshots=visit.settings.casebook.snapshots,
    )


def list_cases(visit: Visit) -> Told:
    """All cases, filtered and sorted by the query; searches that were saved."""
    ranked = queue_of(visit)
    places = {one.case.case: one for one in ranked.places}
    rows = []
    for row in reading.list_cases(visit.casebook, actor=visit.actor):
        place = places.get(row.case_id)
        if place is None:
            rows.append(Listed(row, None, None, ""))
        else:
            rows.append(Listed(row, place.place, place.harm_a_day, "; ".join(place.reasons)))
    searches = saved_searches.list_searches(visit.casebook, actor=visit.actor)
    query = visit.url.partition("?")[2]
    values = {
        "problems": ranked.problems,
        "searches": searches,
        "query": query,
        "waiting": urlencode([("is-state", one.value) for one in sorted(WAITING)]),
        "mine": urlencode({"is-whose": visit.actor.name}),
        "nobodys": urlencode({"is-whose": NOBODYS}),
        "grounds": [(ground.value, said) for ground, said in GROUNDS.items()],
        "colleagues": colleagues(visit),
    }
    view = View("cases/list.html", "Cases", values)
    return with_table(visit, view, CASES, rows, marks=visit.actor.may(Right.WORK))


def save(visit: Visit) -> Told:
    """Save a search under a name."""
    made = saved_searches.save_search(
        visit.casebook,
        visit.form.get("name", ""),
        visit.form.get("query", ""),
        shared=visit.form.get("shared") == "yes",
        actor=visit.actor,
        now=visit.now,
    )
    whose = "for everybody" if made.is_shared else "for you"
    return Goto(_cases(made.query), f"Saved {whose} as {made.name}.")


def forget(visit: Visit) -> Told:
    """Delete a saved search."""
    gone = saved_searches.forget_search(
        visit.casebook, visit.path["search"], actor=visit.actor, now=visit.now
    )
    return Goto("/cases", f"The search {gone.name} is deleted.")


def _cases(query: str) -> str:
    return f"/cases?{query}" if query else "/cases"


PAGES = (
    Page("/cases", Right.READ, list_cases, "All cases.", "Cases", nav=True, key="c"),
    Action("/cases/searches", Right.READ, save, "Save a search of the list of cases."),
    Action("/cases/searches/{search}", Right.READ, forget, "Delete a saved search."),
)

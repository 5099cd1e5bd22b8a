"""The graph of a case: what ties its accounts, drawn and as tables."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from revenuer.app.casebook.graph import Graph, GroupTold, TokenTold, campaign_graph
from revenuer.app.casebook.tie_words import kind_named, rarity
from revenuer.casework.roles import Right
from revenuer.console.graph_data import KINDS, graph_data
from revenuer.console.page import Data, Page, Told, View, Visit
from revenuer.console.pages.case import moved, title_of
from revenuer.console.table import Column, Table, with_table

MOST_UNFOLDED = 50
"""Groups that a URL may ask to unfold. placeholder"""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group in the table: where a click leads, and what binds it in words."""

    told: GroupTold
    url: str
    bound_by: str


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A tie in the table, and how rare it is in words."""

    told: TokenTold
    rare: str


GROUPS: Table[GroupRow] = Table(
    name="groups",
    caption="groups",
    columns=(
        Column("group", "Group", lambda one: one.told.label, link=lambda one: one.url,
               hint="Follow the link to draw its members, or to fold them up again"),
        Column("members", "Accounts", lambda one: one.told.members, "count"),
        Column("ties", "Ties", lambda one: one.told.tokens, "count",
               hint="What two of them share, or more", minor=True),
        Column("bound_by", "Bound by", lambda one: one.bound_by or None,
               hint="What most of them have and few others; how many of them have it"),
        Column("outside", "Others with the first", lambda one: one.told.outside, "count",
               hint="Accounts in no campaign that have the first of these", minor=True),
        Column("drawn", "Drawn", lambda one: "unfolded" if one.told.unfolded else "folded",
               choose=True, minor=True),
    ),
    empty="The newest sighting of this case has no accounts.",
)  # fmt: skip
TIES: Table[TokenRow] = Table(
    name="ties",
    caption="ties",
    columns=(
        Column("kind", "Kind", lambda one: one.told.kind, choose=True),
        Column("mark", "Value", lambda one: one.told.mark, "code",
               hint="The beginning of a keyed fingerprint; the value is in the scan's folder"),
        Column("members", "Members with it", lambda one: one.told.members, "count"),
        Column("groups", "Groups with it", lambda one: one.told.groups, "count", minor=True),
        Column("outside", "Others with it", lambda one: one.told.outside, "count"),
        Column("rare", "How rare", lambda one: one.rare, minor=True,
               hint="Among accounts that are in no campaign"),
        Column("first", "First shown", lambda one: one.told.first_us or None, "time", minor=True),
        Column("last", "Last shown", lambda one: one.told.last_us or None, "time", minor=True),
    ),
    empty="Nothing is known that two accounts of this case share.",
    first=False,
)  # fmt: skip


def page(visit: Visit) -> Told:
    """The graph of a case, and its two tables; a group that is alone is unfolded unless asked."""
    graph = _graph(visit, _unfold(visit) if "unfold" in visit.query else None)
    if (elsewhere := moved(visit, graph.row, "/graph")) is not None:
        return elsewhere
    case = graph.row.case_id
    drawing, alone = graph.drawing, len(graph.groups) == 1
    unfolded: list[int] = graph.web.names[drawing.groups[drawing.unfolded]].tolist()
    values = {
        "graph": graph,
        "row": graph.row,
        "tab": "graph",
        "url": f"/cases/{quote(case)}/graph.json",
        # As the script will ask for it, so that the browser asks before there is a script.
        "data": f"/cases/{quote(case)}/graph.json?{urlencode([('unfold', n) for n in unfolded])}",
        "unfolded": unfolded,
        "legend": _legend(graph),
        "nodes": drawing.nodes,
        "bound": sum(one.name > 0 for one in graph.groups),
    }
    rows = [
        GroupRow(
            one,
            f"/cases/{quote(case)}/graph{_query(_toggled(unfolded, one.name), alone)}",
            ", ".join(f"{name} ({having:,})" for name, having in one.bound_by),
        )
        for one in graph.groups
    ]
    view = View("graph/graph.html", title_of(graph.row), values)
    told = with_table(visit, view, GROUPS, rows, called="groups")
    if not isinstance(told, View):
        return told
    ties = [TokenRow(one, rarity(one.outside, graph.web.others)) for one in graph.tokens]
    return with_table(visit, told, TIES, ties, called="ties")


def data(visit: Visit) -> Told:
    """What the script draws, with the groups that the query unfolds."""
    drawn = graph_data(_graph(visit, _unfold(visit)))
    return Data(json.dumps(drawn, ensure_ascii=False, separators=(",", ":")).encode())


def _graph(visit: Visit, unfold: list[int] | None) -> Graph:
    return campaign_graph(
        visit.casebook,
        visit.path["case"],
        actor=visit.actor,
        now=visit.now,
        unfold=unfold,
    )


def _unfold(visit: Visit) -> list[int]:
    """The groups that the query names; what is no name of one is passed over."""
    said = visit.query.getlist("unfold")[:MOST_UNFOLDED]
    return [int(one) for one in said if one.isascii() and one.isdigit() and len(one) < 19]


def _toggled(unfolded: Sequence[int], name: int) -> list[int]:
    others = [one for one in unfolded if one != name]
    return others if name in unfolded else [*others, name]


def _query(unfolded: Sequence[int], alone: bool) -> str:
    # A group that is alone is unfolded by itself, so that it is folded has to be said.
    folded = [("unfold", "")] if alone and not unfolded else []
    said = urlencode(folded or [("unfold", one) for one in unfolded])
    return f"?{said}#graph" if said else "#graph"


def _legend(graph: Graph) -> list[tuple[str, str, int]]:
    """The kinds of ties that there are: name, shape, hue; in the order of `KINDS`."""
    there = {kind_named(kind) for kind in graph.web.tokens.kind}
    known = [(name, *look) for name, look in KINDS.items() if name in there]
    other = [(name, "square", 6) for name in sorted(there - KINDS.keys())]
    return known + other


PAGES = (
    Page("/cases/{case}/graph", Right.READ, page, "What ties the accounts of a case.", "Cases"),
    Page("/cases/{case}/graph.json", Right.READ, data, "The same for the script that draws it."),
)

"""What speaks against a case, piece by piece, and what happened to it, in order."""

from __future__ import annotations

from dataclasses import dataclass

from revenuer.app import cards
from revenuer.app.casebook import reading
from revenuer.app.casebook.reading import CaseView
from revenuer.app.casebook.sighted import records_of
from revenuer.app.casebook.timeline import Clock, Line
from revenuer.app.casebook.timeline import timeline as lines_of
from revenuer.app.casebook.told import Piece
from revenuer.app.casebook.without import Weighed, weigh_without
from revenuer.casework.roles import Right
from revenuer.console.page import Page, Told, View, Visit
from revenuer.console.pages.case import moved, opened, title_of
from revenuer.console.table import Column, Table, with_table
from revenuer.detector import Card
from revenuer.errors import NotFoundError
from revenuer.reports.reasons import least_for_conviction
from revenuer.reports.view import axis_views

CLOCKS = {Clock.LOG: "log", Clock.WALL: "wall"}


@dataclass(frozen=True, slots=True)
class PieceShown:
    """A piece of evidence.

    Attributes:
        number: Its place among those of the case, from 1.
        campaign: The campaign that it is about.
        piece: What it says.
        card: Of the detector; None where it is a family of links.
        left: Nats of the campaign's weakest axis without it; None where that is not known.
    """

    number: int
    campaign: str
    piece: Piece
    card: Card | None
    left: float | None = None


def pieces_of(view: CaseView, weighed: tuple[Weighed, ...] = ()) -> list[PieceShown]:
    """The evidence of a case, strongest first."""
    left = {
        (one.campaign, each.axis.value, each.kind): each.log_e_value
        for one in weighed
        for each in one.without
    }
    known = {card.id: card for card in cards.detectors()}
    found = [
        (one.figures.campaign_id, piece)
        for one in view.seen
        if one.told is not None
        for piece in sorted(one.told.evidence, key=lambda each: -each.log_e_value)
    ]
    return [
        PieceShown(
            number,
            campaign,
            piece,
            known.get(piece.kind),
            left.get((campaign, piece.axis, piece.kind)),
        )
        for number, (campaign, piece) in enumerate(found, 1)
    ]


def evidence(visit: Visit) -> Told:
    """Every piece, to be sorted and exported; the waterfall of each axis above."""
    view = opened(visit)
    if (elsewhere := moved(visit, view.row, "/evidence")) is not None:
        return elsewhere
    least = least_for_conviction(view.scanned.fdr if view.scanned else visit.settings.judge.fdr)
    records = records_of(visit.casebook, view, actor=visit.actor)
    weighed = weigh_without(view, actor=visit.actor)
    shown = pieces_of(view, weighed)
    values = {
        "row": view.row,
        "tab": "evidence",
        "weighed": weighed,
        "is_watch": view.scanned is not None and view.scanned.kind == "watch",
        "numbers": {
            (each.campaign, each.piece.axis, each.piece.kind): each.number for each in shown
        },
        "least": least,
        "verdicts": [
            (one.campaign.id, axis_views(one.campaign.axes, one.campaign.evidence, least))
            for one in records
            if one.campaign is not None
        ],
    }
    page = View("cases/evidence.html", title_of(view.row), values)
    return with_table(visit, page, _evidence_table(view), shown)


def piece(visit: Visit) -> Told:
    """One piece: what it says, what it cites, and what its detector is."""
    view = opened(visit)
    said = visit.path["piece"]
    if (elsewhere := moved(visit, view.row, f"/evidence/{said}")) is not None:
        return elsewhere
    number = int(said) if said.isdecimal() and len(said) < 9 else 0
    shown = pieces_of(view)
    if not 1 <= number <= len(shown):
        raise NotFoundError(
            "This case has no such piece of evidence.", "Its evidence may have been seen anew."
        )
    one = shown[number - 1]
    values = {
        "row": view.row,
        "tab": "evidence",
        "one": one,
        "count": len(shown),
        "accounts": [view.names[each] for each in one.piece.members if each in view.names],
        "erased": sum(each not in view.names for each in one.piece.members),
    }
    return View("cases/piece.html", f"{title_of(view.row)}: {one.piece.kind}", values)


def history(visit: Visit) -> Told:
    """What happened to a case, newest first."""
    row = reading.find_case(visit.casebook, visit.path["case"], actor=visit.actor)
    if (elsewhere := moved(visit, row, "/timeline")) is not None:
        return elsewhere
    lines = lines_of(
        visit.casebook,
        row.case_id,
        actor=visit.actor,
        snapshots=visit.settings.casebook.snapshots,
    )
    page = View("cases/timeline.html", title_of(row), {"row": row, "tab": "timeline"})
    return with_table(visit, page, HISTORY, lines)


def _evidence_table(view: CaseView) -> Table[PieceShown]:
    base = f"/cases/{view.row.case_id}/evidence"
    several = len(view.seen) > 1
    columns: tuple[Column[PieceShown], ...] = (
        Column("axis", "Axis", lambda one: one.piece.axis, choose=True),
        Column(
            "nats",
            "Nats",
            lambda one: one.piece.log_e_value,
            "nats",
            hint="What it adds to its axis; below zero it speaks for innocence",
        ),
        Column(
            "says", "It says", lambda one: one.piece.statement, "said",
            lambda one: f"{base}/{one.number}",
        ),
        Column("detector", "Detector", lambda one: one.piece.kind, choose=True),
        Column(
            "left", "Left without it", lambda one: one.left, "nats", minor=True,
            hint="Nats of the weakest axis of its campaign if this piece were not there",
        ),
        Column(
            "accounts", "Accounts", lambda one: len(one.piece.members), "count", minor=True,
            hint="That show it most; not all that do",
        ),
        Column(
            "exchanges", "Exchanges", lambda one: len(one.piece.exchange_ids), "count", minor=True,
            hint="That it cites",
        ),
    )  # fmt: skip
    campaign: Column[PieceShown] = Column(
        "campaign", "Campaign", lambda one: one.campaign, "code", choose=True, minor=True
    )
    return Table(
        name="evidence",
        caption="pieces of evidence",
        columns=(*columns, campaign) if several else columns,
        empty="Nothing is kept of what was said against this case.",
        sort="-nats",
    )


HISTORY: Table[Line] = Table(
    name="timeline",
    caption="events",
    columns=(
        Column("at", "When (UTC)", lambda one: one.at_us, "time"),
        Column(
            "clock",
            "Clock",
            lambda one: CLOCKS[one.clock],
            choose=True,
            hint="log: by the time of the exchanges; wall: when somebody did it",
            minor=True,
        ),
        Column("kind", "What", lambda one: one.kind, "state", choose=True),
        Column("by", "Who", lambda one: one.by or None, choose=True),
        Column("said", "It says", lambda one: one.said, "said"),
    ),
    empty="Nothing has happened to it.",
    sort="-at",
)

_ONE = "/cases/{case}"
PAGES = (
    Page(f"{_ONE}/evidence", Right.READ, evidence, "What speaks against a case.", "Cases"),
    Page(f"{_ONE}/evidence/{{piece}}", Right.READ, piece, "A piece of evidence.", "Cases"),
    Page(f"{_ONE}/timeline", Right.READ, history, "What happened to a case.", "Cases"),
)

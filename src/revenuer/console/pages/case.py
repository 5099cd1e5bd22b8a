"""One case: what was found, what speaks against it, what people did; and tabs for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from revenuer.app.casebook import reading, sighted
from revenuer.app.casebook.reading import CaseView
from revenuer.app.casebook.sighted import Recorded
from revenuer.app.casebook.working import KINDS
from revenuer.casework.cases import TRANSITIONS, State
from revenuer.casework.roles import Right
from revenuer.console.charts import Chart, timeline
from revenuer.console.page import Goto, Page, Told, View, Visit
from revenuer.console.pages.case_work import GROUNDS, colleagues
from revenuer.reports.charts.histogram import draw_histogram
from revenuer.reports.charts.incidence import Incidence, draw_incidence
from revenuer.reports.reasons import least_for_conviction, main_reason
from revenuer.reports.view import AxisView, axis_views, share_views
from revenuer.store.casebook.cases import CaseRow

LATEST_ACTS = 6
"""Acts that the overview of a case shows; its history has all. placeholder"""


@dataclass(frozen=True, slots=True)
class CampaignShown:
    """A campaign of a case, as its page draws it.

    Attributes:
        figures: Its figures.
        told: What a sighting says of it; None where it was erased.
        reason: Why it has its verdict, in a sentence.
        axes: The waterfall.
        shares: What it takes, largest first.
        chart: Exchanges a day.
        incidence: What ties its accounts; None without ties.
        volumes: Accounts by exchanges.
    """

    figures: Any
    told: Any
    reason: str
    axes: tuple[AxisView, ...]
    shares: tuple[tuple[str, float, Markup], ...]
    chart: Chart | None
    incidence: Incidence | None
    volumes: Markup


def moved(visit: Visit, row: CaseRow, tail: str = "") -> Goto | None:
    """Where a case is that was asked for by another name: merged, a campaign's, or cut short."""
    if visit.path["case"] == row.case_id:
        return None
    query = visit.url.partition("?")[2]
    return Goto(f"/cases/{quote(row.case_id, safe='')}{tail}{'?' + query if query else ''}")


def title_of(row: CaseRow) -> str:
    """What the pages of a case are called."""
    return f"Case {row.case_id.removeprefix('case--')[:8]}"


def opened(visit: Visit) -> CaseView:
    """The case that a page is about, with all that is known of it."""
    return reading.show_case(
        visit.casebook,
        visit.path["case"],
        actor=visit.actor,
        now=visit.now,
        snapshots=visit.settings.casebook.snapshots,
    )


def overview(visit: Visit) -> Told:
    """What is known of a case, innocent explanations before what accuses."""
    view = opened(visit)
    if (elsewhere := moved(visit, view.row)) is not None:
        return elsewhere
    fdr = view.scanned.fdr if view.scanned is not None else visit.settings.judge.fdr
    least = least_for_conviction(fdr)
    records = sighted.records_of(visit.casebook, view, actor=visit.actor)
    values = {
        "row": view.row,
        "tab": "",
        "view": view,
        "fdr": fdr,
        "contamination": visit.settings.judge.contamination,
        "least": least,
        "campaigns": [_shown(one, place, least) for place, one in enumerate(records)],
        "leaked": _leaked(view),
        "acts": list(reversed(view.acts))[:LATEST_ACTS],
        **working(visit, view.row),
    }
    return View("cases/overview.html", title_of(view.row), values)


def working(visit: Visit, row: CaseRow) -> Mapping[str, Any]:
    """What can be done with a case now, and by whom."""
    state = State(row.state)
    return {
        "steps": {step.value for step in KINDS if (state, step) in TRANSITIONS},
        "grounds": [(ground.value, said) for ground, said in GROUNDS.items()],
        "colleagues": [(name, name) for name in colleagues(visit) if name != row.assigned_to],
    }


def _shown(one: Recorded, place: int, least: float) -> CampaignShown:
    campaign, exhibit, told = one.campaign, one.exhibit, one.seen.told
    if campaign is None or told is None:
        nothing = Markup("")
        return CampaignShown(one.seen.figures, None, "", (), (), None, None, nothing)
    volumes = [volume for _, volume in exhibit.account_volumes] if exhibit else []
    return CampaignShown(
        figures=one.seen.figures,
        told=told,
        reason=main_reason(campaign),
        axes=axis_views(campaign.axes, campaign.evidence, least),
        shares=share_views(campaign.capabilities),
        chart=timeline(told.drawn, name=f"timeline-{place}"),
        incidence=draw_incidence(campaign, exhibit) if exhibit and exhibit.ties else None,
        volumes=draw_histogram(volumes),
    )


def _leaked(view: CaseView) -> Mapping[str, float]:
    """What had left before its campaigns could be convicted."""
    rows = [one.figures for one in view.seen]
    return {
        "exchanges": sum(row.leaked_exchanges for row in rows),
        "tokens": sum(row.leaked_output_tokens for row in rows),
        "hours": max((row.leaked_hours for row in rows), default=0.0),
    }


PAGES = (
    Page(
        "/cases/{case}",
        Right.READ,
        overview,
        "A case: its verdict, what speaks for and against it, what was done.",
        "Cases",
    ),
)

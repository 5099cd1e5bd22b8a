"""The transparency report: counts of what was done, none of which points at a person."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta

from revenuer.app.casebook.appeal_work import Office
from revenuer.app.casebook.transparency import Transparency, plain, sections_of, transparency
from revenuer.casework.roles import Right
from revenuer.console.page import Download, Page, Told, View, Visit
from revenuer.console.pages.around import around_of
from revenuer.errors import ConfigError
from revenuer.reports.transparency import render_transparency

TITLE = "Transparency report"


def show_transparency(visit: Visit) -> Told:
    """Counts of a span of days; as a file with ?as=json or ?as=html."""
    since, until = _span(visit)
    begins, ends = (datetime.combine(day, time(), UTC) for day in (since, until))
    report = transparency(
        visit.casebook,
        around_of(visit),
        since=begins,
        until=ends,
        smallest=visit.settings.retention.smallest_count,
        clock=Office(visit.casebook, (), visit.settings.appeals).clock,
        actor=visit.actor,
    )
    name, asked = f"transparency-{since}-{until}", visit.query.get("as", "")
    if asked == "json":
        data = json.dumps(plain(report), indent=1, ensure_ascii=False).encode()
        return Download(data, f"{name}.json", "application/json")
    if asked == "html":
        title = f"{TITLE} of {visit.settings.share.name}"
        page = render_transparency(title, begins, ends, list(sections_of(report)), report.smallest)
        return Download(page.encode(), f"{name}.html", "text/html; charset=utf-8")
    return View("transparency/transparency.html", TITLE, _values(report, since, until))


def _values(report: Transparency, since: date, until: date) -> dict[str, object]:
    sections = [(one.name, one.said, one.shown()) for one in report.sections]
    return {
        "since": since,
        "until": until,
        "last": until - timedelta(days=1),
        "smallest": report.smallest,
        "sections": sections,
    }


def _span(visit: Visit) -> tuple[date, date]:
    """The days that are asked for; without any, the half year that has begun."""
    today = visit.now.date()
    begun = date(today.year, 1 if today.month < 7 else 7, 1)
    try:
        since = date.fromisoformat(visit.query.get("since") or begun.isoformat())
        said = visit.query.get("until")
        until = date.fromisoformat(said) if said else today + timedelta(days=1)
    except (ValueError, OverflowError) as problem:
        raise ConfigError("A day reads 2026-11-23.", "Give since and until like that.") from problem
    if until <= since:
        raise ConfigError("The span ends before it begins.", "Give a later until.")
    return since, until


PAGES = (
    Page("/transparency", Right.READ, show_transparency,
         "What was done about whom, in counts that point at nobody.", "Records"),
)  # fmt: skip

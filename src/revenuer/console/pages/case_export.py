"""A case as files: for print, for programs, for others."""

from __future__ import annotations

import msgspec

from revenuer.api.casebook.endpoints.cases import whole_case
from revenuer.app.casebook import reading
from revenuer.app.casebook.case_report import case_report
from revenuer.casework.roles import Right
from revenuer.console.page import Download, Page, Told, View, Visit
from revenuer.console.pages.case import moved, opened, title_of
from revenuer.errors import NotFoundError

HTML, PDF, JSON = "case.html", "case.pdf", "case.json"
MEDIA = {HTML: "text/html; charset=utf-8", PDF: "application/pdf", JSON: "application/json"}


def export(visit: Visit) -> Told:
    """What can be taken of a case, and what would be in it."""
    row = reading.find_case(visit.casebook, visit.path["case"], actor=visit.actor)
    if (elsewhere := moved(visit, row, "/export")) is not None:
        return elsewhere
    values = {
        "row": row,
        "tab": "export",
        "may_leave": row.verdict in ("convicted", "suspected"),
    }
    return View("cases/export.html", title_of(row), values)


def file(visit: Visit) -> Told:
    """A case as one file."""
    name = visit.path["file"]
    if name not in MEDIA:
        raise NotFoundError(
            "A case is not exported as that.", "Its page of exports lists the files."
        )
    row = reading.find_case(visit.casebook, visit.path["case"], actor=visit.actor)
    if (elsewhere := moved(visit, row, f"/export/{name}")) is not None:
        return elsewhere
    if name == JSON:
        data = msgspec.json.format(msgspec.json.encode(whole_case(opened(visit))), indent=1)
    else:
        data = case_report(
            visit.casebook,
            row.case_id,
            actor=visit.actor,
            now=visit.now,
            snapshots=visit.settings.casebook.snapshots,
            pdf=name == PDF,
        )
    short = row.case_id.removeprefix("case--")[:8]
    return Download(data, name.replace("case.", f"case-{short}."), MEDIA[name])


_ONE = "/cases/{case}/export"
PAGES = (
    Page(_ONE, Right.READ, export, "A case as files.", "Cases"),
    Page(f"{_ONE}/{{file}}", Right.WORK, file, "A case as one file.", "Cases"),
)

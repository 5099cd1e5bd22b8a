"""A provenance test as a page: what was fixed when, what was found, what it cannot show."""

from __future__ import annotations

import base64
import hashlib

from markupsafe import Markup

from revenuer.provenance.report import TestReport, anchor_said, statistic_said
from revenuer.reports.html import environment

MOST_ROWS = 20
"""Accounts that are listed; the others are weaker."""


def render_provenance(report: TestReport) -> str:
    """Draw the page; it needs no script and asks nothing of any server."""
    made = environment()
    assert made.loader is not None
    style = made.loader.get_source(made, "records.css")[0]
    return made.get_template("provenance.html").render(
        report=report,
        registered=report.registered,
        plan=report.registered.plan,
        anchored=anchor_said(report.anchor),
        statistic=statistic_said(report.registered.plan),
        results=report.results[:MOST_ROWS],
        more=max(len(report.results) - MOST_ROWS, 0),
        style=Markup(style),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from html import unescape

from revenuer.app.casebook.told import Drawn
from revenuer.console.charts import Chart, Series, timeline
from revenuer.console.rendering import environment
from revenuer.instants import micros
from revenuer.records import Axis, Evidence
from revenuer.reports.reasons import least_for_conviction
from revenuer.reports.view import axis_views, share_views

DRAWN = Drawn(
    days=("2026-06-01", "2026-06-02", "2026-06-03"),
    own=(10, 20, 0),
    other=(1, 2, 3),
    suspensions=(
        datetime(2026, 6, 2, 4, tzinfo=UTC),
        datetime(2026, 6, 2, 9, tzinfo=UTC),
        datetime(2026, 6, 3, 22, tzinfo=UTC),
    ),
    releases=((datetime(2026, 6, 2, 12, tzinfo=UTC), "new <model>"),),
)
AXES = {Axis.COORDINATION: 6.0, Axis.EXTRACTION: 2.5, Axis.CONCEALMENT: 5.0}
EVIDENCE = (
    Evidence("shared-payment", Axis.EXTRACTION, "They share <b>.", 2.0),
    Evidence("burst", Axis.EXTRACTION, "They begin at once.", 1.5),
    Evidence("identity", Axis.COORDINATION, "One card.", 6.0),
)


def drawn(text: str, **values: object) -> str:
    return environment().from_string(text).render(**values)


def test_a_timeline_has_its_days_and_what_happened_on_them() -> None:
    chart = timeline(DRAWN)
    assert chart is not None
    assert [one.label for one in chart.marks] == [
        "2 accounts suspended", "new <model> released", "1 account suspended",
    ]  # fmt: skip
    assert chart.rows[1] == (
        micros(datetime(2026, 6, 2, tzinfo=UTC)),
        (20.0, 2.0),
        "2 accounts suspended; new <model> released",
    )
    # What happens in the last hours of the last day is in its row.
    assert chart.rows[2][2] == "1 account suspended"


def test_no_days_are_no_chart() -> None:
    assert timeline(Drawn()) is None
    assert drawn('{% from "parts/chart.html" import chart %}{{ chart(none) }}').strip() == ""


def test_a_chart_is_drawn_from_its_element_and_told_as_a_table() -> None:
    page = drawn('{% from "parts/chart.html" import chart %}{{ chart(one) }}', one=timeline(DRAWN))
    found = re.search(r"data-chart='([^']*)'", page)
    assert found is not None
    spec = json.loads(unescape(found.group(1)))
    assert spec["at"][0] == datetime(2026, 6, 1, tzinfo=UTC).timestamp()
    assert spec["series"][0]["values"] == [10, 20, 0]
    assert page.count("<tr>") == 4
    assert "new &lt;model&gt; released" in page
    assert "<model>" not in page


def test_a_gap_is_told_as_one() -> None:
    one = Chart("health", "Alerts", "alerts", (0, 1_000_000), (Series("e", (None, 2.0)),))
    page = drawn('{% from "parts/chart.html" import chart %}{{ chart(one) }}', one=one)
    assert "[null, 2.0]" in page
    assert 'aria-label="none"' in page


def test_a_verdict_is_told_step_by_step_and_adds_up() -> None:
    least = least_for_conviction(0.05)
    views = axis_views(AXES, EVIDENCE, least)
    assert [one.decides for one in views] == [False, True, False]
    assert sum(step.change for step, _ in views[1].steps) == views[1].value == 2.5
    page = drawn(
        '{% from "parts/figures.html" import verdict %}{{ verdict(views, least) }}',
        views=views,
        least=least,
    )
    assert "They share &lt;b&gt;." in page
    assert "what overlaps" in page
    assert page.count("weakest: decides") == 1


def test_shares_are_drawn_largest_first() -> None:
    views = share_views({"tool-use": 0.2, "reasoning": 0.8})
    page = drawn('{% from "parts/figures.html" import shares %}{{ shares(views) }}', views=views)
    assert page.index("reasoning") < page.index("tool-use")


def test_no_figure_has_what_the_content_security_policy_forbids() -> None:
    text = """{% from "parts/figures.html" import verdict, shares, share %}
        {% from "parts/chart.html" import chart %}
        {{ verdict(views, 3) }}{{ shares(mix) }}{{ share(0.4, "x") }}{{ chart(one) }}"""
    page = drawn(
        text,
        views=axis_views(AXES, EVIDENCE, 3.0),
        mix=share_views({"reasoning": 1.0}),
        one=timeline(DRAWN),
    )
    assert not re.search(r"\sstyle=|\son\w+=|javascript:", page)
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)

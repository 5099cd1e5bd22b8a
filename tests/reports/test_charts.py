from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from findings_fixture import RELEASE, at, cleared, cleared_exhibit, convicted, convicted_exhibit
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from revenuer.records import Channel, Exhibit, Tie
from revenuer.reports.charts.bars import Scale
from revenuer.reports.charts.histogram import draw_histogram
from revenuer.reports.charts.incidence import MOST_COLUMNS, MOST_TIES, draw_incidence
from revenuer.reports.charts.svg import element
from revenuer.reports.charts.ticks import linear_edges, log_edges, nice_ceiling
from revenuer.reports.charts.timeline import draw_timeline


def cells(strip: Markup) -> list[float]:
    """Where filled cells of a strip begin."""
    return sorted(float(x) for path in paths(strip) for x in re.findall(r"M([\d.]+) 0h", path))


def paths(strip: Markup) -> list[str]:
    return re.findall(r'<path [^>]*d="([^"]+)"', strip)


def heights(chart: Markup, class_: str) -> list[float]:
    return [
        float(height)
        for height in re.findall(rf'<rect class="{class_}"[^>]* height="([\d.]+)"', chart)
    ]


def titles(chart: Markup) -> list[str]:
    return re.findall("<title>([^<]*)</title>", chart)


def test_text_and_attributes_are_escaped() -> None:
    drawn = element("text", '<b>"', class_='a"b', y=1.0)
    assert drawn == '<text class="a&#34;b" y="1">&lt;b&gt;&#34;</text>'


@given(st.floats(1e-6, 1e15))
def test_the_axis_holds_the_largest_bar_and_wastes_less_than_half(largest: float) -> None:
    assert largest <= nice_ceiling(largest) <= 2 * largest * (1 + 1e-9)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_edges_enclose_every_volume(one: int, other: int) -> None:
    least, most = sorted((one, other))
    linear = linear_edges(least, most, bins=10)
    grown = log_edges(least, most)
    assert linear[0] <= least
    assert most < linear[-1]
    assert len(linear) <= 22
    assert grown[0] <= max(least, 1)
    assert most < grown[-1]


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=60))
def test_every_account_is_in_one_bar_of_the_histogram(volumes: list[int]) -> None:
    counted = [int(title.split()[0]) for title in titles(draw_histogram(volumes))]
    assert sum(counted) == len(volumes)


def test_no_accounts_give_no_histogram() -> None:
    assert draw_histogram([]) == ""


def test_bars_of_the_timeline_are_as_high_as_their_days() -> None:
    exhibit = Exhibit("c", ("2026-02-01", "2026-02-02"), own=(100, 50), other=(0, 25))
    own, other = (heights(draw_timeline(exhibit), class_) for class_ in ("own", "other"))
    assert own[0] == pytest.approx(2 * own[1], rel=1e-3)
    assert other == [0.0, pytest.approx(own[1] / 2, rel=1e-3)]


def test_no_day_gives_no_timeline() -> None:
    assert draw_timeline(Exhibit("c", (), (), ())) == ""


def test_days_without_traffic_draw_a_flat_line() -> None:
    drawn = draw_timeline(Exhibit("c", ("2026-02-01",), (0,), (0,)))
    assert heights(drawn, "own") == [0.0]


def test_a_release_stands_where_it_happened() -> None:
    drawn = draw_timeline(replace(convicted_exhibit(), suspensions=()))
    # 11 February, 17:00, is day 10 and 17/24 of 21 days.
    assert f'class="release" x1="{100 * (10 + 17 / 24) / 21:.3f}%"' in drawn
    assert "glacier-3 released" in drawn


def test_what_happened_outside_the_days_is_not_drawn() -> None:
    late = ((RELEASE + timedelta(days=300), "glacier-4"),)
    drawn = draw_timeline(replace(convicted_exhibit(), releases=late, suspensions=(at(28),)))
    assert "glacier-4" not in drawn
    assert "suspended" not in drawn


def test_a_wave_of_suspensions_is_one_mark() -> None:
    drawn = draw_timeline(convicted_exhibit())
    suspended = [title for title in titles(drawn) if "suspended" in title]
    assert [title.split()[0] for title in suspended] == ["3", "2"]


def test_labels_that_would_overlap_are_left_to_the_hover() -> None:
    close = tuple((at(3, hour), f"m{hour}") for hour in (1, 9, 17))
    drawn = draw_timeline(replace(convicted_exhibit(), releases=close, suspensions=()))
    assert len([title for title in titles(drawn) if "released" in title]) == 3
    assert len(re.findall('class="mark release"', drawn)) == 1


def test_labels_that_overlap_on_a_phone_only_are_hidden_there() -> None:
    drawn = draw_timeline(convicted_exhibit())
    assert re.findall('class="(mark suspension[^"]*)"', drawn) == [
        "mark suspension",
        "mark suspension crowded",
    ]


def test_a_long_name_of_a_model_is_cut_in_the_label_and_whole_in_the_title() -> None:
    name = "m" * 60
    drawn = draw_timeline(replace(convicted_exhibit(), releases=((RELEASE, name),)))
    assert any(title.startswith(name) for title in titles(drawn))
    assert f">{'m' * 25}…</text>" in drawn


def test_every_member_of_a_tie_is_a_cell_of_its_row() -> None:
    picture = draw_incidence(convicted(), convicted_exhibit())
    assert (picture.accounts, picture.columns) == (40, 40)
    for _, rows in picture.channels:
        for row in rows:
            assert len(cells(row.strip)) == len(row.tie.account_ids)


def test_accounts_that_share_stand_side_by_side() -> None:
    picture = draw_incidence(convicted(), convicted_exhibit())
    identity = dict(picture.channels)[Channel.IDENTITY]
    starts = [round(start) for start in cells(identity[0].strip)]
    assert starts == list(range(16))
    assert [round(start) for start in cells(identity[1].strip)] == list(range(16, 29))


def test_many_accounts_share_columns_and_shades_say_how_many() -> None:
    picture = draw_incidence(cleared(), cleared_exhibit())
    assert (picture.accounts, picture.columns) == (400, MOST_COLUMNS)
    everyone = dict(picture.channels)[Channel.IDENTITY][0]
    assert len(cells(everyone.strip)) == MOST_COLUMNS
    assert 'class="shade-4"' in everyone.strip
    assert 'class="shade-1"' not in everyone.strip


def test_accounts_outside_the_campaign_are_not_drawn() -> None:
    tie = Tie("payment", "card", Channel.IDENTITY, ("stranger", convicted().account_ids[0]), 1)
    picture = draw_incidence(convicted(), replace(convicted_exhibit(), ties=(tie,)))
    assert len(cells(picture.channels[0][1][0].strip)) == 1


def test_weak_ties_beyond_the_limit_are_counted() -> None:
    ties = convicted_exhibit().ties[:1] * (MOST_TIES + 7)
    picture = draw_incidence(convicted(), replace(convicted_exhibit(), ties=ties))
    assert sum(len(rows) for _, rows in picture.channels) == MOST_TIES
    assert picture.undrawn == 7


def test_a_campaign_without_accounts_draws_an_empty_picture() -> None:
    picture = draw_incidence(replace(convicted(), account_ids=()), convicted_exhibit())
    assert picture.columns == 0


@given(st.lists(st.floats(-1e6, 1e6), min_size=1))
def test_every_value_and_zero_fit_on_the_scale(values: list[float]) -> None:
    scale = Scale(values)
    assert all(0 <= scale.at(value) <= 1 for value in [0.0, *values])

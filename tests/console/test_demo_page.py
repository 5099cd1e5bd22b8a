"""The demo world in one click: made by a process of its own, once, and never beside real cases."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from visitors import Console

from revenuer.app import demo_world
from revenuer.app.background import DONE, RUNNING, STOPPED
from revenuer.app.casebook import reading
from revenuer.app.demo_world import (
    WORDS,
    begin_demo,
    demo_cases,
    demo_state,
    put_demo_away,
)
from revenuer.casework.roles import Actor, Role

ADA = Actor("ada", Role.ADMIN)


def until(holds: Callable[[], bool], seconds: float = 240.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it does not come"
        time.sleep(0.2)


def test_an_empty_casebook_offers_it_and_one_with_cases_does_not(
    empty_console: Console, standing: Console
) -> None:
    page = empty_console.visitor().get("/").text
    assert 'action="/demo/begin"' in page
    assert 'action="/demo/begin"' not in empty_console.visitor(Role.VIEWER).get("/").text
    assert "150,000 exchanges" in empty_console.visitor().get("/demo").text
    assert 'action="/demo/begin"' not in standing.visitor().get("/").text
    refused = standing.visitor().post("/demo/begin")
    assert refused.status_code == 409
    assert demo_state(standing.office.casebook) is None


def test_it_is_made_once_at_a_time_and_stopped_by_a_click(empty_console: Console) -> None:
    visitor, book = empty_console.visitor(), empty_console.office.casebook
    assert visitor.post("/demo/begin").headers["location"] == "/demo"
    try:
        state = demo_state(book)
        assert state is not None
        assert state.status == RUNNING
        assert state.by == "ada"
        page = visitor.get("/demo").text
        assert "data-live-every" in page
        assert 'action="/demo/stop"' in page
        assert visitor.post("/demo/begin").status_code == 409
        assert "See how far it is" in visitor.get("/").text
    finally:
        assert visitor.post("/demo/stop").status_code == 303
    until(lambda: (demo_state(book) or state).status == STOPPED)
    assert visitor.post("/demo/stop").status_code == 409
    assert 'action="/demo/begin"' in visitor.get("/demo").text
    assert reading.list_cases(book, actor=ADA) == []


@pytest.mark.slow
def test_it_ends_in_the_casebook_marked_as_simulated_and_can_be_put_away(
    empty_console: Console,
) -> None:
    office = empty_console.office
    spec = {"accounts": 2000, "exchanges": 40_000}
    begin_demo(office.casebook, actor=ADA, now=office.clock(), spec=spec)
    stages: set[str] = set()

    def is_over() -> bool:
        state = demo_state(office.casebook)
        assert state is not None
        stages.add(state.stage)
        return state.status != RUNNING

    until(is_over, 280)
    state = demo_state(office.casebook)
    assert state is not None
    assert state.status == DONE, state.said
    assert len(stages) > 3, "nobody was told how far it was"
    visitor = empty_console.visitor()
    rows = demo_cases(office.casebook, actor=ADA)
    assert rows
    assert "Simulated" in visitor.get("/").text
    assert WORDS in visitor.get(f"/cases/{rows[0].case_id}").text
    waiting = [row for row in rows if row.state in ("open", "in-review")]
    now = office.clock()
    assert put_demo_away(office.casebook, actor=ADA, now=now) == len(waiting)
    left = reading.list_cases(office.casebook, actor=ADA)
    assert {row.state for row in left} == {"dismissed"}
    assert (demo_world.folder_of(office.casebook) / "world").is_dir()

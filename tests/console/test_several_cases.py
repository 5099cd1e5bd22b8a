"""Several cases of the list at once: looked at first, done once, told one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from browsers import Served, served_console
from case_builders import campaign, names, scan_folder
from visitors import Console

from revenuer.app.casebook import working
from revenuer.app.casebook.add import add
from revenuer.app.casebook.reading import find_case
from revenuer.casework.roles import Actor, Role
from revenuer.store.casebook.cases import CaseRow

ANN = Actor("ann", Role.ANALYST)


def add_four(console: Console) -> list[str]:
    """Four more cases, by their ids."""
    office = console.office
    made = [campaign(f"{n:08d}-1111-4111-8111-111111111111", names(f"c{n}-", 5)) for n in range(4)]
    add(office.casebook, [scan_folder(office.folder / "scans" / "four", *made)],
        actor=ANN, now=office.clock())  # fmt: skip
    return [row_of(console, one.id).case_id for one in made]


def row_of(console: Console, case: str) -> CaseRow:
    return find_case(console.office.casebook, case, actor=ANN)


def kinds(console: Console) -> list[str]:
    book = console.office.casebook
    with book.reading() as connection:
        return [entry.kind for entry in book.audit(connection).entries()]


def shown(page: str) -> list[str]:
    """The cases that a preview would change, as its form names them."""
    return re.findall(r'name="case" value="([^"]+)"', page)


def test_rows_are_marked_looked_at_and_dismissed_without_script(console: Console) -> None:
    cases = add_four(console)
    ann = console.visitor(Role.ANALYST)
    page = ann.get("/cases").text
    for case in cases:
        assert f'name="marked" value="{case}" form="cases-marked"' in page
    assert 'id="cases-marked"' in page
    working.close(console.office.casebook, cases[3], why="over", actor=ANN,
                  now=console.office.clock())  # fmt: skip
    before = kinds(console)
    told = ann.post("/cases/several", {"marked": cases, "do": "dismiss", "ground": "harmless"})
    assert told.status_code == 200
    assert "Dismiss 3 cases as harmless?" in told.text
    assert shown(told.text) == [f"{case} {row_of(console, case).version}" for case in cases[:3]]
    assert "The case is closed: there is nothing to dismiss." in told.text.replace("&#39;", "'")
    assert kinds(console) == before
    form = {"do": "dismiss", "ground": "harmless", "case": shown(told.text)}
    assert ann.post("/cases/several/done", {**form, "why": " "}).status_code == 422
    assert kinds(console) == before
    told = ann.post("/cases/several/done", {**form, "why": "a handful"})
    assert told.headers["location"] == "/cases"
    assert "3 cases dismissed." in ann.get("/cases").text
    assert [row_of(console, case).state for case in cases] == ["dismissed"] * 3 + ["closed"]
    assert kinds(console)[len(before) :] == ["case-dismissed"] * 3


def test_what_was_changed_since_the_preview_is_told_for_each(console: Console) -> None:
    cases = add_four(console)
    ann = console.visitor(Role.ANALYST)
    told = ann.post("/cases/several", {"marked": cases, "do": "assign", "to": "abe"})
    assert "Give 4 cases to abe?" in told.text
    now = console.office.clock()
    working.write_note(
        console.office.casebook, cases[0], "a note changes nothing", actor=ANN, now=now
    )
    working.assign(console.office.casebook, cases[1], to="ann", actor=ANN, now=now)
    form = {"do": "assign", "to": "abe", "case": shown(told.text)}
    told = ann.post("/cases/several/done", form)
    assert told.status_code == 200
    assert "3 cases given to abe; 1 case not." in told.text
    assert "was changed meanwhile" in told.text
    assert [row_of(console, case).assigned_to for case in cases] == ["abe", "ann", "abe", "abe"]
    again = ann.post("/cases/several/done", form)
    assert "0 cases given to abe; 4 cases not." in again.text
    told = ann.post("/cases/several", {"marked": cases, "do": "assign", "to": ""})
    assert "Put 4 cases back?" in told.text
    told = ann.post("/cases/several", {"marked": cases, "do": "assign", "to": "ann"})
    assert "It is ann&#39;s already." in told.text
    assert len(shown(told.text)) == 3


def test_forms_that_are_not_whole_do_nothing(console: Console) -> None:
    cases = add_four(console)
    ann = console.visitor(Role.ANALYST)
    before = kinds(console)
    seen = [f"{case} 1" for case in cases]
    for path, form in (
        ("/cases/several", {"do": "dismiss", "ground": "harmless"}),
        ("/cases/several", {"marked": cases}),
        ("/cases/several", {"marked": cases, "do": "close"}),
        ("/cases/several", {"marked": cases, "do": "dismiss", "ground": "made-up"}),
        ("/cases/several", {"marked": cases, "do": "assign", "to": "nobody-here"}),
        ("/cases/several/done", {"do": "dismiss", "ground": "harmless", "why": "x"}),
        ("/cases/several/done", {"case": cases, "do": "dismiss", "ground": "harmless", "why": "x"}),
        ("/cases/several/done", {"case": seen, "do": "dismiss", "why": "x"}),
        ("/cases/several/done", {"case": [f"{cases[0]} ²"], "do": "assign", "to": "ann"}),
        ("/cases/several/done", {"case": seen}),
        ("/cases/several/done", {"case": ["a" * 70 + " 1"] * 501, "do": "assign", "to": "ann"}),
    ):
        told = ann.post(path, form)
        assert told.status_code in (200, 404, 422), (form, told.status_code)
        if told.status_code == 200:
            assert "0 cases given" in told.text
    assert kinds(console) == before


def test_a_viewer_marks_nothing(console: Console) -> None:
    vic = console.visitor(Role.VIEWER)
    page = vic.get("/cases").text
    assert 'name="marked"' not in page
    assert "cases-marked" not in page
    (case, *_) = console.office.cases()
    for path in ("/cases/several", "/cases/several/done"):
        told = vic.post(path, {"marked": case, "case": f"{case} 1", "do": "assign", "to": "vic"})
        assert told.status_code == 403


@pytest.fixture
def served(console: Console) -> Iterator[Served]:
    with served_console(console.office) as one:
        yield one


@pytest.mark.chromium
def test_rows_are_marked_by_keys_and_stay_marked_while_the_casebook_changes(
    console: Console, served: Served, browser: Any
) -> None:
    cases = add_four(console)
    page = served.page(browser, Role.ANALYST)
    page.goto("/cases?sort=case")
    page.wait_for_load_state("load")
    for key in ("j", "x", "j", "j", "x"):
        page.keyboard.press(key)
    marked = "[...document.querySelectorAll('[name=marked]:checked')].map((one) => one.value)"
    chosen = page.evaluate(marked)
    assert len(chosen) == 2
    assert page.locator("[data-marked-count]").inner_text() == "2 marked"
    assert page.evaluate("document.querySelector('[data-mark-all]').indeterminate")
    other = next(case for case in cases if case not in chosen)
    working.close(console.office.casebook, other, why="over", actor=ANN, now=console.office.clock())
    page.locator("#live", has_text="It waits").wait_for()
    assert page.evaluate(marked) == chosen
    page.keyboard.press("d")
    assert page.evaluate("document.activeElement.name") == "ground"
    page.locator("select[name=ground]").select_option("harmless")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator("h1", has_text="Dismiss 2 cases as harmless?").wait_for()
    page.locator("textarea[name=why]").fill("a handful")
    page.get_by_role("button", name="Dismiss 2 cases").click()
    page.locator(".flash", has_text="2 cases dismissed.").wait_for()
    assert {row_of(console, case).state for case in chosen} == {"dismissed"}
    page.locator("[data-mark-all]").check()
    assert len(page.evaluate(marked)) == 6
    assert page.complaints == []
    page.context.close()

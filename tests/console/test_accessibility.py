"""Every page that can be got to: WCAG AA by axe, in both themes, on a telephone and on a desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from addresses import addresses
from browsers import Served, served_console
from test_appeal_pages import entered
from test_permit_pages import requested
from visitors import Console, opened_console

from revenuer.app.casebook import reading
from revenuer.casework.roles import Actor, Role
from revenuer.console.page import Page
from revenuer.console.pages import ALL

pytestmark = pytest.mark.chromium
axe_package = pytest.importorskip("axe_playwright_python", reason="needs axe-playwright-python")
AXE = (Path(axe_package.__file__).parent / "axe.min.js").read_text("utf-8")
RUN = """async () => {
  const found = await axe.run(document, {
    runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']},
    rules: {'heading-order': {enabled: true}, 'page-has-heading-one': {enabled: true},
            'landmark-one-main': {enabled: true}, 'skip-link': {enabled: true},
            'region': {enabled: true}, 'target-size': {enabled: true}},
    resultTypes: ['violations'],
  });
  return found.violations.map((one) =>
    one.id + ': ' + one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)
      + ' (' + (node.any[0] || node.all[0] || {message: ''}).message + ')').join(' | '));
}"""
SIZES = ((360, 740), (1440, 900))
SAMPLE = ("/", "/demo", "/cases", "/cases/{case}", "/me")


def beginnings(console: Console) -> list[str]:
    """Pages of what there is, whether or not anything leads there."""
    book = console.office.casebook
    actor, now = Actor("ada", Role.ADMIN), console.office.clock()
    case = max(reading.list_cases(book, actor=actor), key=lambda one: one.accounts).case_id
    view = reading.show_case(book, case, actor=actor, now=now)
    subject = next(iter(view.names.values()), "nobody")
    return [f"/cases/{case}", f"/cases/{case}/graph", f"/accounts/{book.subject(subject)}"]


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console with cases, a decision in force, an appeal against it, and a permit asked for."""
    folder = tmp_path_factory.mktemp("furnished")
    with opened_console(f"sqlite:///{folder}/casebook.sqlite", folder) as one:
        one.office.cases()
        entered(one)
        requested(one)
        yield one


@pytest.fixture(scope="module")
def served(furnished: Console) -> Iterator[Served]:
    with served_console(furnished.office) as one:
        yield one


@pytest.fixture(scope="module")
def places(furnished: Console) -> dict[str, str]:
    visitor = furnished.visitor()
    found = addresses(visitor, *beginnings(furnished))
    looked = {path: visitor.get(url) for path, url in found.items() if "." not in path}
    shown = {
        path: found[path]
        for path, told in looked.items()
        if told.status_code == 200 and "text/html" in told.headers["content-type"]
    }
    assert {one.path for one in ALL if isinstance(one, Page) and one.nav} <= shown.keys()
    return shown


def faults(
    page: Any, url: str, *, sizes: Any = SIZES, themes: Any = ("light", "dark")
) -> list[str]:
    """What is wrong with a page, each with how it was looked at."""
    found: list[str] = []
    answer = page.goto(url)
    if answer.status != 200:
        found.append(f"{url}: {answer.status}")
    page.wait_for_load_state("load")
    page.evaluate(AXE)
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        if (wide := page.evaluate(over)) > 0:
            found.append(f"{url} at {width}: {wide} px too wide")
        for theme in themes:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            found += [f"{url} at {width}, {theme}: {one}" for one in page.evaluate(RUN)]
    found += [f"{url}: {one}" for one in page.complaints]
    page.complaints.clear()
    return found


def test_the_pages_that_are_seen_most_have_no_fault(
    served: Served, browser: Any, places: dict[str, str]
) -> None:
    page = served.page(browser)
    found: list[str] = []
    for number, path in enumerate(one for one in SAMPLE if one in places):
        # Each in one way; the slow test has all ways.
        size, theme = SIZES[number % 2], ("dark", "light")[number % 2]
        found += faults(page, places[path], sizes=[size], themes=[theme])
    page.context.close()
    assert not found, "\n".join(found)


@pytest.mark.slow
def test_no_page_has_a_fault(served: Served, browser: Any, places: dict[str, str]) -> None:
    page = served.page(browser)
    found: list[str] = []
    for url in places.values():
        found += faults(page, url)
    page.context.close()
    assert not found, "\n".join(found)


@pytest.mark.slow
def test_what_a_stranger_sees_has_no_fault(served: Served, browser: Any) -> None:
    page = served.page(browser, None)
    found = faults(page, "/sign-in")
    page.context.close()
    assert not found, "\n".join(found)


def test_who_tabs_meets_the_skip_link_first_and_sees_where_they_are(
    served: Served, browser: Any
) -> None:
    page = served.page(browser, viewport={"width": 1440, "height": 900})
    page.goto("/")
    met = []
    for _ in range(12):
        page.keyboard.press("Tab")
        met.append(
            page.evaluate(
                """() => {
                  const one = document.activeElement, style = getComputedStyle(one);
                  const box = one.getBoundingClientRect();
                  const all = [...document.querySelectorAll('*')];
                  return {text: one.textContent.trim(), outline: style.outlineStyle,
                          inside: box.right > 0 && box.bottom > 0, at: all.indexOf(one)};
                }"""
            )
        )
    assert met[0]["text"] == "Skip to content"
    assert all(one["outline"] != "none" and one["inside"] for one in met), met
    order = [one["at"] for one in met]
    assert order == sorted(order), "the focus goes back and forth"
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.context.close()

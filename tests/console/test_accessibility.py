"""Every page that can be got to: WCAG AA by axe, in both themes, on a telephone and on a desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import Served, served_console
from furnished import BY_FORM, submit
from visitors import Console

from revenuer.casework.roles import Role

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
NARROWER = (768, 1024)
"""Where only the width is looked at."""
TOO_WIDE = """async () => {
  const one = document.scrollingElement, over = () => one.scrollWidth - one.clientWidth;
  // Charts are drawn anew for a new width, a moment later.
  for (let tries = 0; over() > 0 && tries < 20; tries++)
    await new Promise((then) => setTimeout(then, 50));
  return over();
}"""
SAMPLE = ("/", "/demo", "/cases", "/me")


@pytest.fixture(scope="module")
def served(furnished: Console) -> Iterator[Served]:
    with served_console(furnished.office) as one:
        yield one


def faults(
    page: Any, url: str, *, sizes: Any = SIZES, themes: Any = ("light", "dark")
) -> list[str]:
    """What is wrong with a page, each with how it was looked at."""
    answer = page.goto(url)
    found = [] if answer.status == 200 else [f"{url}: {answer.status}"]
    return found + faults_here(page, url, sizes=sizes, themes=themes)


def faults_here(
    page: Any, name: str, *, sizes: Any = SIZES, themes: Any = ("light", "dark")
) -> list[str]:
    """What is wrong with the page that is open."""
    found: list[str] = []
    page.wait_for_load_state("load")
    page.evaluate(AXE)
    for width, height in (*sizes, NARROWER):
        page.set_viewport_size({"width": width, "height": height})
        if (wide := page.evaluate(TOO_WIDE)) > 0:
            found.append(f"{name} at {width}: {wide} px too wide")
        for theme in themes if (width, height) != NARROWER else ():
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            found += [f"{name} at {width}, {theme}: {one}" for one in page.evaluate(RUN)]
    found += [f"{name}: {one}" for one in page.complaints]
    page.complaints.clear()
    return found


def test_the_pages_that_are_seen_most_have_no_fault(
    served_standing: Served, standing: Console, browser: Any
) -> None:
    page = served_standing.page(browser)
    found: list[str] = []
    for number, path in enumerate((*SAMPLE, f"/cases/{standing.office.cases()[0]}")):
        # Each in one way; the slow test has all ways.
        size, theme = SIZES[number % 2], ("dark", "light")[number % 2]
        found += faults(page, path, sizes=[size], themes=[theme])
    page.context.close()
    assert not found, "\n".join(found)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_page_has_a_fault(served: Served, browser: Any, places: dict[str, str]) -> None:
    page = served.page(browser)
    found: list[str] = []
    for url in places.values():
        found += faults(page, url)
    page.context.close()
    assert not found, "\n".join(found)


@pytest.mark.slow
@pytest.mark.parametrize("who", [Role.ADMIN, Role.APPROVER])
def test_no_page_that_a_form_leads_to_has_a_fault(
    served: Served, browser: Any, places: dict[str, str], who: Role
) -> None:
    page = served.page(browser, who)
    found: list[str] = []
    for path, ending, form, role in BY_FORM:
        if role is who:
            answer = submit(page, places[path], ending, form)
            assert answer.status == 200, (path, ending)
            found += faults_here(page, f"{path} with {ending}")
    page.context.close()
    assert not found, "\n".join(found)


@pytest.mark.slow
def test_what_a_stranger_sees_has_no_fault(served: Served, browser: Any) -> None:
    page = served.page(browser, None)
    found = faults(page, "/sign-in")
    page.context.close()
    assert not found, "\n".join(found)


@pytest.mark.slow
def test_what_is_not_there_has_no_fault(served: Served, browser: Any) -> None:
    page = served.page(browser)
    found: list[str] = []
    for url in ("/cases/nothing", "/cases?q=no-case-has-this", "/nowhere"):
        page.goto(url)
        # A browser notes in its console that a page was not found.
        page.complaints.clear()
        found += faults_here(page, url)
    page.context.close()
    assert not found, "\n".join(found)


def test_who_tabs_meets_the_skip_link_first_and_sees_where_they_are(
    served_standing: Served, browser: Any
) -> None:
    page = served_standing.page(browser, viewport={"width": 1440, "height": 900})
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

"""Keyboard first: rows, filters, pages and the palette, and never while somebody writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsers import Served
from case_builders import names as campaign_names
from visitors import Console

from revenuer.app.casebook.saved_searches import save_search
from revenuer.casework.roles import Actor, Role
from revenuer.console.page import Page
from revenuer.console.pages import ALL

DOCS = Path(__file__).parents[2] / "docs" / "console-keys.md"
chromium = pytest.mark.chromium


@pytest.fixture
def page(served_standing: Served, browser: Any) -> Iterator[Any]:
    one = served_standing.page(browser)
    one.goto("/")
    one.wait_for_load_state("load")
    yield one
    assert one.complaints == []
    one.context.close()


def focused(page: Any, what: str) -> Any:
    return page.evaluate(f"document.activeElement.{what}")


def test_the_palette_finds_what_the_visitor_may_see(standing: Console) -> None:
    admin, viewer = standing.visitor(), standing.visitor(Role.VIEWER)

    def urls(visitor: Any, text: str) -> set[str]:
        told = visitor.get("/palette.json", params={"q": text})
        assert told.headers["content-type"] == "application/json"
        return {one["url"] for one in told.json()}

    (case, *_) = standing.office.cases()
    assert f"/cases/{case}" in urls(viewer, case)
    assert f"/cases/{case}" in urls(viewer, case.removeprefix("case--")[:8])
    assert f"/cases/{case}" in urls(viewer, "")
    subject = standing.office.casebook.subject(campaign_names("bad", 12)[0])
    assert any(url == f"/accounts/{subject}" for url in urls(viewer, subject[:9]))
    assert "/people?q=abe" in urls(admin, "abe")
    for one in ALL:
        if isinstance(one, Page) and one.nav:
            assert one.path in urls(admin, one.section), one.path
    assert not urls(viewer, "\x00%_'\"<script>") & {"/"}


def test_the_palette_finds_saved_searches(console: Console) -> None:
    given: dict[str, Any] = {"actor": Actor("ann", Role.ANALYST), "now": console.office.clock()}
    for name, shared in (("Large ones", True), ("Only mine", False)):
        save_search(console.office.casebook, name, "sort=-accounts", shared=shared, **given)

    def searches(role: Role) -> list[tuple[str, str]]:
        told = console.visitor(role).get("/palette.json", params={"q": "o"}).json()
        return [(one["label"], one["url"]) for one in told if one["group"] == "Saved searches"]

    shared_one, own = (
        ("Large ones", "/cases?sort=-accounts"),
        ("Only mine", "/cases?sort=-accounts"),
    )
    assert searches(Role.VIEWER) == [shared_one]
    assert sorted(searches(Role.ANALYST)) == [shared_one, own]


def test_every_key_is_documented_and_used_once() -> None:
    text = DOCS.read_text("utf-8")
    keys = [one.key for one in ALL if isinstance(one, Page) and one.key]
    assert len(keys) == len(set(keys)), "two pages have one key"
    for one in ALL:
        if isinstance(one, Page) and one.key:
            assert f"| `g` `{one.key}` | {one.section}" in text, one.path
    script = (Path(__file__).parents[2] / "src/revenuer/console/static/keys.js").read_text("utf-8")
    table = script[script.index("const KEYS = {") :]
    for key in re.findall(r'^  "?([^\s":]+)"?: ', table[: table.index("};")], re.MULTILINE):
        assert f"`{key}`" in text, key


@chromium
def test_rows_are_gone_through_and_opened(page: Any) -> None:
    links = page.eval_on_selector_all(
        "#newest tbody tr", "all => all.map(r => r.querySelector('a').href)"
    )
    assert len(links) == 2
    page.keyboard.press("j")
    assert focused(page, "href") == links[0]
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert focused(page, "href") == links[1]
    page.keyboard.press("k")
    assert focused(page, "href") == links[0]
    page.keyboard.press("Escape")
    assert focused(page, "tagName") == "BODY"


@chromium
def test_no_key_does_anything_while_somebody_writes(page: Any) -> None:
    page.keyboard.press("/")
    assert focused(page, "id") == "newest-q"
    page.keyboard.type("jk?go")
    assert page.input_value("#newest-q") == "jk?go"
    assert page.locator("dialog[open]").count() == 0
    page.keyboard.press("Escape")
    assert focused(page, "tagName") == "BODY"


@chromium
def test_the_list_of_keys_has_those_of_the_page_and_switches_them_off(page: Any) -> None:
    page.keyboard.press("?")
    page.wait_for_selector("#keys[open]")
    said = page.inner_text("#keys")
    assert "Next row" in said
    assert "Overview" in said, "the keys of the navigation are missing"
    page.uncheck("[data-keys-on]")
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    page.keyboard.press("j")
    assert page.locator("dialog[open]").count() == 0
    assert focused(page, "tagName") in ("BODY", "BUTTON")
    page.evaluate("localStorage.clear()")


@chromium
def test_g_and_a_letter_go_to_a_page(page: Any) -> None:
    page.goto("/demo")
    page.wait_for_load_state("load")
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_url(re.compile(r"/$"))


@chromium
def test_the_palette_is_a_combobox_that_keys_alone_use(page: Any) -> None:
    page.keyboard.press("Control+k")
    field = page.locator("#palette [role=combobox]")
    page.wait_for_selector("#palette [role=option]")
    assert focused(page, "role") == "combobox"
    assert field.get_attribute("aria-expanded") == "true"
    first = field.get_attribute("aria-activedescendant")
    page.keyboard.press("ArrowDown")
    second = field.get_attribute("aria-activedescendant")
    assert first != second
    assert page.locator(f"#{second}").get_attribute("aria-selected") == "true"
    assert page.locator("#palette [aria-selected=true]").count() == 1
    page.keyboard.type("nothing is called that")
    page.wait_for_selector("#palette [role=status]:has-text('Nothing is called that.')")
    assert field.get_attribute("aria-expanded") == "false"
    field.fill("demo")
    page.wait_for_selector("#palette [role=option]:has-text('Demo')")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/demo$"))
    page.wait_for_load_state("load")
    page.keyboard.press("Meta+k")
    page.wait_for_selector("#palette[open]")
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0

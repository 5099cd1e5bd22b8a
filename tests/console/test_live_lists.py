"""Lists where people decide follow the casebook while they are open, their counts too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from browsers import Served, served_console
from test_appeal_pages import entered
from test_enforcement_pages import proposed
from test_permit_pages import requested
from test_signup_pages import held, versioned
from visitors import Console

from revenuer.casework.roles import Role

__all__ = ["held"]
pytestmark = pytest.mark.chromium


@pytest.fixture
def served(console: Console) -> Iterator[Served]:
    with served_console(console.office) as one:
        yield one


def test_lists_show_what_another_does_without_being_loaded_anew(
    console: Console, served: Served, browser: Any
) -> None:
    pages = {}
    first = served.page(browser, Role.APPROVER)
    for path in ("/enforcement", "/permits", "/appeals"):
        page = pages[path] = first if not pages else first.context.new_page()
        page.goto(path)
        page.wait_for_load_state("load")
        assert page.locator("tbody tr td a").count() == 0, path
        page.evaluate("window.isTheSame = true")
    first.wait_for_timeout(500)

    def follows(path: str, rows: str, fact: str) -> None:
        page = pages[path]
        page.bring_to_front()
        page.locator(f"{rows} tbody tr td a").first.wait_for(timeout=15_000)
        page.locator(f"dl.facts dd:has-text('{fact}')").first.wait_for(timeout=15_000)
        assert page.evaluate("window.isTheSame"), f"{path} was loaded anew"

    url = proposed(console, hours="48")
    follows("/enforcement", "#plans", "1")
    console.visitor(Role.ADMIN).post(f"{url}/refuse", {"why": "An office."})
    pages["/enforcement"].locator("#closed tbody tr").wait_for(timeout=15_000)
    requested(console)
    follows("/permits", "#permits", "1")
    entered(console)
    follows("/appeals", "#appeals", "1")
    first.context.close()


def test_the_queue_of_sign_ups_follows(held: Console, browser: Any) -> None:
    with served_console(held.office) as served:
        page = served.page(browser, Role.APPROVER)
        page.goto("/sign-ups")
        page.locator("#waiting dd", has_text="3").first.wait_for()
        page.wait_for_timeout(500)
        page.evaluate("window.isTheSame = true")
        ann = held.visitor(Role.ANALYST)
        versioned(ann, "a-1", "decide", decision="accept", why="Called the lab.")
        page.locator("#waiting dd", has_text="2").first.wait_for(timeout=15_000)
        assert page.locator("#held tbody tr").count() == 2
        assert page.evaluate("window.isTheSame"), "the page was loaded anew"
        page.context.close()

"""The page in a real browser: it obeys its own policy and fits every screen."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from test_html import HOSTILE, hostile

from revenuer.records import Findings
from revenuer.reports.html import render_html

pytestmark = pytest.mark.chromium
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
if BROWSER is None:
    pytest.skip("needs chromium on the machine", allow_module_level=True)
sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, example: Findings) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(render_html(example), encoding="utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 400, 1280])
def test_the_page_fits_its_screen_and_has_nothing_to_complain_about(
    browser: sync_api.Browser, report: Path, width: int, scheme: str
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    complaints: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(report.as_uri())
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
    assert complaints == []
    assert requests == [report.as_uri()]
    page.close()


def test_text_without_spaces_does_not_widen_the_page(
    browser: sync_api.Browser, tmp_path: Path
) -> None:
    path = tmp_path / "hostile.html"
    path.write_text(render_html(hostile(), title=HOSTILE), encoding="utf-8")
    page = browser.new_page(viewport={"width": 400, "height": 900})
    page.goto(path.as_uri())
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
    assert page.evaluate("document.querySelectorAll('script, img').length") == 0
    page.close()


def test_charts_are_drawn_in_the_colours_of_the_scheme(
    browser: sync_api.Browser, report: Path
) -> None:
    colours = {}
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        page.goto(report.as_uri())
        bar = page.locator(".timeline rect.own").nth(5)
        box = bar.bounding_box()
        assert box is not None
        assert box["width"] > 10
        assert box["height"] > 50
        colours[scheme] = bar.evaluate("bar => getComputedStyle(bar).fill")
        page.close()
    assert colours["light"] != colours["dark"]


def test_the_printed_report_shows_what_the_screen_folds_away(
    browser: sync_api.Browser, report: Path
) -> None:
    page = browser.new_page()
    page.goto(report.as_uri())
    account = page.locator(".accounts li").first
    assert not account.is_visible()
    page.emulate_media(media="print")
    assert account.is_visible()
    assert page.pdf().startswith(b"%PDF")
    page.close()

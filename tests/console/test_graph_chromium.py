"""The graph and charts in a real browser, under the console's own policy."""

from __future__ import annotations

import re
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from visitors import Console, opened_console

sys.path.insert(0, str(Path(__file__).parents[1] / "app" / "casebook"))

from case_builders import ANA, campaign, names, scan_folder
from tie_builders import crews, write_ties_of

from revenuer.app.casebook.add import add
from revenuer.app.casebook.reading import find_case
from revenuer.app.casebook.told import Drawn
from revenuer.app.signing_in import sessions
from revenuer.console.charts import Chart, Mark, Series, timeline
from revenuer.console.face import HEADERS
from revenuer.console.rendering import environment
from revenuer.console.server import application

pytestmark = pytest.mark.chromium
BROWSER = shutil.which("chromium") or shutil.which("google-chrome")
if BROWSER is None:
    pytest.skip("needs chromium on the machine", allow_module_level=True)
sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")

DAY = datetime(2026, 6, 1, tzinfo=UTC)
CHARTS = """<!doctype html><html lang="en"><title>Charts</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="{{ static('console.css') }}">
<script src="{{ static('theme.js') }}"></script>
{% from "parts/chart.html" import chart %}<main>{{ chart(days) }}{{ chart(health) }}</main>"""


@contextmanager
def listening(app: Any) -> Iterator[str]:
    """An application on a port of its own, in a thread."""
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    folder = tmp_path_factory.mktemp("console")
    with opened_console(f"sqlite:///{folder}/casebook.sqlite", folder) as one:
        made = campaign("tied", names("tied-acct", 60))
        scan = write_ties_of(scan_folder(folder / "tied", made), crews(made, [10, 30, 15]))
        alone = campaign("alone", names("alone-acct", 40))
        other = write_ties_of(scan_folder(folder / "alone", alone), crews(alone, [40]))
        add(one.office.casebook, [scan, other], actor=ANA, now=one.office.clock())
        yield one


@pytest.fixture(scope="module")
def url(console: Console) -> Iterator[str]:
    office = console.office
    app = application(office.casebook, office.settings, office.keys, office.clock)
    with listening(app) as found:
        yield found


class Seen:
    """A page, and what the browser had to complain about."""

    def __init__(self, page: sync_api.Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        page.on("console", lambda one: self.complaints.append(f"{one.type}: {one.text}"))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    @property
    def nodes(self) -> int:
        return int(self.page.get_attribute("[data-drawn]", "data-drawn") or 0)

    @property
    def title(self) -> str:
        return self.page.inner_text("[data-title]")

    def fits(self) -> bool:
        root = "document.documentElement"
        return bool(self.page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"))


@contextmanager
def graph(
    browser: sync_api.Browser,
    console: Console,
    url: str,
    query: str = "",
    named: str = "tied",
    **more: Any,
) -> Iterator[Seen]:
    office = console.office
    cookie = sessions.begin(office.casebook, "vic", "test", now=office.clock())
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **more})
    context.add_cookies([{"name": "revenuer", "value": cookie, "domain": "127.0.0.1", "path": "/"}])
    seen = Seen(context.new_page())
    case = find_case(office.casebook, f"campaign--{named}", actor=ANA).case_id
    seen.page.goto(f"{url}/cases/{case}/graph{query}")
    seen.page.wait_for_selector("[data-drawn]")
    yield seen
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_the_graph_is_drawn_on_every_screen_without_a_complaint(
    browser: sync_api.Browser, console: Console, url: str, width: int, scheme: str
) -> None:
    more: dict[str, Any] = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    with graph(browser, console, url, **more) as seen:
        assert seen.nodes == 5
        assert seen.fits()
        # Something of the size of a group is painted: not one colour all over.
        picture = seen.page.locator(".graph-canvas").screenshot()
        assert len(picture) > 4_000
    assert seen.complaints == []


def test_a_row_unfolds_its_group_in_place_and_folds_it_up_again(
    browser: sync_api.Browser, console: Console, url: str
) -> None:
    with graph(browser, console, url) as seen:
        for after, unfolds in ((5 + 10 + 1, True), (5, False)):
            seen.page.click("#groups >> text=Group 3")
            seen.page.wait_for_selector(f"[data-drawn='{after}']")
            assert ("unfold=" in seen.page.url) is unfolds
        assert seen.title == "Group 3 · 10"
    assert seen.complaints == []


def test_a_link_leads_to_what_was_unfolded(
    browser: sync_api.Browser, console: Console, url: str
) -> None:
    with graph(browser, console, url) as seen:
        seen.page.click("#groups >> text=Group 3")
        seen.page.wait_for_selector("[data-drawn='16']")
        query = seen.page.url.partition("?")[2]
    with graph(browser, console, url, f"?{query}") as seen:
        assert seen.nodes == 16
        seen.page.click("text=Fold all up")
        seen.page.wait_for_selector("[data-drawn='5']")


def test_a_group_that_is_alone_is_unfolded_and_no_more_than_a_part_of_the_picture_folded(
    browser: sync_api.Browser, console: Console, url: str
) -> None:
    wide = """() => {
      const { sigma, graph, data } = document.querySelector("[data-graph]").graph;
      const { width, height } = sigma.getDimensions();
      const size = sigma.scaleSize(sigma.getNodeDisplayData(data.nodes.key[0]).size);
      return 2 * size / Math.min(width, height);
    }"""
    with graph(browser, console, url, named="alone", reduced_motion="reduce") as seen:
        assert seen.nodes == 1 + 40 + 2
        assert 0.5 < seen.page.evaluate(wide) < 1
        seen.page.click("text=Fold all up")
        seen.page.wait_for_selector("[data-drawn='1']")
        assert seen.page.url.endswith("?unfold=")
        assert 0.2 < seen.page.evaluate(wide) < 0.4
        seen.page.reload()
        seen.page.wait_for_selector("[data-drawn='1']")
        assert 0.2 < seen.page.evaluate(wide) < 0.4
        # The row's link, which is of a page that was folded.
        seen.page.click("#groups td a")
        seen.page.wait_for_selector("[data-drawn='43']")
        assert 0.5 < seen.page.evaluate(wide) < 1
        seen.page.click("#groups td a")
        seen.page.wait_for_selector("[data-drawn='1']")
        assert seen.page.url.endswith("?unfold=")
    with graph(browser, console, url, named="alone") as seen:
        # And of one that was not.
        seen.page.click("#groups td a")
        seen.page.wait_for_selector("[data-drawn='1']")
        assert seen.page.url.endswith("?unfold=")
    assert seen.complaints == []


def test_keys_go_from_node_to_node_and_unfold(
    browser: sync_api.Browser, console: Console, url: str
) -> None:
    with graph(browser, console, url, reduced_motion="reduce") as seen:
        seen.page.focus(".graph-canvas")
        reached = []
        for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp") * 3:
            seen.page.keyboard.press(key)
            reached.append(seen.title)
        assert len(set(reached)) > 2
        for _ in range(9):
            if seen.title.startswith(("Group", "In no")):
                break
            seen.page.keyboard.press("ArrowLeft")
        assert "of the campaign" in seen.page.inner_text("[data-about]")
        seen.page.keyboard.press("Enter")
        seen.page.wait_for_selector("text=Fold all up")
        assert seen.nodes > 5
        seen.page.keyboard.press("Escape")
        assert seen.title == "What you see"


def test_the_pointer_tells_what_it_is_at(
    browser: sync_api.Browser, console: Console, url: str
) -> None:
    with graph(browser, console, url) as seen:
        at = seen.page.evaluate(
            """() => {
              const { sigma, data } = document.querySelector("[data-graph]").graph;
              const tie = data.nodes.key[data.nodes.kind.indexOf("token")];
              const box = document.querySelector(".graph-canvas").getBoundingClientRect();
              const { x, y } = sigma.framedGraphToViewport(sigma.getNodeDisplayData(tie));
              return [box.left + x, box.top + y];
            }"""
        )
        seen.page.mouse.move(*at)
        # To wait for a function of the page would need `eval`, which its policy forbids.
        sync_api.expect(seen.page.locator("[data-title]")).to_have_text(re.compile("^TLS"))
        assert "600 of 840 others" in seen.page.inner_text("[data-about]")
        assert "Group 1 · 30: 30" in seen.page.inner_text("[data-neighbours]")


def test_the_page_passes_axe(browser: sync_api.Browser, console: Console, url: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    for scheme in ("light", "dark"):
        with graph(browser, console, url, color_scheme=scheme) as seen:
            found = axe.Axe().run(seen.page).response["violations"]
            assert [
                (one["id"], [node["html"][:120] for node in one["nodes"]]) for one in found
            ] == []


def charts() -> Any:
    """A page with two charts, under the console's policy."""
    from starlette.applications import Starlette
    from starlette.responses import HTMLResponse
    from starlette.routing import Mount, Route
    from starlette.staticfiles import StaticFiles

    from revenuer import console as package

    days = [(DAY + timedelta(days=n)).date().isoformat() for n in range(30)]
    drawn = Drawn(
        days=tuple(days),
        own=tuple(100 + 40 * n for n in range(30)),
        other=tuple(60 for _ in range(30)),
        suspensions=tuple(DAY + timedelta(days=18, hours=n) for n in range(5)),
        releases=((DAY + timedelta(days=8, hours=9), "model-next"),),
    )
    at = tuple(int(1e6 * (DAY + timedelta(hours=n)).timestamp()) for n in range(72))
    health = Chart(
        "health", "Alerts an hour", "alerts", at,
        (Series("signs", tuple(float(n % 7) for n in range(72)), 2),
         Series("links", tuple(None if 20 < n < 30 else n / 9 for n in range(72)), 3)),
        (Mark(at[30], "new baseline"),), level=6.5, level_label="bound",
    )  # fmt: skip

    def page(request: Any) -> HTMLResponse:
        values = {"days": timeline(drawn), "health": health}
        return HTMLResponse(environment().from_string(CHARTS).render(values), headers=HEADERS)

    static = StaticFiles(directory=Path(package.__file__).parent / "static")
    return Starlette(routes=[Route("/", page), Mount("/static", static)])


@pytest.mark.parametrize("width", [360, 1280])
def test_charts_are_drawn_by_the_vendored_library_under_the_policy(
    browser: sync_api.Browser, width: int
) -> None:
    with listening(charts()) as there:
        seen = Seen(browser.new_page(viewport={"width": width, "height": 900}))
        seen.page.goto(there)
        seen.page.wait_for_selector("#timeline canvas")
        seen.page.wait_for_selector("#health canvas")
        assert seen.fits()
        wide = "document.querySelector('#timeline .plot-area').clientWidth"
        canvas = seen.page.locator("#timeline canvas").bounding_box()
        assert canvas["width"] == pytest.approx(seen.page.evaluate(wide), abs=2)
        seen.page.evaluate("document.documentElement.dataset.theme = 'dark'")
        seen.page.evaluate("document.dispatchEvent(new CustomEvent('theme-changed'))")
        seen.page.wait_for_timeout(100)
        assert seen.page.locator("#timeline canvas").count() == 1
        seen.page.close()
    assert seen.complaints == []

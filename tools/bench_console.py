"""How fast the console is: a campaign of 24,000 accounts, the real server, a real Chromium.

`python tools/bench_console.py [--quick]` prints tables; the last line says whether targets hold.
Chromium draws with a processor here (`--use-angle=swiftshader`), as no graphics card is assumed:
milliseconds a frame are those of software, and are reported, not bounded.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from console_world import large_scan
from revenuer.app.casebook.add import add
from revenuer.app.casebook.opening import Casebook, open_casebook
from revenuer.app.casebook.people import add_person
from revenuer.app.casebook.reading import list_cases
from revenuer.app.signing_in import sessions
from revenuer.casework.roles import Actor, Role
from revenuer.console.page import Page as OurPage
from revenuer.console.pages import ALL

USABLE_S = 2.0
"""The page of the campaign, from the click to a graph that is drawn and a table that sorts."""
ADDED_S = 10.0
"""Processor seconds for adding the folder, as in bench_casebook."""
CHROMIUM = "/usr/bin/chromium"
SWITCHES = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-sandbox")
ADA = Actor("ada", Role.ADMIN)
FRAMES = 60
CONSOLE = "from revenuer.cli import main; main()"
MOVE = """async ([how, frames]) => {
  const { sigma } = document.querySelector("[data-graph]").graph;
  sigma.setSetting("hideEdgesOnMove", how.endsWith("without lines"));
  const pans = how.startsWith("pan");
  const mouse = document.querySelector(".sigma-mouse");
  const box = mouse.getBoundingClientRect();
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  const at = (dx, dy) => ({
    bubbles: true, cancelable: true, clientX: x + dx, clientY: y + dy, button: 0,
  });
  const send = (where, kind, dx, dy) => where.dispatchEvent(new MouseEvent(kind, at(dx, dy)));
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const state = () => JSON.stringify(sigma.getCamera().getState());
  const before = state();
  const times = [];
  let shown = 0;
  sigma.on("afterRender", () => { shown += 1; });
  if (pans) send(mouse, "mousedown", 0, 0);
  let last = await frame();
  for (let step = 1; step <= frames; step += 1) {
    const turn = Math.sin(step / 8);
    if (pans) send(document, "mousemove", 160 * turn, 90 * turn);
    else if (step % 4 === 1) {
      const deltaY = step % 40 < 20 ? -120 : 120;
      mouse.dispatchEvent(new WheelEvent("wheel", { ...at(40, 40), deltaY }));
    }
    const now = await frame();
    times.push(now - last);
    last = now;
  }
  const moved = before !== state();
  if (pans) send(document, "mouseup", 0, 0);
  return { times, shown, moved };
}"""


@dataclass(frozen=True, slots=True)
class Served:
    """A console that listens."""

    url: str
    cookie: str
    case: str
    account: str
    process: subprocess.Popen[str]


def prepared(work: Path, accounts: int) -> tuple[str, str, str, float]:
    """A casebook with the campaign: cookie of somebody signed in, case, subject, seconds."""
    casebook = open_casebook(f"sqlite:///{work}/casebook.sqlite", work / "keys")
    now = datetime.now(UTC)
    add_person(casebook, ADA.name, ADA.role, actor=ADA, now=now)
    campaign = large_scan(work / "scan", accounts)
    begun = time.process_time()
    add(casebook, [work / "scan"], actor=ADA, now=now)
    cpu = time.process_time() - begun
    cookie = sessions.begin(casebook, ADA.name, "bench", now=now)
    case = max(list_cases(casebook, actor=ADA), key=lambda row: row.accounts).case_id
    subject = casebook.subject(campaign.account_ids[0])
    _done(casebook)
    return cookie, case, subject, cpu


def _done(casebook: Casebook) -> None:
    casebook.database.close()


@contextmanager
def served(work: Path, cookie: str, case: str, account: str) -> Iterator[Served]:
    """Start the console as a person would."""
    said = ["--port", "0", "--casebook", f"sqlite:///{work}/casebook.sqlite"]
    command = [sys.executable, "-c", CONSOLE, "console", *said, "--keys", str(work / "keys")]
    # Not the folder of whoever runs the bench.
    around = {**os.environ, "REVENUER_SHARE__FOLDER": str(work / "share")}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=around)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[0].rstrip("/")
        yield Served(url, cookie, case, account, process)
    finally:
        process.terminate()
        process.wait(20)


def pages(one: Served) -> list[str]:
    """Every page of which the bench knows one."""
    known = {"case": one.case, "subject": one.account, "account": one.account}
    found = []
    for page in ALL:
        names = re.findall(r"{(\w+)}", page.path)
        if isinstance(page, OurPage) and page.right is not None and set(names) <= known.keys():
            found.append(page.path.format(**known))
    return found


def cpu_of(processes: list[int]) -> dict[int, float]:
    """Processor seconds of processes so far; of one that has ended, none."""
    spent = {}
    for number in processes:
        with suppress(OSError):
            fields = Path(f"/proc/{number}/stat").read_text("utf-8").rpartition(")")[2].split()
            spent[number] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return spent


def since(before: Mapping[int, float], processes: list[int]) -> float:
    """Processor seconds since then, also of those that have begun meanwhile."""
    now = cpu_of(processes)
    return sum(spent - before.get(number, 0.0) for number, spent in now.items())


def below(root: int) -> list[int]:
    """A process and all that it started."""
    parents: dict[int, int] = {}
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            try:
                fields = (place / "stat").read_text("utf-8").rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(place.name)] = int(fields[1])
    found = [root]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def bench_pages(one: Served, times: int) -> Iterator[tuple[str, float, float, int, int]]:
    """Of each page: milliseconds by the clock and of the server's processor, bytes, status."""
    with httpx.Client(base_url=one.url, cookies={"revenuer": one.cookie}, timeout=60) as client:
        for path in pages(one):
            client.get(path)
            clock, before = [], cpu_of([one.process.pid])
            for _ in range(times):
                begun = time.perf_counter()
                answer = client.get(path)
                clock.append(1000 * (time.perf_counter() - begun))
            cpu = 1000 * since(before, [one.process.pid]) / times
            shown = path.replace(one.case, "CASE").replace(one.account, "ACCOUNT")
            yield shown, statistics.median(clock), cpu, len(answer.content), answer.status_code


@contextmanager
def opened(browser: Browser, one: Served) -> Iterator[Page]:
    """A page of a browser that has never been here, signed in."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    host = one.url.removeprefix("http://").partition(":")[0]
    context.add_cookies([{"name": "revenuer", "value": one.cookie, "domain": host, "path": "/"}])
    yield context.new_page()
    context.close()


def visit(page: Page, url: str, server: int) -> Mapping[str, float]:
    """Go there: seconds until the document is there, the graph is drawn, the table has sorted."""
    before = cpu_of([server, *chromium_here()])
    begun = time.perf_counter()
    page.goto(url, wait_until="domcontentloaded")
    page.wait_for_selector("[data-drawn]", timeout=60_000)
    usable = time.perf_counter() - begun
    cpu = since(before, [server, *chromium_here()])
    told = page.evaluate(
        """() => {
          const [here] = performance.getEntriesByType("navigation");
          const all = [here, ...performance.getEntriesByType("resource")];
          return {
            answered: here.responseEnd / 1000,
            ready: here.domContentLoadedEventEnd / 1000,
            drawn: performance.getEntriesByName("graph-drawn")[0].startTime / 1000,
            bytes: all.reduce((sum, one) => sum + one.transferSize, 0),
          };
        }"""
    )
    begun = time.perf_counter()
    page.click("#groups th a:has-text('Accounts')")
    page.wait_for_selector("#groups th[aria-sort]")
    return {**told, "usable": usable, "cpu": cpu, "sorted": time.perf_counter() - begun}


def moved(page: Page, how: str, frames: int) -> tuple[float, float, float]:
    """Milliseconds a frame while it moves: the median, the worst of twenty, of the processor."""
    before = cpu_of(chromium_here())
    told: Any = page.evaluate(MOVE, [how, frames])
    cpu = 1000 * since(before, chromium_here()) / frames
    assert told["moved"], f"nothing moved: {how}"
    assert told["shown"] >= frames // 2, f"{how}: only {told['shown']} frames were drawn"
    times = sorted(told["times"])
    return statistics.median(times), times[int(0.95 * len(times))], cpu


def bench_browser(one: Served, visits: int, frames: int) -> float:
    """Print what Chromium measures; seconds until the page is usable, the best of the visits."""
    url = f"{one.url}/cases/{one.case}/graph"
    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(SWITCHES))
        with opened(browser, one) as page:
            # The first page of a browser that has just begun waits for the browser.
            page.goto(f"{one.url}/")
        say("\n| visit, nothing cached | answered s | document ready s | graph drawn s | usable s |"
            " processor s until then | sorted s | kB |")  # fmt: skip
        say("|---|---|---|---|---|---|---|---|")
        for number in range(visits):
            with opened(browser, one) as page:
                told = visit(page, url, one.process.pid)
            columns = ("answered", "ready", "drawn", "usable", "cpu", "sorted")
            numbers = " | ".join(f"{told[name]:.2f}" for name in columns)
            say(f"| {number + 1} | {numbers} | {told['bytes'] / 1000:,.0f} |")
            found.append(told["usable"])
        bench_frames(browser, one, url, frames)
        browser.close()
    return min(found)


def bench_frames(browser: Browser, one: Served, url: str, frames: int) -> None:
    """Print how long frames take, folded up and with the largest group unfolded."""
    say("\n| what is drawn | nodes | lines | by | ms a frame | worst of 20 | processor ms |")
    say("|---|---|---|---|---|---|---|")
    with opened(browser, one) as page:
        page.goto(url)
        page.wait_for_selector("[data-drawn]", timeout=60_000)
        group = page.evaluate("document.querySelector('[data-graph]').graph.data.nodes.key[0]")
        for said, query in (("folded up", ""), ("a group unfolded", f"?unfold={group[1:]}")):
            page.goto(url + query)
            page.wait_for_selector("[data-drawn]", timeout=60_000)
            nodes = page.get_attribute("[data-drawn]", "data-drawn")
            lines = page.evaluate("document.querySelector('[data-graph]').graph.graph.size")
            for how in ("pan", "zoom", "pan without lines"):
                median, worst, cpu = moved(page, how, frames)
                say(f"| {said} | {nodes} | {lines:,} | {how} | {median:.0f} | {worst:.0f} | "
                    f"{cpu:.0f} |")  # fmt: skip


def chromium_here() -> list[int]:
    """The processes of the browser that this one started."""
    return [number for number in below(os.getpid()) if _is_chromium(number)]


def _is_chromium(number: int) -> bool:
    try:
        return b"chromium" in Path(f"/proc/{number}/cmdline").read_bytes()
    except OSError:
        return False


def say(text: str) -> None:
    """Print it at once: the bench takes a while."""
    print(text, flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer visits")
    parser.add_argument("--accounts", type=int, default=24_000, metavar="N")
    told = parser.parse_args()
    short = []
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        cookie, case, account, added = prepared(work, told.accounts)
        say(f"{told.accounts:,} accounts added in {added:.2f} processor seconds. Load: "
            f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.\n")  # fmt: skip
        if added > ADDED_S:
            short.append("adding the folder")
        with served(work, cookie, case, account) as one:
            say("| page | ms | server's processor ms | kB | status |\n|---|---|---|---|---|")
            for path, clock, cpu, size, status in bench_pages(one, 2 if told.quick else 7):
                say(f"| {path} | {clock:.0f} | {cpu:.0f} | {size / 1000:,.0f} | {status} |")
                # Some pages ask for a query, and say so.
                if status >= 500:
                    short.append(f"{path} answers {status}")
            usable = bench_browser(one, 2 if told.quick else 5, 20 if told.quick else FRAMES)
        if usable > USABLE_S:
            short.append(f"usable after {usable:.2f} s")
    print(f"\nfalls short: {', '.join(short)}" if short else "\nall targets hold")


if __name__ == "__main__":
    main()

"""An analyst's day at the console, in a real browser: everything by its pages, nothing behind them.

A casebook begins empty. Its first admin enrols with the link that `revenuer console` prints, and
invites three others, who enrol. `revenuer watch` runs over a simulated world beside it; its
campaign appears on a page that is open already, is taken and read, enforced by two people,
appealed and overturned by a third, and shared by two. The audit log is verified at the end.

    python tools/console_day.py --out DIR [--pictures docs/pictures]

`tests/console/test_analysts_day.py` walks it too. The last line is `all targets hold`, or the step
that failed.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pyotp
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

REVENUER = [sys.executable, "-c", "from revenuer.cli import main; main()", "--quiet"]
PASSWORD = "seven tame herons at noon"
WORLD = ("--scenario", "S2", "--innocent", "N1", "--accounts", "600", "--exchanges", "16000",
         "--days", "4", "--guilty-share", "0.15", "--seed", "3")  # fmt: skip
POLICY = """
mode = "enforce"
[[ladder]]
action = "tag"
[approval]
four_eyes = true
[appeal]
url = "https://example.org/appeals"
verify_url = "https://example.org/verify"
"""
PEOPLE = {"ann": "analyst", "abe": "approver", "hal": "approver"}
SCREEN = {"width": 1440, "height": 900}
PATIENCE_MS = 60_000


@dataclass
class Place:
    """Where the day happens.

    Attributes:
        folder: Of everything.
        pictures: Where pictures go; None for none.
        problems: What browsers complained about.
    """

    folder: Path
    pictures: Path | None = None
    problems: list[str] = field(default_factory=list)

    @property
    def casebook(self) -> str:
        """URL of the casebook."""
        return f"sqlite:///{self.folder}/casebook.sqlite"

    @property
    def own(self) -> list[str]:
        """Options that every command is given."""
        return ["--casebook", self.casebook, "--keys", str(self.folder / "keys")]

    def configure(self) -> Path:
        """Write the settings and the policy of an operator."""
        config = self.folder / "revenuer.toml"
        config.write_text(
            f'[casebook]\nsnapshots = ["{self.folder}/guard.rvn"]\n'
            f'[share]\nfolder = "{self.folder}/share"\n'
            f'[api]\nscan_folders = ["{self.folder}"]\n'
        )
        (self.folder / "policy.toml").write_text(POLICY)
        return config

    def picture(self, page: Page, name: str) -> None:
        """Keep a picture of a page."""
        if self.pictures is not None:
            self.pictures.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=self.pictures / f"console-{name}.png")


@dataclass
class Person:
    """Somebody at their browser."""

    name: str
    page: Page
    authenticator: pyotp.TOTP | None = None

    def enrol(self, url: str, *, first: bool = False) -> None:
        """Take up an invitation with a password and an authenticator."""
        self.page.goto(url)
        form = self.page.locator('form[action="/enrol/password"]')
        secret = form.locator("figcaption code").inner_text().replace(" ", "")
        self.authenticator = pyotp.TOTP(secret)
        if first:
            form.locator('input[name="name"]').fill(self.name)
        form.locator('input[name="password"]').fill(PASSWORD)
        form.locator('input[name="repeated"]').fill(PASSWORD)
        form.locator('input[name="first"]').fill(self.authenticator.now())
        form.get_by_role("button").click()
        expect(self.page.locator(".who strong")).to_have_text(self.name)

    def go(self, path: str) -> None:
        """Go to a page."""
        origin = "/".join(self.page.url.split("/")[:3])
        answer = self.page.goto(origin + path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"

    def press(self, label: str) -> None:
        """Press a button."""
        self.page.get_by_role("button", name=label).first.click()


@contextmanager
def console(place: Place) -> Iterator[str]:
    """The real console on the casebook of the place; tells the URL that it printed."""
    config = place.configure()
    command = [*REVENUER, "console", "--port", "0", "--config", str(config), *place.own]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=place.folder)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


@contextmanager
def browsers(place: Place) -> Iterator[Browser]:
    """A real Chromium."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
        )
        yield opened
        opened.close()


def sit_down(place: Place, browser: Browser, name: str) -> Person:
    """Somebody with a browser of their own, whose complaints are kept."""
    context: BrowserContext = browser.new_context(viewport=SCREEN)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()

    def complain(kind: str, text: str) -> None:
        if kind == "error":
            place.problems.append(f"{name}: {text}")

    page.on("console", lambda said: complain(said.type, said.text))
    page.on("pageerror", lambda wrong: complain("error", str(wrong)))
    return Person(name, page)


def make_world(place: Place) -> Path:
    """A simulated world with one campaign."""
    world = place.folder / "world"
    subprocess.run([*REVENUER, "simulate", "--out", str(world), *WORLD], check=True)
    return world


def begin_watch(place: Place, world: Path) -> subprocess.Popen[bytes]:
    """`revenuer watch` over the world, into the casebook."""
    tables = ["--accounts", str(world / "accounts.parquet")]
    tables += ["--permits", str(world / "permits.parquet")]
    kept = ["--state", str(place.folder / "state"), "--out", str(place.folder / "watched")]
    kept += ["--snapshot", str(place.folder / "guard.rvn")]
    more = ["--policy", str(place.folder / "policy.toml"), "--by", "ann"]
    more += ["--until-end", "--look-hours", "24"]
    return subprocess.Popen(
        [*REVENUER, "watch", str(world / "exchanges"), *tables, *kept, *more, *place.own],
        cwd=place.folder,
    )


def invite_all(place: Place, ada: Person, browser: Browser) -> dict[str, Person]:
    """Ada registers the others; each takes up the link that she is shown."""
    people: dict[str, Person] = {}
    for name, role in PEOPLE.items():
        ada.go("/people")
        form = ada.page.locator('form[action="/people"]')
        form.locator('input[name="name"]').fill(name)
        form.locator('select[name="role"]').select_option(role)
        form.get_by_role("button").click()
        link = ada.page.locator("code.link").inner_text()
        people[name] = sit_down(place, browser, name)
        people[name].enrol(link)
    return people


def see_it_appear(place: Place, ann: Person, world: Path) -> str:
    """The overview is open; the watch begins; the campaign stands there without a reload."""
    ann.go("/")
    ann.page.evaluate("window.notReloaded = true")
    watch = begin_watch(place, world)
    link = ann.page.locator('a[href^="/cases/case--"]').first
    expect(link).to_be_visible(timeout=4 * PATIENCE_MS)
    assert ann.page.evaluate("window.notReloaded") is True
    place.picture(ann.page, "overview")
    assert watch.wait(1200) == 0, "the watch failed"
    ann.go("/")
    href = ann.page.locator('a[href^="/cases/case--"]').first.get_attribute("href")
    assert href is not None
    return href.removeprefix("/cases/")


def read_it(place: Place, ann: Person, case: str) -> None:
    """Ann takes the case and reads what there is of it."""
    ann.go(f"/cases/{case}")
    ann.press("Take it")
    place.picture(ann.page, "case")
    for part in ("evidence", "accounts", "graph", "timeline"):
        ann.go(f"/cases/{case}/{part}")
        place.picture(ann.page, part)


def enforce_it(place: Place, ann: Person, abe: Person, case: str) -> None:
    """Ann proposes after a look at what it would do; Abe approves; Ann cannot."""
    ann.go(f"/cases/{case}/enforce")
    ann.page.locator('input[name="action"][value="block"]').check()
    ann.page.locator('textarea[name="why"]').fill("Answers are harvested by one operator.")
    ann.press("See what it would do")
    place.picture(ann.page, "preview")
    ann.press("Propose")
    expect(ann.page.get_by_role("button", name=re.compile("^Approve"))).to_have_count(0)
    abe.go("/enforcement")
    abe.page.locator('a[href*="/plans/"]').first.click()
    abe.page.locator('input[name="looked"]').check()
    place.picture(abe.page, "plan")
    abe.page.get_by_role("button", name=re.compile("^Approve")).click()
    expect(abe.page.locator(".flash").first).to_be_visible()
    abe.go("/enforcement")
    abe.page.locator('a[href*="/decisions/"]').first.click()
    place.picture(abe.page, "decision")


def appeal_it(place: Place, ann: Person, abe: Person, hal: Person, account: str) -> None:
    """A customer appeals; Abe, who approved, may not hear it; Hal overturns it."""
    decision = abe.page.url.rstrip("/").split("/")[-1].split("?")[0]
    ann.go("/appeals/new")
    ann.page.locator('input[name="target"]').fill(decision)
    ann.page.locator('input[name="accounts"]').fill(account)
    ann.page.locator('textarea[name="text"]').fill("We translate our own manuals, nothing else.")
    ann.press("Enter")
    appeal = ann.page.url
    ann.page.locator('select[name="to"]').select_option("hal")
    ann.press("Give")
    abe.page.goto(appeal)
    expect(abe.page.locator('form[action$="/ruling"]')).to_have_count(0)
    hal.page.goto(appeal)
    hal.page.locator('input[name="outcome"][value="overturned"]').check()
    hal.page.locator('form[action$="/ruling"] textarea[name="why"]').fill("Their manuals, indeed.")
    place.picture(hal.page, "appeal")
    hal.press("See the letter and what is undone")
    place.picture(hal.page, "ruling")
    hal.press("Decide and send")
    expect(hal.page.locator("main")).to_contain_text("overturned")


def share_it(place: Place, ann: Person, abe: Person, case: str) -> None:
    """Ann looks at every value that would leave and asks; Abe lets it leave."""
    ann.go(f"/sharing/export/{case}")
    ann.press("Show what would leave")
    place.picture(ann.page, "export")
    ann.page.get_by_role("button", name=re.compile("^Ask")).click()
    abe.page.goto(ann.page.url)
    place.picture(abe.page, "request")
    abe.press("Let it leave")
    with abe.page.expect_download() as got:
        abe.press("Download STIX")
    saved = place.folder / "bundle.json"
    got.value.save_as(saved)
    assert '"type": "bundle"' in saved.read_text() or '"type":"bundle"' in saved.read_text()


def walk(place: Place) -> list[str]:
    """The whole day; tells what browsers complained about."""
    place.folder.mkdir(parents=True, exist_ok=True)
    world = make_world(place)
    with console(place) as welcome, browsers(place) as browser:
        ada = sit_down(place, browser, "ada")
        ada.enrol(welcome, first=True)
        people = invite_all(place, ada, browser)
        ann, abe, hal = (people[name] for name in PEOPLE)
        case = see_it_appear(place, ann, world)
        read_it(place, ann, case)
        enforce_it(place, ann, abe, case)
        guilty = pl.read_parquet(place.folder / "watched" / "accounts.parquet")
        named = guilty.filter(pl.col("campaign_id").is_not_null())["account_id"].to_list()
        appeal_it(place, ann, abe, hal, sorted(named)[0])
        share_it(place, ann, abe, case)
        ada.go("/audit")
        ada.press("Verify")
        place.picture(ada.page, "audit")
    return place.problems


def main() -> int:
    """Walk it, and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pictures", type=Path)
    told = parser.parse_args()
    begun = time.perf_counter()
    problems = walk(Place(told.out.resolve(), told.pictures))
    for one in problems:
        print(one)
    print(f"{datetime.now(UTC):%Y-%m-%d}: {time.perf_counter() - begun:.0f} s", os.uname().machine)
    print(f"falls short: {len(problems)} complaints" if problems else "all targets hold")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Pages that are open follow the casebook, whoever changes it."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from browsers import Served, served_console
from case_builders import campaign, names, scan_folder
from test_enforcement_pages import decided, desk
from visitors import Console, opened_console

from revenuer.app.casebook.people import change_person
from revenuer.app.casebook.places import note_place
from revenuer.app.casebook.pulse import Pulse, pulse
from revenuer.app.signing_in import sessions
from revenuer.casework.roles import Actor, Role
from revenuer.console.live import MOST_OF_A_SESSION

ADA = Actor("ada", Role.ADMIN)


@pytest.fixture(scope="module")
def open_console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    folder = tmp_path_factory.mktemp("live")
    with opened_console(f"sqlite:///{folder}/casebook.sqlite", folder) as one:
        one.office.cases()
        yield one


@pytest.fixture(scope="module")
def served(open_console: Console) -> Iterator[Served]:
    """One server for all: each test begins its own sessions, and adds what nobody has seen."""
    with served_console(open_console.office) as one:
        yield one


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()


OPEN: list[Stream] = []
"""To be closed after a test."""


class Stream:
    """What `/events` sends, line by line."""

    def __init__(self, served: Served, cookie: str) -> None:
        place = urlsplit(served.url)
        self.connection = http.client.HTTPConnection(place.hostname, place.port, timeout=10)
        self.connection.request("GET", "/events", headers={"cookie": f"revenuer={cookie}"})
        self.answer = self.connection.getresponse()
        OPEN.append(self)

    def until(self, kind: str) -> dict[str, Any]:
        """The next event of a kind."""
        event = ""
        while line := self.answer.readline().decode():
            if line.startswith("event: "):
                event = line.removeprefix("event: ").strip()
            if line.startswith("data: ") and event == kind:
                return json.loads(line.removeprefix("data: "))
        raise AssertionError("it has ended")

    def rest(self) -> str:
        return self.answer.read().decode()

    def close(self) -> None:
        self.answer.close()
        self.connection.close()


def scan(served: Served, number: int) -> Path:
    """A scan with one campaign that nobody has seen."""
    id_ = f"{number:08x}-1111-4111-8111-111111111111"
    made = campaign(id_, names(f"new{number}-", 7))
    return scan_folder(served.office.folder / "scans" / f"later-{number}", made)


def add_from_elsewhere(served: Served, folder: Path) -> None:
    """`revenuer casebook add`, in a process of its own."""
    command = [sys.executable, "-c", "from revenuer.cli import main; main()", "casebook", "add"]
    said = [str(folder), "--casebook", served.casebook_url, "--keys", str(served.office.keys)]
    subprocess.run(
        [*command, *said, "--by", "ann"], check=True, capture_output=True, env={**os.environ}
    )


def test_the_pulse_tells_changes_from_looks(console: Console) -> None:
    book, now = console.office.casebook, console.office.clock()
    first = pulse(book)
    assert first.cases == 2
    assert pulse(book, first) is first
    sessions.begin(book, "vic", "test", now=now)
    looked = pulse(book, first)
    assert (looked.entry, looked.changed) == (first.entry + 1, first.changed)
    change_person(book, "vic", role=Role.ANALYST, actor=ADA, now=now)
    changed = pulse(book, looked)
    assert changed.changed > first.changed
    assert changed.changed <= changed.entry
    assert pulse(book, Pulse()).changed > 0


def test_the_pulse_tells_of_logs_that_nobody_has_followed(console: Console) -> None:
    book, logs = console.office.casebook, (desk(console).docket.audit_path,)
    first = pulse(book, logs=logs)
    assert pulse(book, first, logs) is first
    decided(console)
    then = pulse(book, first, logs)
    assert then.beside != first.beside
    desk(console).record([("settled", {})], console.office.clock())
    assert pulse(book, then, logs).beside != then.beside
    assert pulse(book, then, logs).changed == then.changed


def test_the_pulse_tells_of_lists_of_peers(console: Console) -> None:
    office = console.office
    folder = office.folder / "intel"
    folder.mkdir()
    (folder / "audit.jsonl").write_text("{}\n")
    note_place(office.casebook, "intel", folder, actor=ADA, now=office.clock())
    first = pulse(office.casebook)
    assert pulse(office.casebook, first) is first
    (folder / "audit.jsonl").write_text("{}\n{}\n")
    then = pulse(office.casebook, first)
    assert (then.beside != first.beside, then.changed) == (True, first.changed)


@pytest.mark.chromium
def test_a_decision_that_the_command_line_ends_is_seen_at_once(
    open_console: Console, served: Served, browser: Any
) -> None:
    url = decided(open_console)
    page = served.page(browser)
    page.goto("/enforcement")
    page.wait_for_selector("#decisions tbody td:nth-child(2):has-text('in force')")
    page.wait_for_timeout(1500)
    before = pulse(open_console.office.casebook)
    undo = ["enforce", "undo", url.rpartition("/")[2], "--why", "Wrong campaign.", "--by", "abe"]
    office = open_console.office
    where = ["--snapshot", str(office.folder / "guard.rvn"), "--keys", str(office.keys)]
    run = [sys.executable, "-c", "from revenuer.cli import main; main()", *undo, *where]
    subprocess.run(run, check=True, capture_output=True, cwd=office.folder)
    begun = time.monotonic()
    page.wait_for_selector("#decisions tbody td:nth-child(2):has-text('undone')", timeout=10_000)
    assert time.monotonic() - begun < 5, "it came late"
    assert pulse(office.casebook) == before, "the casebook was told, which is another test"
    assert page.complaints == []
    page.context.close()


def test_listeners_are_told_and_nobody_else_listens(served: Served) -> None:
    stream = Stream(served, served.cookie())
    assert stream.answer.status == 200
    assert stream.answer.headers["content-type"] == "text/event-stream"
    assert stream.answer.headers["cache-control"] == "no-store"
    first = stream.until("casebook")
    add_from_elsewhere(served, scan(served, 1))
    then = stream.until("casebook")
    assert then["cases"] == first["cases"] + 1
    assert then["changed"] > first["changed"]
    for cookie in ("", "0" * 24 + "." + "A" * 43):
        refused = Stream(served, cookie)
        assert refused.answer.status == 401
        assert b"casebook" not in refused.answer.read().split(b"<main")[1]


def test_what_ends_a_session_ends_its_stream(served: Served) -> None:
    cookie = served.cookie(Role.ANALYST)
    stream = Stream(served, cookie)
    stream.until("casebook")
    office = served.office
    assert sessions.end(office.casebook, cookie.partition(".")[0], office.clock())
    assert "event: over" in stream.rest()


def test_a_session_holds_few_streams_and_the_oldest_gives_way(served: Served) -> None:
    cookie = served.cookie(Role.APPROVER)
    streams = [Stream(served, cookie) for _ in range(MOST_OF_A_SESSION + 1)]
    streams[-1].until("casebook")
    assert "event: over" not in streams[0].rest()


def test_listening_keeps_no_session_up(console: Console) -> None:
    office, visitor = console.office, console.visitor(Role.VIEWER)
    begun, idle = office.clock.now, int(office.settings.console.idle_minutes)
    for minutes in range(0, idle, 5):
        office.clock.now = begun + timedelta(minutes=minutes)
        assert visitor.get("/", headers={"x-live": "1"}).status_code == 200
    office.clock.now = begun + timedelta(minutes=idle + 1)
    assert visitor.get("/", headers={"x-live": "1"}).status_code == 401
    assert visitor.get("/").status_code == 303


def test_what_is_to_be_said_waits_for_a_page(console: Console) -> None:
    visitor = console.visitor()
    face = visitor.client.app.routes[-1].endpoint.face  # type: ignore[attr-defined]
    face.flashes.say(console.cookies[Role.ADMIN].partition(".")[0], "It was done.")
    assert "It was done." not in visitor.get("/", headers={"x-live": "1"}).text
    assert "It was done." not in visitor.get("/", headers={"hx-request": "true"}).text
    assert "It was done." in visitor.get("/").text


@pytest.mark.chromium
def test_a_case_appears_while_the_page_is_open(served: Served, browser: Any) -> None:
    page = served.page(browser)
    page.goto("/")
    page.wait_for_selector("table[data-rows] tbody tr")
    before = page.locator("#newest tbody tr").count()
    page.evaluate("window.isTheSame = true")
    field = page.locator("#newest-q")
    page.locator("#newest tbody a").first.focus()
    focused = page.evaluate("document.activeElement.href")
    add_from_elsewhere(served, scan(served, 2))
    # To wait for a function of the page would need `eval`, which its policy forbids.
    page.locator("#newest tbody tr").nth(before).wait_for(timeout=15_000)
    page.wait_for_selector("#live:has-text('1 new case.')")
    assert page.evaluate("window.isTheSame"), "the page was loaded anew"
    assert page.evaluate("document.activeElement.href") == focused
    # Who writes is left alone.
    field.focus()
    page.evaluate("document.querySelector('#newest-q').setSelectionRange(0, 0)")
    assert field.input_value() == ""
    assert page.complaints == []


@pytest.mark.chromium
def test_a_form_somebody_fills_in_stays_as_it_is(served: Served, browser: Any) -> None:
    page = served.page(browser)
    page.goto("/")
    # A form of a page, with the version that it was drawn with, and one that nobody touched.
    page.evaluate(
        """() => {
          const old = document.querySelector('[data-live]');
          for (const name of ['begun', 'untouched']) {
            const form = document.createElement('form');
            form.id = name;
            form.innerHTML = '<input type="hidden" name="expected_version" value="3">'
              + '<textarea name="text"></textarea>';
            old.append(form);
          }
        }"""
    )
    page.locator("#begun textarea").type("half a sent")
    fetched = page.evaluate(
        """async () => {
          const old = document.querySelector('[data-live]');
          const real = window.fetch;
          window.fetch = async (...asked) => {
            const answer = await real(...asked);
            const text = old.outerHTML.replaceAll('value="3"', 'value="4"');
            return new Response(`<main>${text}</main>`, {status: answer.status});
          };
          return true;
        }"""
    )
    assert fetched
    add_from_elsewhere(served, scan(served, 3))
    page.wait_for_selector("#untouched input[value='4']", state="attached")
    assert page.input_value("#untouched input") == "4"
    assert page.input_value("#begun textarea") == "half a sent"
    assert page.input_value("#begun input") == "3", "the version that was seen is another"
    assert page.evaluate("document.activeElement === document.querySelector('#begun textarea')")


@pytest.mark.chromium
def test_an_open_page_says_when_its_session_has_ended(served: Served, browser: Any) -> None:
    page = served.page(browser, Role.VIEWER)
    page.goto("/?q=bad")
    page.wait_for_selector("main")
    office = served.office
    page.wait_for_timeout(500)
    sessions.end(office.casebook, served.cookie(Role.VIEWER).partition(".")[0], office.clock())
    page.wait_for_selector("#live a")
    assert page.get_attribute("#live a", "href") == "/sign-in?next=%2F%3Fq%3Dbad"


@pytest.mark.chromium
def test_a_page_goes_on_after_the_server_was_started_anew(
    open_console: Console, browser: Any
) -> None:
    with served_console(open_console.office) as first:
        page = first.page(browser)
        page.goto("/")
        page.wait_for_selector("table[data-rows]")
        page.wait_for_timeout(500)
        port = int(first.url.rpartition(":")[2])
        begun = time.monotonic()
    assert time.monotonic() - begun < 9, "a page that listens held the server up"
    with served_console(open_console.office, port=port) as second:
        add_from_elsewhere(second, scan(second, 4))
        page.wait_for_selector("#live:has-text('new case')", timeout=60_000)
        page.context.close()


@pytest.mark.chromium
def test_the_overview_of_an_empty_casebook_fills_by_itself(
    empty_console: Console, browser: Any
) -> None:
    with served_console(empty_console.office) as served:
        page = served.page(browser)
        page.goto("/")
        page.wait_for_selector("text=Nothing is in this casebook yet")
        page.wait_for_timeout(500)
        empty_console.office.cases()
        page.wait_for_selector("#newest tbody tr", timeout=15_000)
        page.context.close()

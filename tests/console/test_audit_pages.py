"""The audit log in the console: newest first, a page at a time, provable, and as it was written."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from visitors import Console, Visitor, opened_console

from revenuer.app.casebook import audit_pages
from revenuer.app.casebook.audit_pages import Filter, look_through
from revenuer.casework.chain import entry_of, is_signed
from revenuer.casework.roles import Actor, Role

ADA, BOB = Actor("ada", Role.ADMIN), Actor("bob", Role.ANALYST)
FIRST = datetime(2026, 3, 1, tzinfo=UTC)
MANY = 3000


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A log of some thousand entries over many days."""
    folder = tmp_path_factory.mktemp("audit")
    with opened_console(f"sqlite:///{folder}/casebook.sqlite", folder) as console:
        book = console.office.casebook
        for day in range(30):
            who = BOB if day % 3 == 0 else ADA
            with book.changing(who, FIRST + timedelta(days=day)) as change:
                for n in range(MANY // 30):
                    kind = "held" if n == 7 else "noted"
                    change.record(kind, {"case": f"case--{day:08d}", "n": n})
        yield console


def test_pages_follow_one_another_without_gap(long: Console) -> None:
    book = long.office.casebook
    first = look_through(book, Filter(), actor=ADA, limit=70)
    assert [one.number for one in first.entries] == list(range(first.total, first.total - 70, -1))
    numbers = [one.number for one in first.entries]
    before = first.more_before
    while before:
        found = look_through(book, Filter(), actor=ADA, before=before, limit=400)
        numbers += [one.number for one in found.entries]
        before = found.more_before
    assert numbers == list(range(first.total, 0, -1))


def test_filters_find_all_that_is_like_that_and_nothing_else(long: Console) -> None:
    book = long.office.casebook
    held = look_through(book, Filter(kind="held"), actor=ADA, limit=1000)
    assert len(held.entries) == 30
    assert held.more_before == 0
    mine = look_through(book, Filter(kind="held", by="bob"), actor=ADA, limit=1000)
    assert len(mine.entries) == 10
    day = look_through(book, Filter(day=date(2026, 3, 5)), actor=ADA, limit=1000)
    assert len(day.entries) == MANY // 30
    assert {one.at[:10] for one in day.entries} == {"2026-03-05"}
    about = look_through(book, Filter(about="case--00000011"), actor=ADA, limit=1000)
    assert {one.body["case"] for one in about.entries} == {"case--00000011"}
    assert not look_through(book, Filter(day=date(2031, 1, 1)), actor=ADA).entries
    assert not look_through(book, Filter(kind="hel"), actor=ADA, limit=1000).entries


def test_a_filter_looks_so_far_and_says_where_to_go_on(
    long: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_pages, "LOOKED_THROUGH", 500)
    monkeypatch.setattr(audit_pages, "AT_ONCE", 120)
    book, numbers, before, requests = long.office.casebook, [], 0, 0
    while True:
        found = look_through(book, Filter(kind="held"), actor=ADA, before=before, limit=10)
        numbers += [one.number for one in found.entries]
        before, requests = found.more_before, requests + 1
        if not before:
            break
    assert len(numbers) == len(set(numbers)) == 30
    assert requests >= MANY // 500


def test_the_page_leads_to_every_entry_and_proves_it(long: Console) -> None:
    ann = long.visitor(Role.ANALYST)
    page = ann.get("/audit?kind=held&by=bob&rows=5").text
    numbers = re.findall(r'href="/audit/(\d+)"', page)
    assert len(numbers) == 5
    older = re.search(r'rel="next" href="([^"]+)"', page)
    assert older is not None
    assert "kind=held" in older[1]
    entry = ann.get(f"/audit/{numbers[0]}").text
    assert "is of our key" in entry
    assert "does not fit" not in entry
    assert ann.get("/audit/0").status_code == 404
    for forged in ("99999999", "9" * 30, "-1", "1%20or%201", "..%2f1", "1e3"):
        assert ann.get(f"/audit/{forged}").status_code == 404, forged
    for query in ("day=tomorrow", "kind=%22", "by=%5C"):
        assert ann.get(f"/audit?{query}").status_code == 422, query
    assert ann.get("/audit?before=99999999999999999999&about=%3Cscript%3E").status_code == 200
    assert "<script>" not in ann.get("/audit?about=%3Cscript%3E").text.partition("<main")[2]


def test_a_span_is_handed_out_as_it_is_kept(long: Console) -> None:
    ann = long.visitor(Role.ANALYST)
    told = ann.get("/audit/export?first=10&last=60")
    lines = told.content.splitlines(keepends=True)
    assert [entry_of(line).number for line in lines] == list(range(10, 61))
    trusted = long.office.casebook.signing.public.verifies
    assert all(is_signed(entry_of(line), trusted) for line in lines)
    assert ann.get("/audit/export?first=9&last=3").status_code == 422
    assert ann.get("/audit/export?first=1&last=60000").status_code == 422
    assert ann.get("/audit/export?first=70000&last=70001").status_code == 404
    rows = json.loads(ann.get("/audit?kind=held&as=json").content)
    assert len(rows) == 30
    assert ann.get("/audit?as=csv&by=bob").text.startswith("number,at,kind,by,body,hash")


def test_only_who_may_sees_the_log(long: Console) -> None:
    vic = long.visitor(Role.VIEWER)
    for url in ("/audit", "/audit/1", "/audit/export?first=1&last=2", "/audit/verification"):
        assert vic.get(url).status_code == 403
    assert vic.post("/audit/verify").status_code == 403


def verified(visitor: Visitor) -> str:
    """What the page of verification says once one has ended."""
    told = visitor.post("/audit/verify")
    assert told.headers["location"] == "/audit/verification"
    for _ in range(600):
        page = visitor.get("/audit/verification").text
        if "It is being verified" not in page:
            return page
        time.sleep(0.1)
    raise AssertionError("it does not end")


def test_a_verification_goes_on_by_itself_once_at_a_time_and_is_kept(long: Console) -> None:
    ann = long.visitor(Role.ANALYST)
    assert "Nobody has verified it" in ann.get("/audit/verification").text
    assert ann.post("/audit/verify").status_code == 303
    assert ann.post("/audit/verify").status_code == 409
    running = ann.get("/audit/verification").text
    assert 'data-live-every="1000"' in running
    for _ in range(600):
        if "It is being verified" not in (page := ann.get("/audit/verification").text):
            break
        time.sleep(0.1)
    assert "All is as it was written" in page
    assert "for ann, in" in page
    assert "data-live-every" not in page
    # What was found stays there for whoever looks later.
    assert "All is as it was written" in long.visitor().get("/audit/verification").text


def test_a_verification_that_was_killed_says_so_and_can_be_begun_again(long: Console) -> None:
    ann = long.visitor(Role.ANALYST)
    before = verified(ann)
    ann.post("/audit/verify")
    folder = long.office.keys / "audit-verification"
    os.kill(json.loads((folder / "state.json").read_text())["pid"], signal.SIGKILL)
    for _ in range(600):
        page = ann.get("/audit/verification").text
        if "It is being verified" not in page:
            break
        time.sleep(0.1)
    assert "It broke off before it ended." in page
    assert "The last that ended" in page
    assert "All is as it was written" in before
    assert "broke off" not in verified(ann)


def test_a_changed_entry_is_named(console: Console) -> None:
    ann = console.visitor(Role.ANALYST)
    assert "All is as it was written" in verified(ann)
    with console.office.casebook.database.writing() as connection:
        line = connection.execute(text("SELECT line FROM audit_entries WHERE number = 3")).scalar()
        assert line is not None
        changed = bytes(line).replace(b'"kind":"', b'"kind":"x', 1)
        connection.execute(
            text("UPDATE audit_entries SET line = :line WHERE number = 3"), {"line": changed}
        )
    told = verified(ann)
    assert "It was changed" in told
    assert "Entry 3 does not have the hash of what it says" in told
    broken = ann.get("/audit/3")
    assert broken.status_code == 503
    assert "not as it was written" in broken.text

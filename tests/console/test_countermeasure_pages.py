"""Countermeasures by the forms of the pages: ticked, seen, approved by another, taken back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from test_enforcement_pages import MAIN, WISH, desk, proposing
from visitors import Console

from revenuer.app.casebook.permits import grant_permit, request_permit
from revenuer.app.casebook.reading import list_cases
from revenuer.casework.permits import Purpose, Terms
from revenuer.casework.roles import Actor, Role
from revenuer.countermeasures import CARDS

WITHHELD, SEEDS = "reasoning-withheld", "seed-coupling"
GIVEN: dict[str, Any] = {**WISH, "action": "tag", "countermeasure": [SEEDS, WITHHELD]}
TICKED = re.compile(r'<input type="(?:hidden|checkbox)" name="countermeasure" value="([a-z-]+)"')


@pytest.fixture
def allowing(console: Console) -> Console:
    console.office.allow(WITHHELD, SEEDS)
    return console


def proposed(console: Console) -> str:
    ann = console.visitor(Role.ANALYST)
    told = ann.post(f"/cases/{MAIN}/enforce/preview", GIVEN)
    assert told.status_code == 200, told.text
    form = told.text.partition('/enforce/propose"')[2].partition("</form>")[0]
    said = {**proposing(told), "countermeasure": TICKED.findall(form)}
    done = ann.post(f"/cases/{MAIN}/enforce/propose", said)
    assert done.status_code == 303, done.text
    return done.headers["location"]


def test_only_what_the_policy_allows_is_offered_with_its_card_and_the_rest_with_a_reason(
    allowing: Console,
) -> None:
    ann = allowing.visitor(Role.ANALYST)
    page = ann.get(f"/cases/{MAIN}/enforce").text
    assert TICKED.findall(page) == [WITHHELD, SEEDS]
    assert " checked" not in page.partition('name="countermeasure"')[2].partition("</fieldset>")[0]
    cards = {card.id: card for card in CARDS}
    for name in (WITHHELD, SEEDS):
        shown = page.replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">")
        for said in (cards[name].changes_for_customers, cards[name].cost):
            assert said in shown
        assert all(said in shown for said in cards[name].known_breaks)
    assert "allowed does not name habit" in page
    for odd, status in (("habit", 200), ("nothing-such", 422)):
        told = ann.post(f"/cases/{MAIN}/enforce/preview", {**GIVEN, "countermeasure": odd})
        assert told.status_code == status
        assert "/enforce/propose" not in told.text


def test_it_is_ticked_seen_approved_by_another_and_taken_back(allowing: Console) -> None:
    url = proposed(allowing)
    abe = allowing.visitor(Role.APPROVER)
    seen = abe.get(url).text
    for said in ("What they get beside it", WITHHELD, SEEDS, "not falsified"):
        assert said in seen
    assert "12 accounts, with reasoning-withheld, seed-coupling" in seen.replace("\u00a0", " ")
    (row,) = abe.get("/enforcement?as=json").json()
    assert (row["gets"], row["needed"]) == (f"{WITHHELD}, {SEEDS}", 1)
    assert not desk(allowing).ledger().decisions
    done = abe.post(f"{url}/approve", {"looked": "yes"})
    assert done.status_code == 303, done.text
    decision = done.headers["location"]
    assert f"{WITHHELD}, {SEEDS}" in abe.get(decision).text
    (row,) = abe.get("/enforcement?decisions.as=json").json()
    assert row["gets"] == f"{WITHHELD}, {SEEDS}"
    assert allowing.office.given("bad-00003") == (WITHHELD, SEEDS)
    acted = next(one for one in desk(allowing).audit.entries() if one.kind == "acted")
    assert acted.body["countermeasures"] == [WITHHELD, SEEDS]
    # More than a mere tag was done about the case.
    rows = list_cases(allowing.office.casebook, actor=Actor("vic", Role.VIEWER))
    assert [one.state for one in rows if one.verdict == "convicted"] == ["actioned"]
    assert abe.post(f"{decision}/undo", {"why": "Wrong campaign."}).status_code == 303
    assert allowing.office.given("bad-00003") == ()


def test_who_holds_a_permit_that_nobody_published_gets_none(allowing: Console) -> None:
    office = allowing.office
    url = proposed(allowing)
    now = office.clock()
    terms = Terms(now - timedelta(days=1), now + timedelta(days=9))
    made = request_permit(
        office.casebook, holder="bad-00000", kind="account", purpose=Purpose.EVALUATION,
        terms=terms, text="Ours.", actor=Actor("ana", Role.ANALYST), now=now,
    )  # fmt: skip
    bo = Actor("bo", Role.APPROVER)
    grant_permit(office.casebook, made.id, four_eyes=True, text="", actor=bo, now=now)
    abe = allowing.visitor(Role.APPROVER)
    assert "holds for them" in abe.get(url).text
    assert abe.post(f"{url}/approve", {"looked": "yes"}).status_code == 403
    assert not desk(allowing).ledger().decisions
    told = allowing.visitor(Role.ANALYST).post(f"/cases/{MAIN}/enforce/preview", GIVEN)
    assert "/enforce/propose" not in told.text


def test_a_refused_plan_says_what_would_have_been_given(allowing: Console) -> None:
    url = proposed(allowing)
    abe = allowing.visitor(Role.APPROVER)
    assert abe.post(f"{url}/refuse", {"why": "An office."}).status_code == 303
    assert f"{WITHHELD}, {SEEDS}" in abe.get(url).text
    (row,) = abe.get("/enforcement?closed.as=json").json()
    assert row["gets"] == f"{WITHHELD}, {SEEDS}"

"""Appeals by the pages: entered, given away, read, answered, ruled; by nobody who had a part."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx
import polars as pl
import pytest
from test_enforcement_pages import MAIN, decided, desk
from visitors import Console, Visitor

from revenuer.app.casebook.appeal_views import list_appeals
from revenuer.app.casebook.appeal_work import Office
from revenuer.app.casebook.people import add_person
from revenuer.casework.roles import Actor, Role
from revenuer.store.casebook.appeals import Appeal

ADA = Actor("ada", Role.ADMIN)
WORDS = "Our key was <stolen>."


def entered(console: Console, accounts: str = "bad-00000 bad-00001") -> str:
    """The URL of an appeal against a decision of ann and abe."""
    rows = {"exchange_id": ["x-1"], "account_id": ["bad-00000"], "campaign_id": [MAIN]}
    exchanges = pl.DataFrame({**rows, "probability": [0.9]})
    exchanges.write_parquet(console.office.folder / "scans" / "night" / "exchanges.parquet")
    decision = decided(console).rpartition("/")[2]
    ann = console.visitor(Role.ANALYST)
    page = ann.get(f"/appeals/new?decision={decision}").text
    assert decision in page
    form = {"target": decision, "accounts": accounts, "text": WORDS}
    told = ann.post("/appeals/new", form)
    assert told.status_code == 303, told.text
    return told.headers["location"]


def versioned(visitor: Visitor, url: str, action: str, **form: Any) -> httpx.Response:
    found = re.search(r'name="version" value="(\d+)"', visitor.get(url).text)
    return visitor.post(f"{url}/{action}", {"version": found.group(1) if found else "1", **form})


def appeals(console: Console) -> list[Appeal]:
    office = console.office
    where = Office(office.casebook, (), office.settings.appeals)
    return [one.appeal for one in list_appeals(where, actor=ADA, now=office.clock())]


def given(console: Console) -> tuple[str, Visitor]:
    """An appeal that ada hears."""
    url, ada = entered(console), console.visitor(Role.ADMIN)
    assert versioned(ada, url, "assign", to="ada").status_code == 303
    return url, ada


def test_an_appeal_is_heard_and_what_was_wrong_is_undone(console: Console) -> None:
    url, ada = given(console)
    page = ada.get(url).text
    assert "Our key was &lt;stolen&gt;." in page
    assert "May not hear it" in page
    letter = versioned(ada, url, "answer", words="I am looking at your ticket.")
    assert letter.status_code == 200
    assert "I am looking at your ticket." in letter.text
    assert appeals(console)[0].answered_us == 0, "a letter left before it was sent"
    sent = versioned(ada, url, "answer", words="I am looking at your ticket.", send="yes")
    assert sent.status_code == 303
    assert appeals(console)[0].answered_us
    form = {"outcome": "overturned", "why": "Ticket 4711.", "words": "Your ticket shows it."}
    look = versioned(ada, url, "ruling", **form, accounts=["bad-00000"])
    assert look.status_code == 200
    assert "count as innocent" in look.text
    (made,) = desk(console).ledger().decisions.values()
    assert not made.released, "a preview undid something"
    done = versioned(ada, url, "ruling", **form, accounts=["bad-00000"], send="yes")
    assert done.status_code == 303
    (made,) = desk(console).ledger().decisions.values()
    assert len(made.released) == 1
    assert desk(console).ledger().cleared(console.office.clock())
    (one,) = appeals(console)
    assert (one.outcome and one.outcome.value, one.decided_by) == ("overturned", "ada")
    assert "Decide</h2>" not in ada.get(url).text


def test_a_whole_decision_is_taken_back(console: Console) -> None:
    url, ada = given(console)
    form = {"outcome": "overturned", "why": "All wrong.", "words": "We were wrong.", "whole": "yes"}
    assert "for everybody whom it covers" in versioned(ada, url, "ruling", **form).text
    assert versioned(ada, url, "ruling", **form, send="yes").status_code == 303
    (made,) = desk(console).ledger().decisions.values()
    assert made.status.value == "undone"


def test_nobody_with_a_part_hears_it_by_any_form(console: Console) -> None:
    url = entered(console)
    abe, ada = console.visitor(Role.APPROVER), console.visitor(Role.ADMIN)
    page = abe.get(url).text
    assert "You may not hear it: they approved it" in page
    assert 'value="abe"' not in page
    for to in ("abe", "ABE", " abe ", "ann", "nobody", "bot"):
        told = versioned(ada, url, "assign", to=to)
        assert told.status_code in (403, 404), to
    assert not appeals(console)[0].assigned_to
    versioned(ada, url, "assign", to="ada")
    ruling = {"outcome": "upheld", "why": "x", "words": "x", "send": "yes", "by": "ada"}
    for role in (Role.VIEWER, Role.ANALYST, Role.APPROVER):
        form = {**ruling, "version": str(appeals(console)[0].version)}
        assert console.visitor(role).post(f"{url}/ruling", form).status_code == 403
    assert appeals(console)[0].outcome is None


def test_words_and_evidence_are_read_by_those_who_hear_and_each_look_is_recorded(
    console: Console,
) -> None:
    url = entered(console)
    for role in (Role.VIEWER, Role.ANALYST):
        page = console.visitor(role).get(url).text
        assert "stolen" not in page
        assert "bad-0000" not in page
        assert "It takes the right to hear appeals" in page
    console.visitor(Role.ADMIN).get(url)
    with console.office.casebook.reading() as connection:
        entries = list(console.office.casebook.audit(connection).entries())
    looks = [one.body for one in entries if one.kind == "appeal-read"]
    assert [(one["by"], one["view"]) for one in looks] == [("ada", "words"), ("ada", "evidence")]


def test_a_decision_does_not_stand_without_a_thought(console: Console) -> None:
    url, ada = given(console)
    form = {"outcome": "upheld", "why": "They share a card.", "words": "We looked again."}
    soon = versioned(ada, url, "ruling", **form)
    assert soon.status_code == 403
    assert "somebody thought about" in soon.text
    assert "may let the decision stand" in ada.get(url).text
    console.office.clock.now += timedelta(minutes=2)
    assert versioned(ada, url, "ruling", **{**form, "words": ""}).status_code == 403
    assert versioned(ada, url, "ruling", **form, send="yes").status_code == 303
    assert appeals(console)[0].outcome
    (made,) = desk(console).ledger().decisions.values()
    assert made.status.value == "in force"


def test_new_words_must_be_read_and_a_form_sent_twice_acts_once(console: Console) -> None:
    url, ada = given(console)
    ann = console.visitor(Role.ANALYST)
    console.office.clock.now += timedelta(seconds=5)
    form = {"version": str(appeals(console)[0].version), "text": "Here is the ticket."}
    told = [ann.post(f"{url}/words", form).status_code for _ in range(2)]
    assert told == [303, 409]
    ruling = {"outcome": "overturned", "why": "x", "words": "x", "send": "yes"}
    stale = ada.post(f"{url}/ruling", {**ruling, "version": form["version"]})
    assert stale.status_code == 409
    version = str(appeals(console)[0].version)
    unread = ada.post(f"{url}/ruling", {**ruling, "version": version})
    assert unread.status_code == 403
    assert "has not opened the words" in unread.text
    assert versioned(ada, url, "ruling", **ruling).status_code == 303
    again = ada.post(f"{url}/ruling", {**ruling, "version": version})
    assert again.status_code == 409


def test_an_appeal_entered_twice_is_there_once(console: Console) -> None:
    entered(console)
    (decision,) = desk(console).ledger().decisions
    form = {"target": decision, "accounts": "bad-00000", "text": WORDS}
    again = console.visitor(Role.ANALYST).post("/appeals/new", form)
    assert again.status_code == 409
    assert len(appeals(console)) == 1
    strange = {**form, "accounts": "odd-00000"}
    assert console.visitor(Role.ANALYST).post("/appeals/new", strange).status_code == 404


def test_the_latest_stand_first(console: Console) -> None:
    office = console.office
    entered(console, "bad-00000")
    office.clock.now += timedelta(hours=30)
    console.cookies.clear()
    (decision,) = desk(console).ledger().decisions
    form = {"target": decision, "accounts": "bad-00005", "text": WORDS}
    ann = console.visitor(Role.ANALYST)
    assert ann.post("/appeals/new", form).status_code == 303
    office.clock.now += timedelta(hours=20)
    console.cookies.clear()
    vic = console.visitor(Role.VIEWER)
    rows = vic.get("/appeals?as=json").json()
    assert rows[0]["late"] == pytest.approx(2.0, abs=0.05)
    assert rows[1]["late"] is None
    assert "was due" in vic.get(f"/appeals/{rows[0]['appeal']}").text


def test_an_appeal_is_withdrawn_by_whoever_made_it(console: Console) -> None:
    url = entered(console)
    ann = console.visitor(Role.ANALYST)
    assert versioned(ann, url, "withdraw", why="").status_code == 422
    assert versioned(ann, url, "withdraw", why="They wrote that it is fine.").status_code == 303
    assert appeals(console)[0].stage.value == "withdrawn"


def test_it_is_offered_only_to_those_without_a_part(console: Console) -> None:
    office = console.office
    url = entered(console)
    ada = console.visitor(Role.ADMIN)
    assert 'value="ada"' in ada.get(url).text
    add_person(office.casebook, "cy", Role.APPROVER, actor=ADA, now=office.clock())
    assert 'value="cy"' in ada.get(url).text
    assert 'value="ann"' not in ada.get(url).text


@pytest.mark.parametrize("name", ["appeal--0000000000000000", "appeal--", "%2e%2e%2fx", "%00"])
def test_forged_names_lead_nowhere(console: Console, name: str) -> None:
    entered(console)
    ada = console.visitor()
    assert ada.get(f"/appeals/{name}").status_code == 404
    form = {"version": "1", "to": "ada", "text": "x", "why": "x", "words": "x"}
    for action in ("assign", "words", "answer", "withdraw"):
        assert ada.post(f"/appeals/{name}/{action}", form).status_code in (404, 405), action

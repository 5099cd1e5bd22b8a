"""Sign-ups by the pages: the queue, both readers' reasons, checks, and a person's decision."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from visitors import Console, Visitor, opened_console

from revenuer.access.applications import Application, read
from revenuer.app.admission import showing
from revenuer.app.admission.keeping import assess
from revenuer.app.admission.opening import open_admission
from revenuer.casework.roles import Actor, Role
from revenuer.due_process import AccessSettings

ADA = Actor("ada", Role.ADMIN)
SHARED = {"payment_kind": "prepaid", "phone_kind": "voip", "network_kind": "hosting"}


def made_to_admit(console: Console) -> None:
    """Three applications of organizations whose owners nobody lists: a person looks."""
    office = console.office
    policy, owners = office.folder / "access.toml", office.folder / "owners.csv"
    policy.write_text('[owners]\njurisdictions = ["XB"]\nunlisted = "hold"\n')
    owners.write_text("owner,owned,share,jurisdiction\nsomebody,org-0,0.9,XB\n")
    named = AccessSettings(policy=str(policy), owners=str(owners))
    office.settings = replace(office.settings, access=named)
    desk = open_admission(office.casebook, office.settings.access)
    for number in (1, 2, 3):
        said = {"application_id": f"a-{number}", "organization_id": f"org-{number}", **SHARED}
        found = read(said)
        assert isinstance(found, Application)
        now = office.clock() - timedelta(hours=10 - number)
        (answer,) = assess(desk, [found], actor=ADA, now=now)
        assert answer.answer.value == "hold"


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Console]:
    """A console where three applications wait."""
    with opened_console(f"sqlite:///{tmp_path}/casebook.sqlite", tmp_path) as console:
        made_to_admit(console)
        yield console


def standing(console: Console, name: str = "a-1") -> dict[str, Any]:
    office = console.office
    desk = open_admission(office.casebook, office.settings.access)
    return showing.show(desk, name, actor=ADA, now=office.clock())


def versioned(visitor: Visitor, name: str, action: str, **form: str) -> httpx.Response:
    found = re.search(r'name="version" value="(\d+)"', visitor.get(f"/sign-ups/{name}").text)
    assert found is not None
    return visitor.post(f"/sign-ups/{name}/{action}", {"version": found.group(1), **form})


def test_the_oldest_waits_first_and_is_decided(held: Console) -> None:
    ann = held.visitor(Role.ANALYST)
    rows = ann.get("/sign-ups?as=json").json()
    assert [row["application"] for row in rows] == ["a-1", "a-2", "a-3"]
    assert ann.get("/sign-ups?find=a-2").headers["location"] == "/sign-ups/a-2"
    form = {"decision": "accept", "why": "Called <the> lab."}
    assert versioned(ann, "a-1", "decide", **form).status_code == 303
    found = standing(held)
    assert (found["decided"], found["decided_by"], found["note"]) == (
        "accept", "ann", "Called <the> lab.",
    )  # fmt: skip
    assert "Called &lt;the&gt; lab." in ann.get("/sign-ups/a-1").text
    assert [row["application"] for row in ann.get("/sign-ups?as=json").json()] == ["a-2", "a-3"]


def test_both_readers_reasons_stand_side_by_side(held: Console) -> None:
    found = standing(held)
    page = held.visitor(Role.VIEWER).get("/sign-ups/a-1").text
    assert found["reasons"]
    for one in found["reasons"]:
        assert one["code"] in page
        assert one["applicant"].replace("'", "&#39;") in page
    # A viewer decides nothing, and is offered nothing.
    assert "/sign-ups/a-1/decide" not in page
    assert "/sign-ups/a-1/outcome" not in page
    vic = held.visitor(Role.VIEWER)
    form = {"version": str(found["version"]), "decision": "accept", "why": "x"}
    assert vic.post("/sign-ups/a-1/decide", form).status_code == 403


def test_two_people_at_once_decide_once(held: Console) -> None:
    ann, abe = held.visitor(Role.ANALYST), held.visitor(Role.APPROVER)
    version = str(standing(held)["version"])
    form = {"version": version, "why": "Mine."}
    assert ann.post("/sign-ups/a-1/decide", {**form, "decision": "refuse"}).status_code == 303
    late = abe.post("/sign-ups/a-1/decide", {**form, "decision": "accept"})
    assert late.status_code == 409
    assert "changed meanwhile" in late.text
    # The same form of the same person, once more, is another decision of nobody.
    again = ann.post("/sign-ups/a-1/decide", {**form, "decision": "refuse"})
    assert again.status_code == 409
    assert standing(held)["decided"] == "refuse"
    page = ann.get("/sign-ups/a-1").text
    assert "/appeals/new?application=a-1" in page


def test_a_check_that_came_out_counts_once(held: Console) -> None:
    ann = held.visitor(Role.ANALYST)
    form = {"check": "phone", "result": "passed", "reference": "vendor-1"}
    form["version"] = str(standing(held)["version"])
    assert ann.post("/sign-ups/a-1/outcome", form).status_code == 303
    assert ann.post("/sign-ups/a-1/outcome", form).status_code == 409
    outcomes = standing(held)["outcomes"]
    assert [(one["check"], one["result"]) for one in outcomes] == [("phone", "passed")]
    wrong = versioned(ann, "a-1", "outcome", check="aura", result="passed")
    assert wrong.status_code == 422
    no_reason = versioned(ann, "a-2", "decide", decision="accept", why=" ")
    assert no_reason.status_code == 422
    assert versioned(ann, "a-2", "decide", decision="maybe", why="x").status_code == 422


@pytest.mark.parametrize("name", ["nobody", "a-1%00", "..%2Fa-1", "%3Cb%3E"])
def test_forged_names_lead_nowhere(held: Console, name: str) -> None:
    ann = held.visitor(Role.ANALYST)
    told = ann.get(f"/sign-ups/{name}")
    assert told.status_code == 404
    assert "<b>" not in told.text
    form = {"version": "1", "decision": "accept", "why": "x"}
    assert ann.post(f"/sign-ups/{name}/decide", form).status_code == 404


def test_where_nothing_is_held_the_page_says_what_does(console: Console) -> None:
    assert "revenuer access assess --keep" in console.visitor().get("/sign-ups").text

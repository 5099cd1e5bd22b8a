"""From a case to a decision and back, by the forms of the pages, by two people."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from visitors import Console, Visitor

from revenuer.app.casebook.permits import grant_permit, request_permit
from revenuer.app.casebook.reading import list_cases
from revenuer.app.desk import Desk, open_desk
from revenuer.casework.permits import Purpose, Terms
from revenuer.casework.roles import Actor, Role
from revenuer.guard.ladder import Action
from revenuer.store.docket import Reaction

MAIN = "campaign--11111111-1111-4111-8111-111111111111"
OTHER = "campaign--22222222-2222-4222-8222-222222222222"
NOBODY = "decision--11111111-1111-4111-8111-111111111111"
HIDDEN = re.compile(r'<input type="hidden" name="([a-z]+)" value="([^"]*)">')
WISH = {
    "campaign": MAIN,
    "action": "block",
    "hours": "72",
    "joiners": "yes",
    "why": "They share a device & a template <b>",
    "snapshot": "guard",
}


def desk(console: Console) -> Desk:
    return open_desk(console.office.folder / "guard.rvn", console.office.keys)


def previewed(visitor: Visitor, case: str = MAIN, **more: str) -> httpx.Response:
    return visitor.post(f"/cases/{case}/enforce/preview", {**WISH, **more})


def proposing(told: httpx.Response) -> dict[str, str]:
    """What the form to propose carries."""
    form = told.text.partition('/enforce/propose"')[2].partition("</form>")[0]
    said = {name: value for name, value in HIDDEN.findall(form) if name != "csrf"}
    return {**said, "why": WISH["why"]}


def proposed(console: Console, who: Role = Role.ANALYST, **more: str) -> str:
    """The URL of a plan that somebody proposed."""
    visitor = console.visitor(who)
    form = {**proposing(previewed(visitor, **more)), "why": more.get("why", WISH["why"])}
    told = visitor.post(f"/cases/{MAIN}/enforce/propose", form)
    assert told.status_code == 303, told.text
    return told.headers["location"]


def decided(console: Console, **more: Any) -> str:
    """The URL of a decision that two people made."""
    url = proposed(console, **more)
    told = console.visitor(Role.APPROVER).post(f"{url}/approve", {"looked": "yes"})
    assert told.status_code == 303, told.text
    return told.headers["location"]


def test_a_plan_is_previewed_proposed_approved_by_another_and_undone(console: Console) -> None:
    ann, abe = console.visitor(Role.ANALYST), console.visitor(Role.APPROVER)
    page = ann.get(f"/cases/{MAIN}/enforce").text
    assert 'value="block" required' in page
    told = previewed(ann)
    assert told.status_code == 200
    assert not desk(console).ledger().proposals, "a preview wrote something"
    # Who is near stands before anything else that is told of the plan.
    near = told.text.index("Innocents nearby")
    assert near < min(told.text.index(word) for word in ("Accounts hit", "Your access is blocked"))
    assert "bad-00" not in told.text
    url = ann.post(f"/cases/{MAIN}/enforce/propose", proposing(told)).headers["location"]
    mine = ann.get(url).text
    assert "1\u00a0approval missing" in mine.replace("1 approval", "1\u00a0approval")
    assert "/approve" not in mine
    assert "&lt;b&gt;" in mine
    seen = abe.get(url).text
    assert seen.index("Innocents nearby") < seen.index("Approval</h2>")
    assert abe.post(f"{url}/approve").status_code == 422
    assert not desk(console).ledger().decisions
    done = abe.post(f"{url}/approve", {"looked": "yes"})
    decision = done.headers["location"]
    (made,) = desk(console).ledger().decisions.values()
    assert decision == f"/enforcement/guard/decisions/{made.id}"
    assert (made.by, made.approvers, made.action, len(made.members)) == (
        "ann", ("abe",), "block", 12,
    )  # fmt: skip
    # The plan's own page leads to what came of it.
    assert abe.get(url).headers["location"] == decision
    shown = abe.get(decision).text
    assert "In force for another" in shown
    assert console.visitor(Role.VIEWER).get(decision).text.count("Take back for") == 0
    assert abe.post(f"{decision}/undo").status_code == 422
    assert abe.post(f"{decision}/undo", {"why": "Wrong campaign."}).status_code == 303
    (made,) = desk(console).ledger().decisions.values()
    assert (made.status.value, made.ended_by, made.ended_why) == (
        "undone",
        "abe",
        "Wrong campaign.",
    )
    assert "Wrong campaign." in abe.get(decision).text


def test_a_decision_moves_its_case_at_once(console: Console) -> None:
    abe = console.visitor(Role.APPROVER)
    url = decided(console)
    assert _state(console) == "actioned"
    abe.post(f"{url}/undo", {"why": "No."})
    assert _state(console) != "actioned"


def test_nobody_approves_their_own_plan_by_any_form(console: Console) -> None:
    abe = console.visitor(Role.APPROVER)
    url = proposed(console, Role.APPROVER)
    assert "/approve" not in abe.get(url).text
    for form in (
        {"looked": "yes"},
        {"looked": "yes", "by": "ann"},
        {"looked": "yes", "actor": "ada", "name": "ada", "approvers": "ada"},
    ):
        assert abe.post(f"{url}/approve", form).status_code == 403
    assert abe.post(f"{url.upper()}/approve", {"looked": "yes"}).status_code == 404
    assert not desk(console).ledger().decisions
    # A viewer and an analyst have no such right at all, whoever proposed.
    for role in (Role.VIEWER, Role.ANALYST):
        form = {"looked": "yes"}
        assert console.visitor(role).post(f"{url}/approve", form).status_code == 403


def test_a_form_that_is_sent_twice_acts_once(console: Console) -> None:
    ann, abe = console.visitor(Role.ANALYST), console.visitor(Role.APPROVER)
    form = proposing(previewed(ann))
    urls = [ann.post(f"/cases/{MAIN}/enforce/propose", form).headers["location"] for _ in range(2)]
    assert urls[0] == urls[1]
    assert len(desk(console).ledger().proposals) == 1
    told = [abe.post(f"{urls[0]}/approve", {"looked": "yes"}).status_code for _ in range(2)]
    assert told == [303, 409]
    # Proposed once more while it is in force: refused, since one click is one decision.
    again = ann.post(f"/cases/{MAIN}/enforce/propose", form)
    assert again.status_code == 409
    assert "carried out already" in again.text
    assert len(desk(console).ledger().decisions) == 1
    (made,) = desk(console).ledger().decisions
    undone = [
        abe.post(f"/enforcement/guard/decisions/{made}/undo", {"why": "No."}).status_code
        for _ in range(2)
    ]
    assert undone == [303, 403]


def test_what_needs_no_approval_is_done_once_however_often_it_is_sent(console: Console) -> None:
    ann = console.visitor(Role.ANALYST)
    told = previewed(ann, action="tag")
    assert "it is done at once" in told.text
    form = proposing(told)
    sent = [ann.post(f"/cases/{MAIN}/enforce/propose", form).status_code for _ in range(3)]
    assert sent == [303, 409, 409]
    assert len(desk(console).ledger().decisions) == 1


def test_two_approvers_at_once_make_one_decision(console: Console) -> None:
    url = proposed(console)
    visitors = [console.visitor(Role.APPROVER), console.visitor(Role.ADMIN)]
    tokens = [one.csrf() for one in visitors]
    with ThreadPoolExecutor(2) as pool:
        told = list(
            pool.map(
                lambda pair: pair[0].post(f"{url}/approve", {"looked": "yes"}, csrf=pair[1]),
                zip(visitors, tokens, strict=True),
            )
        )
    statuses = sorted(one.status_code for one in told)
    assert statuses[0] == 303
    assert statuses[1] in (403, 409)
    assert len(desk(console).ledger().decisions) == 1


def test_a_plan_that_changed_since_it_was_looked_at_is_not_carried_out(console: Console) -> None:
    ann = console.visitor(Role.ANALYST)
    form = proposing(previewed(ann))
    for name, value in (("action", "tag"), ("hours", "24"), ("joiners", ""), ("why", "Other.")):
        told = ann.post(f"/cases/{MAIN}/enforce/propose", {**form, name: value})
        assert told.status_code == 403, name
    for digest in ("", form["digest"][:12], "0" * 64):
        told = ann.post(f"/cases/{MAIN}/enforce/propose", {**form, "digest": digest})
        assert told.status_code in (403, 422), digest
    assert not desk(console).ledger().proposals


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"action": "allow"}, 422),
        ({"action": "ban"}, 422),
        ({"hours": "0"}, 422),
        ({"hours": "nan"}, 422),
        ({"hours": "1e9"}, 422),
        ({"why": " "}, 422),
        ({"snapshot": "../guard"}, 404),
        ({"campaign": OTHER}, 404),
        ({"campaign": "campaign--"}, 404),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(
    console: Console, form: dict[str, str], status: int
) -> None:
    assert previewed(console.visitor(Role.ANALYST), **form).status_code == status


def test_what_a_policy_forbids_is_said_and_cannot_be_proposed(console: Console) -> None:
    ann = console.visitor(Role.ANALYST)
    page = ann.get(f"/cases/{OTHER}/enforce").text
    assert "the campaign is suspected, and the policy allows it a tag at most" in page
    told = previewed(ann, case=OTHER, campaign=OTHER)
    assert told.status_code == 200
    assert "/enforce/propose" not in told.text
    form = {**WISH, "campaign": OTHER, "digest": _digest_of(console)}
    assert ann.post(f"/cases/{OTHER}/enforce/propose", form).status_code == 403


def test_who_holds_a_permit_that_nobody_published_is_not_blocked(console: Console) -> None:
    office = console.office
    now = office.clock()
    terms = Terms(now - timedelta(days=1), now + timedelta(days=9))
    said: dict[str, Any] = {
        "holder": "bad-00000",
        "kind": "account",
        "purpose": Purpose.EVALUATION,
        "terms": terms,
    }
    ana, bo = Actor("ana", Role.ANALYST), Actor("bo", Role.APPROVER)
    url = proposed(console)
    made = request_permit(office.casebook, **said, text="Ours.", actor=ana, now=now)
    given: dict[str, Any] = {"four_eyes": True, "text": "", "actor": bo, "now": now}
    grant_permit(office.casebook, made.id, **given)
    abe = console.visitor(Role.APPROVER)
    seen = abe.get(url).text
    assert "holds for them" in seen
    assert abe.post(f"{url}/approve", {"looked": "yes"}).status_code == 403
    assert not desk(console).ledger().decisions
    # A tag changes nothing for them, and goes on.
    told = previewed(console.visitor(Role.ANALYST), action="tag")
    assert "/enforce/propose" in told.text


def test_what_is_not_set_is_named(console: Console) -> None:
    office = console.office
    here = office.settings
    office.settings = replace(here, api=replace(here.api, scan_folders=()))
    page = console.visitor(Role.ANALYST).get(f"/cases/{MAIN}/enforce")
    assert page.status_code == 200
    assert f"[api] scan_folders = [&#34;{office.folder / 'scans'}&#34;]" in page.text
    form = {**WISH, "digest": "0" * 64}
    told = console.visitor(Role.ANALYST).post(f"/cases/{MAIN}/enforce/propose", form)
    assert told.status_code == 503
    office.settings = replace(here, casebook=replace(here.casebook, snapshots=()))
    assert "[casebook]" in console.visitor(Role.ANALYST).get(f"/cases/{MAIN}/enforce").text
    assert "[casebook]" in console.visitor(Role.VIEWER).get("/enforcement").text


def test_single_accounts_are_let_go_and_reactions_are_told(console: Console) -> None:
    abe = console.visitor(Role.APPROVER)
    url = decided(console)
    told = abe.post(f"{url}/release", {"accounts": "stranger-1", "why": "Stolen key."})
    assert told.status_code == 404
    form = {"accounts": "bad-00000\r\nbad-00001", "why": "Their keys were stolen."}
    assert abe.post(f"{url}/release", form).status_code == 303
    (made,) = desk(console).ledger().decisions.values()
    assert len(made.released) == 2
    at = console.office.clock().isoformat()
    said = "Of 4 owners that were there 4 rose after the decision."
    desk(console).docket.keep_reactions([Reaction(made.id, "failover", at, at, said)])
    page = abe.get(url).text
    assert said in page
    assert "Their keys were stolen." in page


def test_a_decision_whose_time_is_over_says_so_and_offers_nothing(console: Console) -> None:
    url = decided(console)
    console.office.clock.now += timedelta(hours=73)
    console.cookies.clear()
    abe = console.visitor(Role.APPROVER)
    page = abe.get(url).text
    assert "Over since" in page
    assert "/undo" not in page
    assert abe.post(f"{url}/undo", {"why": "Late."}, csrf=abe.csrf()).status_code in (303, 403)


def test_the_tables_are_exported_and_mine_come_first(console: Console) -> None:
    proposed(console, Role.APPROVER)
    proposed(console, Role.ANALYST, action="reduce")
    abe = console.visitor(Role.APPROVER)
    rows = abe.get("/enforcement?as=json").json()
    assert (rows[0]["by"], rows[0]["you"]) == ("ann", "may approve it")
    assert "four eyes" in rows[1]["you"]
    decided(console, why="Once more.")
    (made,) = abe.get("/enforcement?decisions.as=json").json()
    assert made["standing"] == "in force"
    assert 71 < made["left"] <= 72
    plan = abe.get("/enforcement?as=json").json()[0]["plan"]
    members = abe.get(f"/enforcement/guard/plans/{plan}?as=csv")
    assert len(members.text.splitlines()) == 13
    assert "bad-00" not in members.text


@pytest.mark.parametrize(
    "path",
    [
        f"/enforcement/guard/decisions/{NOBODY}",
        "/enforcement/guard/plans/0000000000000000",
        f"/enforcement/nothing/decisions/{NOBODY}",
        "/enforcement/..%2Fguard/plans/abcdef0123",
        "/enforcement/guard/decisions/%00",
        "/cases/case--00000000/enforce",
    ],
)
def test_forged_names_lead_nowhere(console: Console, path: str) -> None:
    decided(console)
    assert console.visitor().get(path).status_code == 404
    assert console.visitor().post(f"{path}/undo", {"why": "x"}).status_code in (404, 405)


def test_the_gravest_action_that_a_form_can_name_is_in_the_ladder(console: Console) -> None:
    page = console.visitor(Role.ANALYST).get(f"/cases/{MAIN}/enforce").text
    named = re.findall(r'name="action" value="([a-z]+)"', page)
    assert named == [one.word for one in Action if one is not Action.ALLOW]


def _state(console: Console) -> str:
    rows = list_cases(console.office.casebook, actor=Actor("vic", Role.VIEWER))
    (row,) = [one for one in rows if one.verdict == "convicted"]
    return row.state


def _digest_of(console: Console) -> str:
    """The digest of a plan that the policy forbids, as the API previews it."""
    body = {"campaign": OTHER, "action": "block", "hours": 72, "scan": "night", "why": WISH["why"]}
    with console.office.client(Role.ANALYST) as ann:
        told = ann.post("/v1/snapshots/guard/previews", json={**body, "whole_campaign": True})
        digest: str = told.json()["digest"]
        return digest

"""Countermeasures over HTTP: who may propose one, what is said of it, who never gets one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from office import MAIN, OTHER, SCAN, Office, opened_office

from revenuer.app.desk import open_desk
from revenuer.casework.roles import Role
from revenuer.countermeasures import CARDS

WITHHELD, SEEDS = "reasoning-withheld", "seed-coupling"
URL = "/v1/snapshots/guard"
WISH: dict[str, Any] = {
    "scan": SCAN,
    "campaign": MAIN,
    "action": "tag",
    "hours": 72,
    "why": "They share a device.",
    "countermeasures": [SEEDS, WITHHELD, SEEDS],
}


@pytest.fixture
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("countermeasures")
    with opened_office(f"sqlite:///{folder}/casebook.sqlite", folder) as one:
        one.cases()
        one.allow(WITHHELD, SEEDS)
        yield one


def asked(office: Office, path: str, body: Any = None, who: Role = Role.ANALYST) -> Any:
    with office.client(who) as caller:
        told = caller.post(f"{URL}{path}", json=body) if body is not None else caller.get(path)
        assert told.status_code == 200, told.text
        return told.json()


def decided(office: Office, **more: Any) -> str:
    wish = {**WISH, **more}
    digest = asked(office, "/previews", wish)["digest"]
    done = asked(office, "/plans", {**wish, "digest": digest})
    assert (done["decision"], done["missing"]) == (None, 1)
    with office.client(Role.APPROVER) as abe:
        told = abe.post(f"{URL}/plans/{digest}/approval")
        assert told.status_code == 200, told.text
        decision: str = told.json()["decision"]
    return decision


def test_it_is_previewed_with_its_card_approved_by_another_told_and_undone(office: Office) -> None:
    plan = asked(office, "/previews", WISH)
    assert plan["obstacles"] == []
    assert plan["approvers_needed"] == 1, "a mere tag wants none"
    cards = {card.id: card for card in CARDS}
    assert [one["id"] for one in plan["countermeasures"]] == [WITHHELD, SEEDS]
    for one in plan["countermeasures"]:
        assert one["changes_for_customers"] == cards[one["id"]].changes_for_customers
        assert one["known_breaks"] == list(cards[one["id"]].known_breaks)
    assert "not falsified" in plan["notice"]
    bare = asked(office, "/previews", {**WISH, "countermeasures": []})
    assert (bare["countermeasures"], bare["notice"], bare["approvers_needed"]) == ([], None, 0)
    assert bare["digest"] != plan["digest"]

    decision = decided(office)
    assert office.given("bad-00003") == (WITHHELD, SEEDS)
    shown = asked(office, f"{URL}/decisions/{decision}")
    assert (shown["countermeasures"], shown["approvers"]) == ([WITHHELD, SEEDS], ["abe"])
    proposal = asked(office, f"{URL}/plans/{plan['digest']}")
    assert proposal["countermeasures"] == [WITHHELD, SEEDS]
    entries = open_desk(office.folder / "guard.rvn", office.keys).audit.entries()
    said = {one.kind: one.body.get("countermeasures") for one in entries}
    assert said["planned"] == said["acted"] == [WITHHELD, SEEDS]

    with office.client(Role.APPROVER) as abe:
        told = abe.post(f"{URL}/decisions/{decision}/undoing", json={"why": "No."})
        assert told.status_code == 200
    assert office.given("bad-00003") == ()


def test_who_is_granted_a_permit_gets_none_from_then_on(office: Office) -> None:
    said = {
        "holder": "bad-00003", "kind": "account", "purpose": "evaluation", "text": "We grade.",
        "valid_from": "2026-01-01T00:00:00Z", "valid_until": "2027-12-01T00:00:00Z",
    }  # fmt: skip
    decided(office)
    assert office.given("bad-00003") == (WITHHELD, SEEDS)
    with office.client(Role.ANALYST) as ann, office.client(Role.APPROVER) as abe:
        permit = ann.post("/v1/permits", json=said).json()["id"]
        told = abe.post(f"/v1/permits/{permit}/grant", json={"text": "Fine."})
        assert told.status_code == 200, told.text
    assert office.given("bad-00003") == ()
    assert office.given("bad-00004") == (WITHHELD, SEEDS)


def test_who_held_a_permit_before_is_an_obstacle_at_every_step(office: Office) -> None:
    digest = asked(office, "/previews", WISH)["digest"]
    asked(office, "/plans", {**WISH, "digest": digest})
    said = {
        "holder": "bad-00003", "kind": "account", "purpose": "evaluation", "text": "We grade.",
        "valid_from": "2026-01-01T00:00:00Z", "valid_until": "2027-12-01T00:00:00Z",
    }  # fmt: skip
    with office.client(Role.ANALYST) as ann, office.client(Role.APPROVER) as abe:
        permit = ann.post("/v1/permits", json=said).json()["id"]
        abe.post(f"/v1/permits/{permit}/grant", json={"text": "Fine."})
        assert abe.post(f"{URL}/plans/{digest}/approval").status_code == 403
        (obstacle,) = ann.post(f"{URL}/previews", json=WISH).json()["obstacles"]
        assert "holds for them" in obstacle
        assert ann.post(f"{URL}/plans", json={**WISH, "digest": digest}).status_code == 403
        # A mere tag changes nothing for them.
        bare = ann.post(f"{URL}/previews", json={**WISH, "countermeasures": []})
        assert bare.json()["obstacles"] == []


def test_what_there_is_not_is_refused_with_the_names_of_what_there_is(office: Office) -> None:
    with office.client(Role.ANALYST) as ann:
        told = ann.post(f"{URL}/previews", json={**WISH, "countermeasures": ["reasoning-hidden"]})
        assert told.status_code == 422
        assert "reasoning-hidden" in told.text
        assert all(card.id in told.text for card in CARDS)
        for odd in ("habit", ["x" * 65], [7], [""]):
            wish = {**WISH, "countermeasures": odd}
            assert ann.post(f"{URL}/previews", json=wish).status_code == 400


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"countermeasures": ["habit"]}, "does not name habit"),
        ({"countermeasures": ["gumbel-max"]}, "countermeasures.allowed does not name gumbel-max"),
        ({"campaign": OTHER}, "a tag at most"),
    ],
)
def test_what_the_policy_does_not_allow_is_said_and_not_done(
    office: Office, wish: dict[str, Any], said: str
) -> None:
    plan = asked(office, "/previews", {**WISH, **wish})
    assert said in " ".join(plan["obstacles"])
    with office.client(Role.ADMIN) as ada:
        body = {**WISH, **wish, "digest": plan["digest"]}
        assert ada.post(f"{URL}/plans", json=body).status_code == 403


def test_the_document_names_every_countermeasure(office: Office) -> None:
    with office.client(None) as nobody:
        schemas = nobody.get("/v1/openapi.json").json()["components"]["schemas"]
    taken = schemas["WantedPlan"]["properties"]["countermeasures"]["items"]["enum"]
    assert taken == sorted(card.id for card in CARDS)

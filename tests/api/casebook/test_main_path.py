"""The day of two analysts over HTTP, against a real server in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from office import MAIN, NAMES, SCAN, Office, caller, opened_office, served

from revenuer.casework.roles import Role

REASON = "They share a device and a template."


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder: Path = tmp_path_factory.mktemp("day")
    with opened_office(f"sqlite:///{folder}/casebook.sqlite", folder) as one:
        yield one


@pytest.fixture(scope="module")
def people(office: Office) -> Iterator[dict[Role, httpx.Client]]:
    with served(office) as url:
        clients = {role: caller(url, office.tokens[NAMES[role]]) for role in Role}
        yield clients
        for one in clients.values():
            one.close()


def done(told: httpx.Response, status: int = 200) -> dict[str, object]:
    assert told.status_code == status, told.text
    found: dict[str, object] = told.json()
    return found


def test_a_case_is_seen_taken_noted_dismissed_and_reopened(
    office: Office, people: dict[Role, httpx.Client]
) -> None:
    ann, vic = people[Role.ANALYST], people[Role.VIEWER]
    added = done(ann.post("/v1/scans", json={"scan": SCAN}))
    assert len(added["opened"]) == 2  # type: ignore[arg-type]
    assert done(ann.post("/v1/scans", json={"scan": SCAN}))["is_new"] is False
    listed = done(vic.get("/v1/cases", params={"verdict": "suspected"}))["items"]
    (case,) = [one["id"] for one in listed]  # type: ignore[attr-defined]
    url = f"/v1/cases/{case}"
    assert done(ann.post(f"{url}/assignment", json={"to": "ann"}))["state"] == "in-review"
    done(ann.post(f"{url}/notes", json={"text": "Asked their account manager."}), 201)
    seen = vic.get(url)
    whole = done(seen)
    assert whole["assigned_to"] == "ann"
    assert "odd-" not in seen.text
    tag = seen.headers["etag"]
    said = {"ground": "permitted", "why": "They told us beforehand."}
    dismissed = done(ann.post(f"{url}/dismissal", json=said, headers={"if-match": tag}))
    assert dismissed["state"] == "dismissed"
    again = done(ann.post(f"{url}/reopening", json={"why": "They did not."}))
    assert again["state"] == "reopened"
    kinds = {one["kind"] for one in done(ann.get("/v1/audit?limit=200"))["items"]}  # type: ignore[attr-defined]
    assert len(kinds) > 4
    verified = done(ann.get("/v1/audit/verification"))
    assert verified["whole"] is True


def test_a_block_takes_two_persons_and_one_undoes_it(people: dict[Role, httpx.Client]) -> None:
    ann, abe = people[Role.ANALYST], people[Role.APPROVER]
    (snapshot,) = done(ann.get("/v1/snapshots"))  # type: ignore[misc]
    url = f"/v1/snapshots/{snapshot['name']}"  # type: ignore[index]
    wish = {"scan": SCAN, "campaign": MAIN, "action": "block", "hours": 72, "why": REASON}
    plan = done(ann.post(f"{url}/previews", json=wish))
    assert plan["obstacles"] == []
    assert "bad-" not in str(plan)
    other = {**wish, "digest": "0" * 64}
    assert ann.post(f"{url}/plans", json=other).status_code == 403
    proposed = done(ann.post(f"{url}/plans", json={**wish, "digest": plan["digest"]}))
    assert (proposed["decision"], proposed["missing"]) == (None, plan["approvers_needed"])
    assert plan["approvers_needed"]
    assert len(done(abe.get(f"{url}/plans"))["items"]) == 1  # type: ignore[arg-type]
    at = f"{url}/plans/{plan['digest']}/approval"
    assert ann.post(at).status_code == 403
    approved = done(abe.post(at))
    decision = str(approved["decision"])
    shown = done(people[Role.VIEWER].get(f"{url}/decisions/{decision}"))
    assert (shown["by"], shown["approvers"], shown["status"]) == ("ann", ["abe"], "in force")
    undone = done(abe.post(f"{url}/decisions/{decision}/undoing", json={"why": "A mistake."}))
    assert undone["status"] == "undone"


def test_who_proposed_does_not_approve_whatever_their_role(
    people: dict[Role, httpx.Client],
) -> None:
    abe, ada = people[Role.APPROVER], people[Role.ADMIN]
    url = "/v1/snapshots/guard"
    wish = {"scan": SCAN, "campaign": MAIN, "action": "block", "hours": 5, "why": REASON}
    plan = done(abe.post(f"{url}/previews", json=wish))
    done(abe.post(f"{url}/plans", json={**wish, "digest": plan["digest"]}))
    at = f"{url}/plans/{plan['digest']}/approval"
    refused = abe.post(at)
    assert refused.status_code == 403
    assert refused.json()["type"] == "urn:revenuer:problem:not-allowed"
    assert done(ada.post(at))["decision"]


def test_a_plan_is_refused_by_another_or_withdrawn_by_its_own(
    people: dict[Role, httpx.Client],
) -> None:
    ann, abe, vic = people[Role.ANALYST], people[Role.APPROVER], people[Role.VIEWER]
    url = "/v1/snapshots/guard"
    wish = {"scan": SCAN, "campaign": MAIN, "action": "block", "hours": 7, "why": REASON}
    plan = done(ann.post(f"{url}/previews", json=wish))
    at = f"{url}/plans/{plan['digest']}"
    why = {"why": "An office."}
    for _ in range(2):
        done(ann.post(f"{url}/plans", json={**wish, "digest": plan["digest"]}))
        assert done(vic.get(at))["closed"] is None
        assert ann.post(f"{at}/refusal", json=why).status_code == 403
        assert vic.post(f"{at}/withdrawal", json=why).status_code == 403
        assert abe.post(f"{at}/withdrawal", json=why).status_code == 403
        refused = done(abe.post(f"{at}/refusal", json=why))
        assert (refused["closed"], refused["closed_by"], refused["closed_why"]) == (
            "refused", "abe", "An office.",
        )  # fmt: skip
        assert abe.post(f"{at}/approval").status_code == 403
        assert plan["digest"] not in vic.get(f"{url}/plans").text
    done(ann.post(f"{url}/plans", json={**wish, "digest": plan["digest"]}))
    assert done(ann.post(f"{at}/withdrawal", json=why))["closed"] == "withdrawn"
    assert ann.post(f"{at}/withdrawal", json={}).status_code == 400
    assert abe.post(f"{url}/plans/{'0' * 64}/refusal", json=why).status_code == 404


def test_who_holds_a_permit_is_not_blocked_over_http_either(
    people: dict[Role, httpx.Client],
) -> None:
    ann, abe = people[Role.ANALYST], people[Role.APPROVER]
    url = "/v1/snapshots/guard"
    wish = {"scan": SCAN, "campaign": MAIN, "action": "block", "hours": 9, "why": REASON}
    plan = done(ann.post(f"{url}/previews", json=wish))
    done(ann.post(f"{url}/plans", json={**wish, "digest": plan["digest"]}))
    said = {
        "holder": "bad-00003", "kind": "account", "purpose": "evaluation", "text": "Ours.",
        "valid_from": "2026-11-01T00:00:00Z", "valid_until": "2027-11-01T00:00:00Z",
    }  # fmt: skip
    permit = done(ann.post("/v1/permits", json=said), 201)
    done(abe.post(f"/v1/permits/{permit['id']}/grant", json={"text": "Fine."}))
    try:
        told = abe.post(f"{url}/plans/{plan['digest']}/approval")
        assert told.status_code == 403
        assert "has a permit that holds for them" in told.text
        (said_now,) = done(ann.post(f"{url}/previews", json=wish))["obstacles"]  # type: ignore[misc]
        assert "--permits casebook" in said_now
        body = {**wish, "hours": 10, "digest": plan["digest"]}
        assert ann.post(f"{url}/plans", json=body).status_code == 403
        tag = {**wish, "action": "tag"}
        assert done(ann.post(f"{url}/previews", json=tag))["obstacles"] == []
    finally:
        done(abe.post(f"/v1/permits/{permit['id']}/revocation", json={"text": "Over."}))
    assert done(abe.post(f"{url}/plans/{plan['digest']}/approval"))["decision"]


def test_a_permit_is_asked_for_by_one_and_granted_by_another(
    people: dict[Role, httpx.Client],
) -> None:
    ann, abe = people[Role.ANALYST], people[Role.APPROVER]
    said = {
        "holder": "acct-lab",
        "kind": "account",
        "purpose": "evaluation",
        "valid_from": "2026-11-01T00:00:00Z",
        "valid_until": "2027-11-01T00:00:00Z",
        "max_exchanges": 1000,
        "text": "They train nothing.",
    }
    made = ann.post("/v1/permits", json=said)
    permit = done(made, 201)
    assert permit["standing"] == "requested"
    assert "acct-lab" not in made.text
    url = f"/v1/permits/{permit['id']}"
    assert ann.post(f"{url}/grant", json={"text": "Fine."}).status_code == 403
    granted = done(
        abe.post(f"{url}/grant", json={"text": "Fine."}, headers={"if-match": made.headers["etag"]})
    )
    assert granted["standing"] == "active"
    masked = done(people[Role.VIEWER].get(url))
    assert [one["text"] for one in masked["reasons"]] == [None, None]  # type: ignore[attr-defined]
    assert people[Role.VIEWER].post(f"{url}/unmasked").status_code == 403
    clear = done(ann.post(f"{url}/unmasked"))
    assert clear["reasons"][0]["text"] == "They train nothing."  # type: ignore[index]
    read = done(ann.get("/v1/audit?kind=permit-read"))["items"]
    assert [one["body"]["by"] for one in read] == ["ann"]  # type: ignore[attr-defined]
    revoked = done(abe.post(f"{url}/revocation", json={"text": "They did train."}))
    assert revoked["standing"] == "revoked"


def test_a_scan_that_is_added_says_at_sign_up_whom_it_convicts(
    people: dict[Role, httpx.Client],
) -> None:
    ann = people[Role.ANALYST]
    same = {"payment_fingerprint": "pay-pool", "device_fingerprint": "dev-pool"}
    pool = [{"application_id": f"a-{n}", "account_id": f"bad-0000{n}", **same} for n in range(3)]
    done(ann.post("/v1/assessments", json={"applications": pool}))
    added = done(ann.post("/v1/scans", json={"scan": SCAN}))
    assert (added["is_new"], added["convicted"], added["unreadable"]) == (False, 3, 0)
    later = {"applications": [{"application_id": "b-1", "email": "x@example.org", **same}]}
    (judged,) = done(ann.post("/v1/assessments", json=later))
    assert judged["answer"] in {"hold", "refuse"}  # type: ignore[call-overload]


def test_an_appeal_is_heard_by_another_and_undoes_what_it_overturns(
    people: dict[Role, httpx.Client],
) -> None:
    ann, abe, ada = (people[role] for role in (Role.ANALYST, Role.APPROVER, Role.ADMIN))
    at = "/v1/snapshots/guard"
    wish = {"scan": SCAN, "campaign": MAIN, "action": "block", "hours": 9, "why": REASON}
    plan = done(ann.post(f"{at}/previews", json=wish))
    done(ann.post(f"{at}/plans", json={**wish, "digest": plan["digest"]}))
    decision = str(done(abe.post(f"{at}/plans/{plan['digest']}/approval"))["decision"])
    said = {"target": decision, "accounts": ["bad-00001"], "text": "We are a school."}
    made = ann.post("/v1/appeals", json=said)
    opened = done(made, 201)
    assert "bad-0" not in made.text
    url = f"/v1/appeals/{opened['id']}"
    for part in ("ann", "abe"):
        assert ann.post(f"{url}/assignment", json={"to": part}).status_code == 403
    done(ann.post(f"{url}/assignment", json={"to": "ada"}))
    masked = people[Role.VIEWER].get(url)
    assert "We are a school." not in masked.text
    whole = ada.get(url)
    assert "We are a school." in whole.text
    parts = {one["name"] for one in done(whole)["parts"]}  # type: ignore[attr-defined]
    assert parts == {"ann", "abe"}
    ruling = {
        "outcome": "overturned",
        "why": "It is a school.",
        "words": "We were wrong.",
        "whole_decision": True,
    }
    assert ann.post(f"{url}/ruling", json=ruling).status_code == 403
    assert abe.post(f"{url}/ruling", json=ruling).status_code == 403
    before = done(ann.get(f"{at}/decisions/{decision}"))["status"]
    tag = whole.headers["etag"]
    letter = done(ada.post(f"{url}/ruling", json=ruling, headers={"if-match": tag}))
    assert "We were wrong." in str(letter["letter"])
    after = done(ann.get(f"{at}/decisions/{decision}"))["status"]
    assert (before, after) == ("in force", "undone")
    assert done(people[Role.VIEWER].get(url))["outcome"] == "overturned"
    assert ada.post(f"{url}/ruling", json=ruling).status_code in {403, 409, 412, 422}


def test_lists_come_in_pages_that_miss_nothing(people: dict[Role, httpx.Client]) -> None:
    ann = people[Role.ANALYST]
    for path in ("/v1/audit", "/v1/people", "/v1/tokens", "/v1/cases", "/v1/permits"):
        client = people[Role.ADMIN] if path == "/v1/tokens" else ann
        whole = done(client.get(path, params={"limit": 200}))["items"]
        pages: list[object] = []
        cursor: object = None
        for _ in range(200):
            asked = {"limit": 2} | ({"cursor": cursor} if cursor else {})
            told = done(client.get(path, params=asked))  # type: ignore[arg-type]
            assert len(told["items"]) <= 2  # type: ignore[arg-type]
            pages += told["items"]  # type: ignore[operator]
            cursor = told["next"]
            if cursor is None:
                break
        assert pages == whole
        assert whole
    stolen = done(ann.get("/v1/people?limit=2"))["next"]
    assert ann.get("/v1/cases", params={"cursor": stolen}).status_code == 422


def test_what_is_known_already_is_not_sent_again(people: dict[Role, httpx.Client]) -> None:
    vic = people[Role.VIEWER]
    case = done(vic.get("/v1/cases"))["items"][0]["id"]  # type: ignore[index]
    first = vic.get(f"/v1/cases/{case}")
    again = vic.get(f"/v1/cases/{case}", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_every_answer_is_guarded_and_nothing_sets_a_cookie(
    people: dict[Role, httpx.Client],
) -> None:
    vic = people[Role.VIEWER]
    answers = [
        vic.get("/v1/whoami"),
        vic.head("/v1/cases"),
        vic.options("/v1/cases"),
        vic.get("/nothing"),
        vic.put("/v1/cases"),
        vic.post("/v1/cases/x/notes"),
        vic.get("/v1/whoami", headers={"authorization": "Bearer x"}),
        vic.get("/v1/cases", headers={"origin": "https://evil.example"}),
    ]
    assert [one.status_code for one in answers] == [200, 200, 204, 404, 405, 403, 401, 200]
    for one in answers:
        assert one.headers["cache-control"] == "no-store"
        assert one.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in one.headers["content-security-policy"]
        assert not {"set-cookie", "server", "access-control-allow-origin"} & set(one.headers)
    assert answers[1].content == b""
    assert answers[2].headers["allow"] == "GET, HEAD, OPTIONS"
    assert answers[4].headers["allow"] == "GET, HEAD, OPTIONS"


def test_a_hold_forbids_an_erasure_and_an_erasure_leaves_nothing(
    office: Office, people: dict[Role, httpx.Client]
) -> None:
    ann, ada = people[Role.ANALYST], people[Role.ADMIN]
    account = "odd-00002"
    done(ann.post("/v1/scans", json={"scan": SCAN}))
    told = ada.post("/v1/subject-access", json={"account": account})
    assert (told.status_code, account in told.text) == (200, True)
    assert told.headers["content-disposition"].startswith("attachment")
    assert ann.post("/v1/holds", json={"why": "A court.", "account": account}).status_code == 403
    hold = done(ada.post("/v1/holds", json={"why": "A court.", "account": account}), 201)["id"]
    wish = {"account": account, "why": "Request 12."}
    first = ada.post("/v1/erasures", json=wish)
    assert first.status_code in {200, 403, 409, 422}, first.text
    assert account in ada.post("/v1/subject-access", json={"account": account}).text
    done(ada.post(f"/v1/holds/{hold}/release", json={"why": "It is over."}))
    assert ann.post("/v1/erasures", json=wish).status_code == 403
    erased = ada.post("/v1/erasures", json=wish)
    assert erased.status_code == 200, erased.text
    done(ada.post("/v1/erasures/continuation"))  # type: ignore[arg-type]
    listed = ada.get("/v1/erasures")
    assert account not in listed.text
    subject = done(erased)["subject"]
    mine = [one for one in listed.json() if one["subject"] == subject]
    assert mine
    found = ada.get("/v1/audit?limit=200")
    assert account not in found.text
    assert done(ada.get("/v1/audit/verification"))["whole"] is True


def test_counts_for_a_transparency_report_point_at_nobody(
    people: dict[Role, httpx.Client],
) -> None:
    vic = people[Role.VIEWER]
    span = {"since": "2020-01-01", "until": "2099-01-01"}
    told = vic.get("/v1/transparency", params=span)
    sections = done(told)["sections"]
    assert {one["name"] for one in sections}  # type: ignore[attr-defined]
    assert not [name for name in ("bad-0", "odd-0", "ann", "abe") if f'"{name}' in told.text]
    wrong = {"since": span["until"], "until": span["since"]}
    assert vic.get("/v1/transparency", params=wrong).status_code == 422

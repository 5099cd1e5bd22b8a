"""What people wrote to a model is read by nobody who may not, and each reading is written down."""

from __future__ import annotations

import json

from office import FOUNDER, Office

from revenuer.api.casebook.endpoints import ENDPOINTS
from revenuer.api.casebook.openapi import parts_of
from revenuer.app.casebook.audit import read_audit
from revenuer.app.casebook.texts import keep_texts
from revenuer.casework.roles import Role

WORDS = "Grade the marmalade answer from one to five."
ANSWER = "The marmalade deserves a four."


def with_texts(office: Office) -> str:
    """A case that keeps texts of its exchanges."""
    log = office.folder / "log.jsonl"
    rows = []
    for case in office.cases():
        with office.client(Role.ANALYST) as ann:
            whole = ann.get(f"/v1/cases/{case}").json()
        name = whole["campaigns"][0]["id"].removeprefix("campaign--")
        who = "bad-00000" if whole["verdict"] == "convicted" else "odd-00000"
        rows += [
            {
                "exchange_id": f"exchange-{name}-{number}",
                "occurred_at": f"2026-06-0{number + 1}T00:00:00Z",
                "account_id": who,
                "prompt": WORDS,
                "response": ANSWER,
            }
            for number in range(3)
        ]
    log.write_text("".join(json.dumps(row) + "\n" for row in rows))
    (kept,) = keep_texts(
        office.casebook,
        [case],
        [str(log)],
        actor=FOUNDER,
        now=office.clock(),
        settings=office.settings,
    )
    assert kept.kept == 3
    return case


def test_no_answer_to_a_viewer_has_a_word_of_a_prompt(small_office: Office) -> None:
    case = with_texts(small_office)
    known = {"case": case, "snapshot": "guard"}
    with small_office.client(Role.VIEWER) as vic:
        for endpoint in ENDPOINTS:
            path = endpoint.path
            for part in parts_of(path):
                path = path.replace(f"{{{part}}}", known.get(part, "x"))
            told = vic.request(endpoint.method, path, json={"why": "curious"})
            assert "marmalade" not in told.text, endpoint.name
        masked = vic.get(f"/v1/cases/{case}/texts").json()
        assert [one["chars"] for one in masked] == [
            {"prompt": len(WORDS), "response": len(ANSWER)}
        ] * 3
        url = f"/v1/cases/{case}/texts/{masked[0]['id']}/unmasked"
        assert vic.post(url, json={"why": "curious"}).status_code == 403


def test_whoever_reads_a_text_says_why_and_it_is_written_down_each_time(
    small_office: Office,
) -> None:
    case = with_texts(small_office)
    with small_office.client(Role.ANALYST) as ann:
        text = ann.get(f"/v1/cases/{case}/texts").json()[0]["id"]
        url = f"/v1/cases/{case}/texts/{text}/unmasked"
        assert ann.post(url, json={}).status_code == 400
        assert ann.post(url, json={"why": "   "}).status_code == 400
        same = {"idempotency-key": "one"}
        for _ in range(2):
            told = ann.post(url, json={"why": "The template is in doubt."}, headers=same)
            assert (told.status_code, told.json()["prompt"]) == (200, WORDS)
    entries = read_audit(small_office.casebook, actor=FOUNDER, limit=1000)
    read = [one for one in entries if one.body.get("text") == text]
    assert [one.body["by"] for one in read] == ["ann", "ann"]
    assert "marmalade" not in str([one.body for one in entries])
    assert "in doubt" not in str([one.body for one in entries])

"""Sign-ups over HTTP: judged one by one or in a batch, checked, and decided by a person."""

from __future__ import annotations

from office import Office

from revenuer.casework.roles import Role

PLAIN = {"application_id": "a-1", "email_domain": "example.org", "plan": "pro"}


def test_an_application_is_judged_checked_and_decided(small_office: Office) -> None:
    with small_office.client(Role.ANALYST) as ann, small_office.client(Role.VIEWER) as vic:
        given = {"applications": [PLAIN, {**PLAIN, "application_id": "a-2"}]}
        assert vic.post("/v1/assessments", json=given).status_code == 403
        told = ann.post("/v1/assessments", json=given)
        assert told.status_code == 200, told.text
        assert [one["application_id"] for one in told.json()] == ["a-1", "a-2"]
        shown = vic.get("/v1/assessments/a-1").json()
        assert shown["answer"] in {"accept", "step-up", "hold", "refuse"}
        outcome = {"check": "email", "result": "passed", "reference": "vendor-1"}
        again = ann.post("/v1/assessments/a-1/outcomes", json=outcome)
        assert again.status_code == 200, again.text
        version = vic.get("/v1/assessments/a-1").json()["version"]
        url, said = "/v1/assessments/a-1/decision", {"accept": False, "why": "A farm."}
        stale = ann.post(url, json=said, headers={"if-match": f'"{version - 1}"'})
        assert stale.status_code == 412
        decided = ann.post(url, json=said, headers={"if-match": f'"{version}"'})
        assert (decided.status_code, decided.json()["version"]) == (200, version + 1)
        assert vic.get("/v1/assessments/a-1").json()["decided_by"] == "ann"
        statement = vic.get("/v1/assessments/a-1/statement").json()
        assert statement["answer"] == decided.json()["decided"]
        assert "A farm." not in str(statement)
        assert vic.get("/v1/assessments/nobody").status_code == 404
        assert isinstance(vic.get("/v1/assessments").json(), list)


def test_an_unknown_field_is_refused_and_names_its_place(small_office: Office) -> None:
    with small_office.client(Role.ANALYST) as ann:
        given = {"applications": [PLAIN, {**PLAIN, "nationality": "any"}]}
        told = ann.post("/v1/assessments", json=given)
    assert told.status_code == 400
    assert told.json()["errors"][0]["where"] == "body.applications[1]"


def test_an_applicant_appeals_and_somebody_else_accepts_them(small_office: Office) -> None:
    with small_office.client(Role.ANALYST) as ann, small_office.client(Role.ADMIN) as ada:
        ann.post("/v1/assessments", json={"applications": [PLAIN]})
        refused = {"accept": False, "why": "A farm."}
        assert ann.post("/v1/assessments/a-1/decision", json=refused).status_code == 200
        given = {"application": "a-1", "text": "We are a lab."}
        both = ann.post("/v1/appeals", json={**given, "target": "permit--1"})
        assert both.status_code in {403, 409, 422}
        opened = ann.post("/v1/appeals", json=given)
        assert opened.status_code == 201, opened.text
        assert opened.json()["against"] == "assessment"
        url = f"/v1/appeals/{opened.json()['id']}"
        assert ann.post(f"{url}/assignment", json={"to": "ada"}).status_code == 200
        assert ada.get(url).json()["parts"] == [{"name": "ann", "what": "they decided it"}]
        ruling = {"outcome": "overturned", "why": "called them", "words": "We called you."}
        told = ada.post(f"{url}/ruling", json=ruling)
        assert told.status_code == 200, told.text
        assert "application a-1" in told.json()["letter"]
        assert ann.get("/v1/assessments/a-1/statement").json()["answer"] == "accept"

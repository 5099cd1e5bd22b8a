"""Sign-ups over HTTP: judged one by one or in a batch, checked, and decided by a person."""

from __future__ import annotations

from dataclasses import replace

from office import SCAN, Office

from revenuer.casework.roles import Role
from revenuer.due_process import AccessSettings

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


FARM = {"device_fingerprint": "dev-1", "payment_fingerprint": "pay-1", "phone_fingerprint": "tel-1"}


def test_what_a_scan_convicted_is_inherited_until_it_is_taken_back(small_office: Office) -> None:
    """A new account that shares its means with a convicted one is harder to open; and not after."""
    office = small_office

    def apply(name: str) -> dict[str, object]:
        given = {"applications": [{**PLAIN, **FARM, "application_id": name}]}
        with office.client(Role.ANALYST) as ann:
            told = ann.post("/v1/assessments", json=given)
        assert told.status_code == 200, told.text
        (made,) = told.json()
        return dict(made)

    with office.client(Role.ANALYST) as ann, office.client(Role.APPROVER) as abe:
        given = {"applications": [{**PLAIN, **FARM, "account_id": "bad-00000"}]}
        assert ann.post("/v1/assessments", json=given).status_code == 200
        assert office.client(Role.VIEWER).post("/v1/rechecks", json={}).status_code == 403
        assert ann.post("/v1/rechecks", json={"scans": ["none"]}).status_code == 404
        told = ann.post("/v1/rechecks", json={"scans": [SCAN]})
        assert told.status_code == 200, told.text
        assert (told.json()["convicted"], told.json()["acquitted"]) == (1, 0)
        assert ann.post("/v1/rechecks", json={"scans": [SCAN]}).json()["convicted"] == 0
        after = apply("a-2")
        assert "convicted" in str(after["reasons"])
        assert after["answer"] != "accept"
        said = {"accounts": ["bad-00000", "nobody"]}
        assert ann.post("/v1/acquittals", json=said).status_code == 403
        assert abe.post("/v1/acquittals", json=said).json() == {"acquitted": 1}
        assert abe.post("/v1/acquittals", json=said).json() == {"acquitted": 0}
        assert "convicted" not in str(apply("a-3")["reasons"])
        audit = ann.get("/v1/audit?limit=200").json()["items"]
    assert [one["kind"] for one in audit].count("applicants-acquitted") == 1
    assert "bad-00000" not in str(audit)


def test_the_policy_and_tables_of_the_settings_judge(small_office: Office) -> None:
    """The operator's own rule on regions, and their table of owners."""
    office, folder = small_office, small_office.folder
    policy, owners = folder / "access.toml", folder / "owners.csv"
    policy.write_text(
        '[regions]\nrefused = ["XA"]\nstatement = "Not offered there."\n'
        '[owners]\njurisdictions = ["XB"]\nmost_share = 0.5\nstatement = "Not for such owners."\n'
    )
    owners.write_text("owner,owned,share,jurisdiction\nsomebody,org-1,0.9,XB\n")
    named = AccessSettings(policy=str(policy), owners=str(owners))
    office.settings = replace(office.settings, access=named)
    given = [
        {**PLAIN, "application_id": "a-1", "region": "XA"},
        {**PLAIN, "application_id": "a-2", "organization_id": "org-1"},
        {**PLAIN, "application_id": "a-3", "organization_id": "org-2"},
    ]
    with office.client(Role.ANALYST) as ann:
        told = ann.post("/v1/assessments", json={"applications": given}).json()
        assert [one["answer"] for one in told][:2] == ["refuse", "refuse"]
        assert told[2]["answer"] != "refuse"
        assert "Not offered there." in str(ann.get("/v1/assessments/a-1/statement").json())
    office.settings = replace(office.settings, access=replace(named, policy=str(folder / "none")))
    with office.client(Role.ANALYST) as ann:
        told = ann.post("/v1/assessments", json={"applications": given})
    assert told.status_code == 503
    assert str(folder) not in told.text

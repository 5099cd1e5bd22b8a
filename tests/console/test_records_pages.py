"""Records in the console: holds, erasures by two persons, what is handed out, counts."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from office import MAIN
from visitors import Console

from revenuer.app.casebook.people import add_person
from revenuer.app.casebook.reading import show_case
from revenuer.app.signing_in import sessions
from revenuer.casework.roles import Actor, Role
from revenuer.settings import RetentionSettings

ADA = Actor("ada", Role.ADMIN)
ACCOUNT = "bad-00001"


def test_a_hold_stops_an_erasure_until_it_is_lifted(console: Console) -> None:
    ada = console.visitor()
    held = ada.post("/records/holds", {"what": "account", "target": ACCOUNT, "why": "subpoena 17"})
    assert held.status_code == 303
    place = held.headers["location"]
    assert "subpoena 17" in ada.get(place).text
    plan = ada.post("/records/plan", {"account": ACCOUNT, "why": "request 9"}).text
    assert "It is held" in plan
    refused = ada.post("/records/erasures", {"account": ACCOUNT, "why": "request 9"})
    assert refused.status_code == 403
    assert "subpoena" not in refused.text
    assert ada.post(f"{place}/release", {"why": ""}).status_code == 422
    assert ada.post(f"{place}/release", {"why": "settled"}).status_code == 303
    assert ada.post(f"{place}/release", {"why": "settled"}).status_code == 409
    rows = json.loads(ada.get("/records?as=json").content)
    assert [(one["state"], one["why"]) for one in rows] == [("lifted", "subpoena 17")]


def test_two_persons_erase_and_the_account_is_gone(console: Console) -> None:
    office = console.office
    office.settings = replace(office.settings, retention=RetentionSettings(erasure_persons=2))
    now = office.clock()
    add_person(office.casebook, "eve", Role.ADMIN, actor=ADA, now=now)
    ada = console.visitor()
    assert ACCOUNT in json.dumps(_handed_out(console))
    plan = ada.post("/records/plan", {"account": ACCOUNT, "why": "request 9"}).text
    assert "would be erased" in plan
    asked = ada.post("/records/erasures", {"account": ACCOUNT, "why": "request 9"})
    place = asked.headers["location"]
    assert ACCOUNT not in ada.get(place).text
    assert ada.post(f"{place}/agree").status_code == 409
    assert _is_known(console)
    eve = console.visitor()
    begun = sessions.begin(office.casebook, "eve", "test", now=now, client="tests")
    eve.client.cookies.set("revenuer", begun)
    assert eve.post(f"{place}/agree").status_code == 303
    assert "done" in eve.get(place).text
    assert not _is_known(console)
    assert eve.post(f"{place}/agree").status_code == 404
    assert eve.post(f"{place}/go-on").status_code == 404


def test_what_is_held_is_handed_out_and_written_down(console: Console) -> None:
    ada = console.visitor()
    told = ada.post("/records/subject", {"account": ACCOUNT})
    assert told.headers["content-disposition"].startswith("attachment")
    assert told.json()["schema"] == "revenuer/subject/1"
    page = ada.post("/records/subject", {"account": ACCOUNT, "as": "html"})
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["content-disposition"].startswith("attachment")
    assert ada.get("/audit?kind=subject-access").text.count("/audit?kind=subject-access") >= 2
    assert ada.post("/records/subject", {"account": " "}).status_code == 422


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANALYST, Role.APPROVER])
def test_only_admins_see_records(console: Console, role: Role) -> None:
    other = console.visitor(role)
    for url in ("/records", "/records/holds/x", "/records/erasures/x"):
        assert other.get(url).status_code == 403
    for url in ("holds", "holds/x/release", "plan", "erasures", "erasures/x/agree", "subject"):
        form = {"account": ACCOUNT, "what": "account", "target": ACCOUNT, "why": "x"}
        assert other.post(f"/records/{url}", form).status_code == 403, url
    assert other.get("/transparency").status_code == 200


def test_forged_names_do_nothing(console: Console) -> None:
    ada = console.visitor()
    for name in ("hold--", "hold--11111111-1111-4111-8111-111111111111", "..%2f..%2fetc"):
        assert ada.get(f"/records/holds/{name}").status_code == 404
        assert ada.post(f"/records/holds/{name}/release", {"why": "x"}).status_code == 404
        assert ada.get(f"/records/erasures/{name}").status_code == 404
        assert ada.post(f"/records/erasures/{name}/agree").status_code == 404
        assert ada.post(f"/records/erasures/{name}/go-on").status_code == 404
    for form in (
        {"what": "case", "target": "no such case", "why": "x"},
        {"what": "everything", "target": "x", "why": "x"},
        {"what": "account", "target": "", "why": "x"},
        {"what": "account", "target": "x", "why": " "},
    ):
        assert ada.post("/records/holds", form).status_code in (404, 422), form
    assert json.loads(ada.get("/records?as=json").content) == []


def test_counts_for_the_public_point_at_nobody(console: Console) -> None:
    vic = console.visitor(Role.VIEWER)
    ada = console.visitor()
    ada.post("/records/holds", {"what": "account", "target": ACCOUNT, "why": "x"})
    page = vic.get("/transparency").text
    assert "legal holds that were laid" in page
    assert "fewer than 5" in page
    plain = vic.get("/transparency?as=json").json()
    assert plain["sections"]["People's rights"]["legal holds that were laid"] == {"below": 5}
    html = vic.get("/transparency?as=html&since=2026-01-01&until=2027-01-01")
    assert html.headers["content-disposition"].endswith("transparency-2026-01-01-2027-01-01.html")
    assert re.search(r"1 Jan(uary)? 2026|2026-01-01", html.text)
    for query in ("since=2026-02-30", "since=2026-02-02&until=2026-02-02", "since=x"):
        assert vic.get(f"/transparency?{query}").status_code == 422


def _handed_out(console: Console) -> object:
    return console.visitor().post("/records/subject", {"account": ACCOUNT}).json()


def _is_known(console: Console) -> bool:
    """Whether the casebook still calls the account by its id."""
    book, now = console.office.casebook, console.office.clock()
    seen = show_case(book, MAIN, actor=ADA, now=now, show_ids=True)
    return ACCOUNT in seen.names.values()

"""Sharing in the console: two persons, every value shown, all taken back; peers decided on."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from office import MAIN, OTHER, SCAN
from visitors import Console, Visitor, opened_console

from revenuer.app.casebook.places import note_place
from revenuer.app.saved import read_findings
from revenuer.app.sharing.inbox import import_files, open_inbox
from revenuer.app.sharing.intel import accepted_indicators
from revenuer.app.sharing.partners import add_collection, add_token
from revenuer.app.sharing.state import open_state
from revenuer.casework.roles import Actor, Role
from revenuer.settings import ShareSettings
from revenuer.sharing.bundle import make_bundle
from revenuer.sharing.echoes import Ours
from revenuer.sharing.reidentify import review
from revenuer.sharing.terms import Producer, Terms
from revenuer.sharing.tlp import Tlp
from revenuer.store.audit_file import AuditFile

ADA = Actor("ada", Role.ADMIN)
PEER = Producer("Peer Labs", b"p" * 32)
START = datetime(2026, 6, 1, tzinfo=UTC)
ADDRESS, RARE_AGENT, NETWORK = "198.51.100.7", "rare-agent/1", "64500"


def ties(campaign: str, prefix: str, accounts: int) -> list[dict[str, object]]:
    """What a campaign's accounts are known by: a network that may leave, and what may not."""

    def tie(n: int, kind: str, value: str, holders: int = 0) -> dict[str, object]:
        return {
            "campaign_id": campaign, "account_id": f"{prefix}-{n:05d}", "kind": kind,
            "value": value, "exchanges": 100, "first_seen": START,
            "last_seen": START + timedelta(days=8), "holders": holders, "network": None,
            "reseller": None,
        }  # fmt: skip

    rows = [tie(n, "asn", NETWORK, holders=2) for n in range(accounts)]
    rows += [tie(n, "address", ADDRESS) for n in range(accounts)]
    return [*rows, tie(0, "user-agent", RARE_AGENT)]


def made_to_share(console: Console) -> None:
    """Let an office share; its scan has ties that were kept, and a peer sent a list."""
    office, folder = console.office, console.office.folder
    share = ShareSettings(folder=str(folder / "share"), name="We")
    office.settings = replace(office.settings, share=share)
    scan = folder / "scans" / SCAN
    every = pl.DataFrame(ties(MAIN, "bad", 12) + ties(OTHER, "odd", 5))
    every.write_parquet(scan / "ties.parquet")
    office.cases()
    state = open_state(folder / "share", office.keys)
    add_collection(state, "Campaigns", alias="campaigns", readers=["lab-two"])
    add_collection(state, "Open to all", alias="open", up_to=Tlp.GREEN)
    add_token(state, "lab-two", scopes=["taxii:read"], hours=24)
    state.database.close()
    findings = read_findings(scan)
    bundle = make_bundle(
        findings.campaigns[0], findings.scanned,
        review(pl.DataFrame(ties(MAIN, "bad", 12))), PEER, Terms(tlp=Tlp.GREEN),
    )  # fmt: skip
    (folder / "peer.json").write_text(json.dumps(bundle))
    inbox = open_inbox(folder / "intel", office.keys)
    warned = lambda kind, value: ()  # noqa: E731
    import_files(inbox, folder / "peer.json", ours=Ours(), warns=warned, now=office.clock())
    inbox.state.database.close()
    note_place(office.casebook, "intel", folder / "intel", actor=ADA, now=office.clock())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """An office that may share, with a scan whose ties were kept, and a list of a peer."""
    folder = tmp_path_factory.mktemp("sharing")
    with opened_console(f"sqlite:///{folder}/casebook.sqlite", folder) as console:
        made_to_share(console)
        yield console


def case_of(world: Console, campaign: str) -> str:
    with world.office.client(Role.ANALYST) as ann:
        every = ann.get("/v1/cases").json()["items"]
    verdict = "convicted" if campaign == MAIN else "suspected"
    return next(str(one["id"]) for one in every if one["verdict"] == verdict)


def seen(page: str) -> dict[str, str]:
    """The hidden fields of the form that asks."""
    form = page[page.index('class="panel last-step"') :]
    found = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: html.unescape(value) for name, value in found if name != "csrf"}


def log_of(world: Console) -> list[str]:
    path = world.office.folder / "share" / "audit.jsonl"
    trusted = world.office.casebook.signing.public.verifies
    return [one.kind for one in AuditFile(path, trusted).entries()]


def asked(world: Console, visitor: Visitor, query: str = "") -> str:
    """Ask for the export of the convicted campaign; the page of the request."""
    url = f"/sharing/export/{case_of(world, MAIN)}"
    told = visitor.post(url, seen(visitor.get(f"{url}{query}").text))
    assert told.status_code == 303, told.text
    return str(told.headers["location"])


def test_what_leaves_is_shown_asked_for_approved_published_and_taken_back(world: Console) -> None:
    ann, abe = world.visitor(Role.ANALYST), world.visitor(Role.APPROVER)
    url = f"/sharing/export/{case_of(world, MAIN)}"
    page = ann.get(f"{url}?tlp=amber&days=30").text
    assert NETWORK in page
    assert ADDRESS not in page
    assert RARE_AGENT not in page
    assert "bad-00001" not in page
    assert "fewer than 5 accounts have it" in page
    kinds = log_of(world)
    place = asked(world, ann, "?tlp=amber&days=30")
    assert log_of(world) == [*kinds, "export-asked"]
    assert not (world.office.folder / "share" / "exported").exists()
    refused = ann.post(f"{place}/approve")
    assert refused.status_code == 403
    told = abe.post(f"{place}/approve")
    assert told.status_code == 303
    sent = told.headers["location"]
    (file,) = (world.office.folder / "share" / "exported").iterdir()
    bundle = json.loads(file.read_text())
    assert NETWORK in file.read_text()
    assert not re.search(rf"{ADDRESS}|bad-0000|{re.escape(RARE_AGENT)}", file.read_text())
    assert {one["name"] for one in bundle["objects"] if one["type"] == "identity"} >= {"We"}
    assert abe.post(f"{place}/approve").status_code == 409
    taken = ann.post(f"{sent}/file")
    assert taken.content == file.read_bytes()
    assert "attachment" in taken.headers["content-disposition"]
    assert abe.post(f"{sent}/publish", {"collection": "open"}).status_code == 403
    assert abe.post(f"{sent}/publish", {"collection": "campaigns"}).status_code == 303
    assert "(own server) Campaigns" in ann.get("/sharing").text
    assert abe.post(f"{sent}/revoke", {"why": " "}).status_code == 422
    back = abe.post(f"{sent}/revoke", {"why": "a customer"})
    assert back.status_code == 303
    assert abe.post(f"{sent}/revoke", {"why": "again"}).status_code == 409
    gone = json.loads(abe.post(f"{back.headers['location']}/file").content)
    mine = [one for one in gone["objects"] if one["type"] == "indicator"]
    assert mine
    assert all(one["revoked"] for one in mine)
    assert abe.post(f"{back.headers['location']}/publish", {"collection": "campaigns"}).is_redirect
    assert log_of(world)[len(kinds) :] == [
        "export-asked", "exported", "downloaded", "pushing", "pushed", "revoked", "downloaded",
        "pushing", "pushed",
    ]  # fmt: skip


def test_what_was_not_looked_at_does_not_leave(world: Console) -> None:
    ann, abe = world.visitor(Role.ANALYST), world.visitor(Role.APPROVER)
    url = f"/sharing/export/{case_of(world, MAIN)}"
    fields = seen(ann.get(f"{url}?tlp=red").text)
    assert ann.post(url, {**fields, "tlp": "clear"}).status_code == 409
    assert ann.post(url, {**fields, "seen": "0" * 64}).status_code == 409
    assert ann.post(url, {**fields, "campaign": OTHER}).status_code == 404
    place = asked(world, ann, "?tlp=red")
    assert ann.post(url, fields).status_code == 409
    scan = world.office.folder / "scans" / SCAN / "ties.parquet"
    before = scan.read_bytes()
    try:
        other = pl.col("value").replace({NETWORK: "64501"})
        pl.read_parquet(scan).with_columns(other).write_parquet(scan)
        assert "not what was asked for" in abe.get(place).text
        assert abe.post(f"{place}/approve").status_code == 409
    finally:
        scan.write_bytes(before)
    assert abe.post(f"{place}/decline", {"why": ""}).status_code == 422
    assert abe.post(f"{place}/decline", {"why": "not now"}).status_code == 303
    assert abe.post(f"{place}/approve").status_code == 409
    assert "not now" in ann.get("/sharing").text


def test_one_person_approves_where_the_settings_say_so(world: Console) -> None:
    abe = world.visitor(Role.APPROVER)
    place = asked(world, abe, "?tlp=amber%2Bstrict")
    assert abe.post(f"{place}/approve").status_code == 403
    office = world.office
    before = office.settings
    office.settings = replace(before, share=replace(before.share, four_eyes=False))
    try:
        assert world.visitor(Role.APPROVER).post(f"{place}/approve").status_code == 303
    finally:
        office.settings = before


def test_only_suspected_leaves_only_when_ticked(world: Console) -> None:
    ann = world.visitor(Role.ANALYST)
    url = f"/sharing/export/{case_of(world, OTHER)}"
    page = ann.get(url).text
    assert "only suspected" in page
    assert "last-step" not in page
    assert "last-step" in ann.get(f"{url}?suspected=1").text


def test_a_list_of_a_peer_is_decided_on_with_a_reason(world: Console) -> None:
    ann = world.visitor(Role.ANALYST)
    (place,) = set(
        re.findall(r'"(/sharing/inbox/cluster--[0-9a-f-]+)"', ann.get("/sharing/inbox").text)
    )
    page = ann.get(place).text
    assert "Peer Labs" in page
    assert NETWORK in page
    intel = world.office.folder / "intel"
    decision = {"decision": "accept", "why": "agreed"}
    assert ann.post(f"{place}/decision", {**decision, "why": ""}).status_code == 422
    assert ann.post(f"{place}/decision", {**decision, "decision": "burn"}).status_code == 422
    assert accepted_indicators(intel).is_empty()
    assert ann.post(f"{place}/decision", decision).status_code == 303
    assert set(accepted_indicators(intel)["value"]) == {NETWORK}
    assert "Nothing waits" in ann.get("/sharing/inbox").text
    assert "agreed" in ann.get(place).text
    assert ann.post(f"{place}/decision", {"decision": "reject", "why": "wrong"}).status_code == 303
    assert accepted_indicators(intel).is_empty()
    kinds = [one.kind for one in AuditFile(
        intel / "audit.jsonl", world.office.casebook.signing.public.verifies
    ).entries()]  # fmt: skip
    assert kinds == ["imported", "accepted", "rejected"]


def test_forged_names_and_lesser_roles_get_nothing(world: Console) -> None:
    vic, ann = world.visitor(Role.VIEWER), world.visitor(Role.ANALYST)
    case = case_of(world, MAIN)
    for url in (f"/sharing/export/{case}", "/sharing/requests/x", "/sharing/inbox/x"):
        assert vic.get(url).status_code == 403, url
    assert vic.get("/sharing").status_code == 200
    assert "secret_sha256" not in vic.get("/sharing/partners?tokens.as=json").text
    assert "lab-two" in vic.get("/sharing/partners").text
    forged = ("export--11111111-1111-4111-8111-111111111111", "..%2f..%2fetc%2fpasswd", "0" * 64)
    for name in forged:
        assert ann.get(f"/sharing/requests/{name}").status_code == 404
        assert ann.get(f"/sharing/sent/{name}").status_code == 404
        assert ann.get(f"/sharing/inbox/{name}").status_code == 404
        assert ann.get(f"/sharing/export/{name}").status_code == 404
        assert ann.post(f"/sharing/sent/{name}/file").status_code == 404
        for what in ("publish", "revoke"):
            assert ann.post(f"/sharing/sent/{name}/{what}").status_code in (403, 404)
    url = f"/sharing/export/{case}"
    for query in ("tlp=purple", "days=0", "days=9999", "days=x", "response=x"):
        assert ann.get(f"{url}?{query}").status_code == 422, query
    assert ann.get(f"{url}?campaign=../../etc").status_code == 404


def test_a_bundle_that_was_changed_is_handed_to_nobody(world: Console, tmp_path: Path) -> None:
    ann, abe = world.visitor(Role.ANALYST), world.visitor(Role.APPROVER)
    place = asked(world, ann, "?tlp=green")
    sent = abe.post(f"{place}/approve").headers["location"]
    digest = sent.rpartition("/")[2]
    file = world.office.folder / "share" / "exported" / f"{digest}.json"
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b"AS", b"XX", 1) + b" ")
    for what, form in (("file", {}), ("publish", {"collection": "open"}), ("revoke", {"why": "x"})):
        assert abe.post(f"{sent}/{what}", form).status_code == 409, what
    file.write_bytes(whole)
    assert abe.post(f"{sent}/publish", {"collection": "open"}).status_code == 303


def test_without_a_folder_the_pages_say_what_to_set(console: Console) -> None:
    vic = console.visitor(Role.ANALYST)
    for url in ("/sharing", "/sharing/partners"):
        assert "[share]" in vic.get(url).text
    assert "revenuer share import" in vic.get("/sharing/inbox").text
    assert vic.get("/sharing/sent/x").status_code == 404
    assert not (console.office.folder / "share").exists()

"""Pushing from the outbox to another operator's real TAXII server, by two people."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

# pytest's importlib mode does not put a test's folder on the path.
sys.path.insert(0, str(Path(__file__).parents[1] / "api"))

from served import Running, running
from test_sharing_pages import asked, log_of, world
from visitors import Console, Visitor

from revenuer.casework.roles import Role
from revenuer.settings import PeerSettings
from revenuer.sharing.tlp import Tlp
from revenuer.store.audit_file import AuditFile

__all__ = ["world"]


@pytest.fixture(scope="module")
def lab_two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Another operator's server, which lets us add to one collection and read another."""
    with running(tmp_path_factory.mktemp("lab-two")) as one:
        one.tokens["we"] = one.token("we")
        for title, readers, writers in (
            ("From peers", ("we",), ("we",)), ("Theirs", ("we",), ("lab",)),
        ):  # fmt: skip
            one.collections[title] = one.collection(
                title, readers=readers, writers=writers, up_to=Tlp.AMBER
            )
        yield one


def two(world: Console, *peers: PeerSettings) -> tuple[Visitor, Visitor]:
    """An analyst and an approver of a console whose settings name peers."""
    here = world.office.settings
    world.office.settings = replace(here, share=replace(here.share, peers=peers))
    return world.visitor(Role.ANALYST), world.visitor(Role.APPROVER)


def peer(world: Console, server: Running, name: str = "lab-two", **more: Any) -> PeerSettings:
    token = world.office.folder / f"{name}.token"
    token.write_text(server.tokens["we"])
    token.chmod(0o600)
    given = {"collection": "From peers", "token_file": str(token), "url": server.url, **more}
    return PeerSettings(name, **given)


@pytest.fixture(scope="module")
def sent(world: Console) -> str:
    """The page of a bundle that left."""
    place = asked(world, world.visitor(Role.ANALYST), "?tlp=amber&days=30")
    told = world.visitor(Role.APPROVER).post(f"{place}/approve")
    return str(told.headers["location"])


def there(server: Running) -> set[str]:
    """Ids of what their collection has."""
    with server.client("we", headers={"accept": "application/taxii+json;version=2.1"}) as client:
        told = client.get(server.objects("From peers"))
    return {one["id"] for one in told.json().get("objects", ())}


def last_of(world: Console, kind: str) -> dict[str, Any]:
    path = world.office.folder / "share" / "audit.jsonl"
    entries = AuditFile(path, world.office.casebook.signing.public.verifies).entries()
    return dict([one for one in entries if one.kind == kind][-1].body)


def test_what_one_asks_for_another_sends_and_their_server_has_it(
    world: Console, lab_two: Running, sent: str
) -> None:
    ann, _ = two(world)
    assert "[[share.peers]]" in ann.get(f"{sent}/push").text
    ann, abe = two(world, peer(world, lab_two))
    assert f'{sent}/push"' in ann.get(sent).text
    kinds = log_of(world)
    page = ann.get(f"{sent}/push").text
    assert lab_two.url in page
    assert "indicator" in page
    assert log_of(world) == kinds
    told = ann.post(f"{sent}/push", {"peer": "lab-two"})
    assert told.status_code == 303, told.text
    push = told.headers["location"]
    assert ann.post(f"{sent}/push", {"peer": "lab-two"}).status_code == 409
    assert there(lab_two) == set()
    assert push in abe.get("/sharing").text
    assert f'{push}/approve"' not in ann.get(push).text
    assert ann.post(f"{push}/approve").status_code == 403
    assert f'{push}/approve"' in abe.get(push).text
    told = abe.post(f"{push}/approve")
    assert told.headers["location"] == push
    page = abe.get(push).text
    assert "objects are there" in page
    digest = sent.rpartition("/")[2]
    file = world.office.folder / "share" / "exported" / f"{digest}.json"
    ids = {one["id"] for one in json.loads(file.read_text())["objects"]}
    assert there(lab_two) == ids
    assert log_of(world)[len(kinds) :] == ["push-asked", "pushing", "pushed"]
    said = last_of(world, "pushed")
    assert (said["by"], said["asked_by"], said["peer"], said["sha256"]) == (
        "abe", "ann", "lab-two", digest,
    )  # fmt: skip
    assert said["taken"] == len(ids)
    assert "From peers" in ann.get("/sharing").text
    assert push not in ann.get("/sharing").text
    for step in ("approve", "decline"):
        assert abe.post(f"{push}/{step}", {"why": "again"}).status_code == 409
    assert world.visitor(Role.VIEWER).get(push).status_code == 403


def test_nobody_sends_alone_what_they_asked_for(
    world: Console, lab_two: Running, sent: str
) -> None:
    ann, abe = two(world, peer(world, lab_two, "alone"))
    push = abe.post(f"{sent}/push", {"peer": "alone"}).headers["location"]
    assert abe.post(f"{push}/approve").status_code == 403
    assert abe.post(f"{push}/decline", {"why": " "}).status_code == 422
    assert ann.post(f"{push}/decline", {"why": "not mine"}).status_code == 403
    assert abe.post(f"{push}/decline", {"why": "thought again"}).status_code == 303
    assert "thought again" in ann.get(push).text
    assert world.visitor().post(f"{push}/approve").status_code == 409


def test_what_their_server_refuses_or_is_not_there_for_is_told_and_can_be_sent_again(
    world: Console, lab_two: Running, sent: str
) -> None:
    ann, abe = two(
        world,
        peer(world, lab_two, "closed", collection="Theirs"),
        peer(world, lab_two, "gone", url="http://127.0.0.1:1/taxii2/"),
    )
    closed = ann.post(f"{sent}/push", {"peer": "closed"}).headers["location"]
    before = log_of(world)
    told = abe.post(f"{closed}/approve")
    assert told.status_code == 403
    assert "Nothing may be added" in told.text
    gone = ann.post(f"{sent}/push", {"peer": "gone"}).headers["location"]
    assert abe.post(f"{gone}/approve").status_code == 303
    page = abe.get(gone).text
    assert "It was not sent, or not wholly." in page
    assert f'{gone}/approve"' in page
    assert log_of(world) == [*before, "push-asked"]
    token = world.office.folder / "gone.token"
    token.chmod(0o644)
    told = abe.post(f"{gone}/approve")
    assert told.status_code == 422
    assert "can be read by others" in told.text


def test_what_is_not_for_a_peer_does_not_go_there(
    world: Console, lab_two: Running, sent: str
) -> None:
    peers = peer(world, lab_two, "public", up_to="green"), peer(world, lab_two, "moved")
    ann, abe = two(world, *peers)
    assert "nothing above TLP:GREEN goes to public" in ann.get(f"{sent}/push?peer=public").text
    assert ann.post(f"{sent}/push", {"peer": "public"}).status_code == 403
    assert ann.post(f"{sent}/push", {"peer": "nobody"}).status_code == 404
    push = ann.post(f"{sent}/push", {"peer": "moved"}).headers["location"]
    _, abe = two(world, peer(world, lab_two, "moved", collection="Theirs"))
    assert "another server or collection" in abe.get(push).text
    assert abe.post(f"{push}/approve").status_code == 409
    _, abe = two(world)
    assert abe.post(f"{push}/approve").status_code == 404
    assert "has no peer" in abe.get(push).text
    assert abe.get("/sharing/pushes/push--nothing").status_code == 404
    assert abe.get(f"/sharing/sent/{'0' * 64}/push").status_code == 404


def test_what_was_taken_back_is_pushed_by_the_bundle_that_says_so(
    world: Console, lab_two: Running, sent: str
) -> None:
    ann, abe = two(world, peer(world, lab_two, "last"))
    waits = ann.post(f"{sent}/push", {"peer": "last"}).headers["location"]
    back = abe.post(f"{sent}/revoke", {"why": "a customer"}).headers["location"]
    assert abe.post(f"{waits}/approve").status_code == 403
    assert "It was taken back" in abe.get(waits).text
    push = ann.post(f"{back}/push", {"peer": "last"}).headers["location"]
    assert abe.post(f"{push}/approve").status_code == 303
    with lab_two.client("we", headers={"accept": "application/taxii+json;version=2.1"}) as client:
        objects = client.get(lab_two.objects("From peers")).json()["objects"]
    mine = [one for one in objects if one["type"] == "indicator"]
    assert mine
    assert all(one["revoked"] for one in mine)

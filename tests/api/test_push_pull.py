"""Our client pushes to our server and pulls from it, as a person does by the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from served import Running, indicator

from revenuer.app.audit import read
from revenuer.cli.entry import run
from revenuer.sharing.tlp import Tlp


def bundle(path: Path, *objects: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"type": "bundle", "id": "bundle--1", "objects": objects}))
    return path


class Operator:
    """Somebody with a folder and a token, who types commands."""

    def __init__(self, folder: Path, server: Running, partner: str) -> None:
        folder.mkdir()
        self.folder, self.server = folder, server
        self.token = folder / "token"
        self.token.write_text(server.tokens[partner])
        self.token.chmod(0o600)
        self.own = ["--state", str(folder / "state"), "--keys", str(folder / "keys")]

    def push(self, file: Path, collection: str, *more: str) -> int:
        to = ["--to", self.server.url, "--collection", collection]
        return run(
            ["share", "push", str(file), *to, "--token-file", str(self.token), *self.own, *more]
        )

    def pull(self, collection: str, *more: str) -> list[dict[str, Any]]:
        before = set((self.folder / "in").glob("pulled-*.json"))
        told = ["--collection", collection, "--out", str(self.folder / "in")]
        token = ["--token-file", str(self.token)]
        assert run(["share", "pull", self.server.url, *told, *token, *self.own, *more]) == 0
        new = sorted(set((self.folder / "in").glob("pulled-*.json")) - before)
        return [one for file in new for one in json.loads(file.read_text())["objects"]]

    def audit(self) -> list[Any]:
        log = self.folder / "state" / "audit.jsonl"
        return read(log, public_key=log.with_name("audit.jsonl.pub"))


@pytest.fixture
def ours(tmp_path: Path, server: Running) -> Operator:
    return Operator(tmp_path / "ada", server, "ada")


@pytest.fixture
def theirs(tmp_path: Path, server: Running) -> Operator:
    return Operator(tmp_path / "bob", server, "bob")


def test_what_one_pushes_the_other_pulls_once(
    server: Running, ours: Operator, theirs: Operator, tmp_path: Path
) -> None:
    id_ = server.collection("both", readers=("bob",), writers=("ada",))
    many = [indicator(n) for n in range(23)]
    assert ours.push(bundle(tmp_path / "one.json", *many), id_) == 0
    assert theirs.pull(id_, "--page", "10") == many
    assert theirs.pull(id_) == []
    changed = indicator(5, version=1, revoked=True)
    assert ours.push(bundle(tmp_path / "two.json", changed, indicator(30)), "both") == 0
    assert theirs.pull("both") == [changed, indicator(30)]


def test_each_side_writes_down_what_left_and_what_came(
    server: Running, ours: Operator, theirs: Operator, tmp_path: Path
) -> None:
    id_ = server.collection("logged", readers=("bob",), writers=("ada",))
    ours.push(bundle(tmp_path / "one.json", indicator(1), indicator(2)), id_)
    theirs.pull(id_)
    assert [entry.kind for entry in ours.audit()] == ["pushing", "pushed"]
    assert ours.audit()[1].body["taken"] == 2
    assert [entry.kind for entry in theirs.audit()] == ["pulled"]
    log = server.state.folder / "audit.jsonl"
    told = read(log, public_key=log.with_name("audit.jsonl.pub"))
    about = [entry for entry in told if entry.body.get("collection") == id_]
    assert [(entry.kind, entry.body.get("partner")) for entry in about] == [
        ("collection-added", None),
        ("taxii-added", "ada"),
        ("taxii-read", "bob"),
    ]
    assert about[2].body["objects"] == 2


def test_a_push_that_is_run_again_adds_nothing(
    server: Running, ours: Operator, theirs: Operator, tmp_path: Path
) -> None:
    id_ = server.collection("again", readers=("bob",), writers=("ada",))
    file = bundle(tmp_path / "one.json", indicator(1), indicator(2))
    assert ours.push(file, id_) == 0
    assert ours.push(file, id_) == 0
    assert len(theirs.pull(id_)) == 2


def test_what_the_server_refuses_is_told(
    server: Running, ours: Operator, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    id_ = server.collection("refused", writers=("ada",))
    wrong = indicator(2, modified="yesterday")
    assert ours.push(bundle(tmp_path / "one.json", indicator(1), wrong), id_) == 1
    told = capsys.readouterr()
    assert "1 of 2 objects are there" in told.out
    assert wrong["id"] in told.err


@pytest.mark.parametrize(("up_to", "code"), [("amber+strict", 1), ("red", 0)])
def test_what_is_for_named_receivers_leaves_only_when_that_is_said(
    server: Running, ours: Operator, tmp_path: Path, up_to: str, code: int
) -> None:
    id_ = server.collection(f"red {up_to}", writers=("ada",), up_to=Tlp.RED)
    red = indicator(1, object_marking_refs=[Tlp.RED.marking_id])
    assert ours.push(bundle(tmp_path / "one.json", red), id_, "--up-to", up_to) == code
    # Nothing was about to leave: there is no entry that says so.
    assert (ours.folder / "state" / "audit.jsonl").exists() == (code == 0)


def test_a_pull_that_broke_off_goes_on_where_it_was(
    server: Running, ours: Operator, theirs: Operator, tmp_path: Path
) -> None:
    id_ = server.collection("broken off", readers=("bob",), writers=("ada",))
    ours.push(bundle(tmp_path / "one.json", *(indicator(n) for n in range(9))), id_)
    theirs.pull(id_, "--page", "4")
    place = theirs.folder / "in" / "place.json"
    # As if it had been killed after its first page.
    url = f"{server.root}collections/{id_}/"
    with server.client("bob") as client:
        told = client.get(f"{url}objects/", params={"limit": 4})
    until = told.headers["x-taxii-date-added-last"]
    half = {"added_after": "", "next": told.json()["next"], "until": until}
    place.write_text(json.dumps({url: half}))
    # What was added at the same time as the last one comes again.
    assert theirs.pull(id_) == [indicator(n) for n in range(3, 9)]
    assert theirs.pull(id_) == []


@pytest.mark.parametrize(
    ("collection", "words"),
    [("nobody has this", "has no collection"), ("unreadable", "may not be read")],
)
def test_what_cannot_be_pulled_is_said(
    server: Running,
    theirs: Operator,
    collection: str,
    words: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if collection == "unreadable":
        server.collection("unreadable", writers=("bob",))
    command = [
        "share",
        "pull",
        server.url,
        "--collection",
        collection,
        "--out",
        str(theirs.folder / "in"),
    ]
    assert run([*command, "--token-file", str(theirs.token), *theirs.own]) == 1
    assert words in capsys.readouterr().err


def test_a_token_that_others_can_read_is_not_used(
    server: Running, theirs: Operator, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs.token.chmod(0o644)
    command = ["share", "pull", server.url, "--collection", "x", "--out", str(theirs.folder / "in")]
    assert run([*command, "--token-file", str(theirs.token), *theirs.own]) == 1
    assert "can be read by others" in capsys.readouterr().err

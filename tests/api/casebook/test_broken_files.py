"""Files that the server reads and that are not as they should be: a problem, never a failure."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from httpx import Response
from office import MAIN, SCAN, Office

from revenuer.app.casebook.permit_check import USED
from revenuer.casework.roles import Role

AT = "/v1/snapshots/guard"
WISH = {"scan": SCAN, "campaign": MAIN, "action": "tag", "hours": 9, "why": "They are one."}
SHAPES = (b"", b"\xff\xfe\x00\x80", b"no json", b"null", b"[]", b"{}", b"[null]", b"[[[]]]", b"7")
VALUES = (None, "x", -1, 1e300, [], {}, True, ["x"], 10**30, "é" * 300)
SEED = 20261123
REACTIONS = b"""[{"decision": "d", "kind": "failover", "first_seen": "2026-06-09", "members": ["m"],
"at": "2026-06-09", "statement": "Two rose.", "numbers": {"rose": 2}}]"""
FOLDER = None
"""In the place of what a file says: it is a folder."""


def broken(path: Path, values: int) -> Iterator[bytes | None]:
    """What may stand in a file by mistake: nothing, other things, half of it, one value changed."""
    data = path.read_bytes()
    yield from (*SHAPES, data[: len(data) // 2], FOLDER)
    if path.suffix not in {".json", ".checkpoint"}:
        return
    draw = random.Random(SEED)
    places = list(_places(json.loads(data)))
    for _ in range(values):
        document = json.loads(data)
        *way, last = draw.choice(places)
        at = document
        for key in way:
            at = at[key]
        at[last] = draw.choice(VALUES)
        yield json.dumps(document).encode()


def _places(value: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if way:
        yield way
    parts = value.items() if isinstance(value, dict) else ()
    parts = list(enumerate(value))[:2] if isinstance(value, list) else parts
    for key, part in parts:
        yield from _places(part, (*way, key))


def put(path: Path, data: bytes | None) -> None:
    if data is FOLDER:
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes(data)


def put_back(path: Path, data: bytes) -> None:
    if path.is_dir():
        path.rmdir()
    path.write_bytes(data)


def told(answer: Response, what: object) -> int:
    """The status of an answer, which is none of a failure and says what to do."""
    assert answer.status_code != 500, (what, answer.text)
    if answer.status_code in {422, 503}:
        assert answer.json()["detail"], (what, answer.text)
        assert "/" not in answer.json()["title"], "it names files of the server"
    return answer.status_code


@pytest.mark.parametrize("name", ["campaigns.json", "details/exhibits.json", "signs.json",
                                  "accounts.parquet", "permit_use.parquet"])  # fmt: skip
def test_a_scan_that_is_not_one_is_said_to_be_so(small_office: Office, name: str) -> None:
    path = small_office.folder / "scans" / SCAN / name
    if name == "signs.json":
        small = '{"schema": "revenuer/signs/1", "at": "2026-06-10T00:00:00Z", "signs": []}'
        path.write_text(small)
    if name == "permit_use.parquet":
        pl.DataFrame(schema=USED).write_parquet(path)
    whole, seen = path.read_bytes(), set()
    with small_office.client(Role.ANALYST, raise_server_exceptions=False) as ann:
        one = {"application_id": "a-1", "account_id": "bad-00001"}
        assert ann.post("/v1/assessments", json={"applications": [one]}).status_code == 200
        for data in broken(path, 12):
            put(path, data)
            for url, said in (
                ("/v1/scans", {"scan": SCAN}),
                ("/v1/rechecks", {"scans": [SCAN]}),
                (f"{AT}/previews", WISH),
                (f"{AT}/plans", WISH | {"digest": "0" * 64}),
            ):
                seen.add(told(ann.post(url, json=said), (name, data, url)))
            put_back(path, whole)
        assert 422 in seen
        assert seen <= {200, 403, 404, 422}
        assert ann.post("/v1/scans", json={"scan": SCAN}).status_code in {200, 422}


@pytest.fixture
def decided(small_office: Office) -> tuple[Office, str]:
    """A decision in force, its plan and its rolls."""
    small_office.cases()
    with small_office.client(Role.ANALYST) as ann:
        plan = ann.post(f"{AT}/previews", json=WISH).json()["digest"]
        made = ann.post(f"{AT}/plans", json=WISH | {"digest": plan})
        return small_office, made.json()["decision"]


def asks(office: Office, decision: str) -> Callable[[], list[Response]]:
    """What reads a docket, by everybody who may."""
    ann, abe, ada = (office.client(role, raise_server_exceptions=False)
                     for role in (Role.ANALYST, Role.APPROVER, Role.ADMIN))  # fmt: skip
    case = ann.get("/v1/cases").json()["items"][0]["id"]
    span = "since=2020-01-01&until=2030-01-01"

    def ask() -> list[Response]:
        urls = (f"{AT}/decisions", f"{AT}/plans", f"/v1/cases/{case}", "/v1/queue",
                f"/v1/cases/{case}/timeline", f"/v1/transparency?{span}")  # fmt: skip
        appeal = {"target": decision, "accounts": ["bad-00001"], "text": "Not us."}
        return [
            *map(ann.get, urls),
            ann.post(f"{AT}/previews", json=WISH),
            ann.post("/v1/appeals", json=appeal),
            ada.get("/v1/audit/verification"),
            ada.post("/v1/subject-access", json={"account": "bad-00001"}),
            abe.post(f"{AT}/decisions/no/undoing", json={"why": "x"}),
        ]

    return ask


@pytest.mark.parametrize(
    "name",
    ["verdicts", "audit.jsonl", "audit.jsonl.checkpoint", "standing.json", "policy.toml",
     "reactions.json", "scan.rvn", "plans/*", "rolls/*"],
)  # fmt: skip
def test_a_docket_that_cannot_be_read_stops_only_what_needs_it(
    decided: tuple[Office, str], name: str
) -> None:
    office, decision = decided
    snapshot = office.folder / "guard.rvn"
    docket = snapshot.with_name("guard.rvn.docket")
    (docket / "reactions.json").write_bytes(REACTIONS)
    (path,) = [snapshot] if name == "verdicts" else docket.glob(name)
    ask, whole, seen = asks(office, decision), path.read_bytes(), set()
    for data in broken(path, 4):
        put(path, data)
        for answer in ask():
            seen.add(told(answer, (name, data, answer.request.url.path)))
        put_back(path, whole)
    assert seen <= {200, 201, 403, 404, 409, 422, 503}

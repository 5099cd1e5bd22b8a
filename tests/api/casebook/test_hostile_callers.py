"""What no honest client sends, and what may come out of no answer."""

from __future__ import annotations

import gzip
import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from office import FOUNDER, SCAN, Office, caller, opened_office, served

from revenuer.app.casebook.audit import read_audit
from revenuer.app.casebook.people import list_people
from revenuer.casework.roles import Role

NEW = {"name": "nia", "role": "viewer"}
JSON = {"content-type": "application/json"}
PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder: Path = tmp_path_factory.mktemp("hostile")
    with opened_office(f"sqlite:///{folder}/casebook.sqlite", folder) as one:
        yield one


@pytest.fixture(scope="module")
def url(office: Office) -> Iterator[str]:
    with served(office) as one:
        yield one


@pytest.fixture(scope="module")
def ada(office: Office, url: str) -> Iterator[httpx.Client]:
    with caller(url, office.tokens["ada"]) as one:
        yield one


def problem(told: httpx.Response, status: int) -> str:
    """All of a problem that is whole and says nothing of our insides."""
    assert (told.status_code, told.headers["content-type"]) == (status, PROBLEM), told.text
    text = told.text.lower()
    inside = ("traceback", "sqlite", "casebook.", ".py", "select ", "/tmp", "msgspec", "struct")
    assert not [word for word in inside if word in text], told.text
    assert told.json()["status"] == status
    return told.text


def people(office: Office) -> int:
    return len(list_people(office.casebook, actor=FOUNDER))


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", JSON, 400),
        (b"{", JSON, 400),
        (b"[]", JSON, 400),
        (b"null", JSON, 400),
        (b'{"name":"nia","role":"viewer","role":"admin"}', JSON, 400),
        (b'{"name":"nia","role":"viewer","admin":true}', JSON, 400),
        (b'{"name":"nia\\u0000","role":"viewer"}', JSON, 400),
        (b'{"name":"nia","role":"emperor"}', JSON, 400),
        (b'{"name":"' + b"a" * 5000 + b'","role":"viewer"}', JSON, 400),
        (b'{"name":"nia","role":"viewer"', JSON, 400),
        (b'\xff\xfe{"name":"nia","role":"viewer"}', JSON, 400),
        (b'{"name":"nia","role":NaN}', JSON, 400),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, JSON, 400),
        (b"[" * 1_000_000, JSON, 400),
        (b'{"name":' + b"9" * 100_000 + b"}", JSON, 400),
        (b" " * 5_000_000, JSON, 413),
        (json.dumps(NEW).encode(), {"content-type": "text/plain"}, 415),
        (json.dumps(NEW).encode(), {"content-type": "application/xml"}, 415),
        (json.dumps(NEW).encode(), {}, 415),
        (json.dumps(NEW).encode(), {**JSON, "content-encoding": "br"}, 415),
        (json.dumps(NEW).encode(), {**JSON, "content-encoding": "gzip"}, 400),
        (gzip.compress(b" " * 100_000_000, mtime=0), {**JSON, "content-encoding": "gzip"}, 413),
    ],
    ids=lambda one: str(one)[:40] if not isinstance(one, int) else str(one),
)
def test_a_body_that_cannot_be_taken_changes_nothing(
    office: Office, ada: httpx.Client, body: bytes, headers: dict[str, str], status: int
) -> None:
    before = people(office)
    problem(ada.post("/v1/people", content=body, headers=headers), status)
    assert people(office) == before


def test_each_wrong_place_is_named(ada: httpx.Client) -> None:
    told = ada.get("/v1/cases", params={"limit": "many", "sort": "fate"})
    wrong = json.loads(problem(told, 400))["errors"]
    assert [one["where"] for one in wrong] == ["query.limit", "query.sort"]
    told = ada.post("/v1/people", json={"name": "Nia Nobody", "role": "viewer"})
    (one,) = json.loads(problem(told, 400))["errors"]
    assert one["where"] == "body.name"


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=1&limit=2", "limit=1e9", "cursor=a%00", "page=2", "cursor=%27",
     "cursor=" + "A" * 600, "verdict=' OR 1=1", "assigned_to=../x", "limit=null", "limit="],
)  # fmt: skip
def test_a_query_that_cannot_be_taken_is_refused(ada: httpx.Client, query: str) -> None:
    problem(ada.get(f"/v1/cases?{query}"), 400)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/cases/..%2f..%2fetc%2fpasswd",
        "/v1/cases/%00",
        "/v1/cases/case--' OR 1=1",
        "/v1/cases/" + "a" * 6000,
        "/v1/cases/%ff%fe",
        "/v1/snapshots/..%2fguard/decisions",
        "/v1/snapshots/%2e%2e/decisions",
        "/v1/permits/%25",
        "/v1//cases",
        "/v1/cases/",
        "/V1/cases",
    ],
)
def test_tricks_with_paths_lead_nowhere(ada: httpx.Client, path: str) -> None:
    assert ada.get(path).status_code in {400, 404}


@pytest.mark.parametrize(
    "scan",
    ["..", "../keys", "/etc", f"{SCAN}/../../keys", ".", "", "night\\..", "out", "night\n",
     "%2e%2e", "~root", "night/..", "file:///etc"],
)  # fmt: skip
def test_no_folder_outside_of_the_configured_ones_is_read(
    office: Office, ada: httpx.Client, scan: str
) -> None:
    link = office.folder / "scans" / "out"
    with suppress(FileExistsError):
        link.symlink_to(office.folder / "keys")
    told = ada.post("/v1/scans", json={"scan": scan})
    assert told.status_code in {400, 404}
    assert str(office.folder) not in told.text


def raw(url: str, *pieces: bytes) -> bytes:
    """Send bytes, and all that comes back until the server closes or says nothing more."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=5) as link:
        came = b""
        with suppress(OSError):
            for piece in pieces:
                link.sendall(piece)
            while piece := link.recv(65_536):
                came += piece
                link.settimeout(0.5)
        return came


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: -1",),
        ("Transfer-Encoding: chunked, identity",),
        ("Transfer-Encoding : chunked", "Content-Length: 5"),
        ("X: a\x00b",),
    ],
)
def test_a_request_that_could_be_read_in_two_ways_ends_the_connection(
    office: Office, url: str, lines: tuple[str, ...]
) -> None:
    token = office.tokens["ada"]
    head = ["POST /v1/people HTTP/1.1", "Host: x", f"Authorization: Bearer {token}"]
    body = json.dumps(NEW).encode()
    kept = f"PATCH /v1/people/ann HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
    said = "\r\n".join([*head, "Content-Type: application/json", *lines, "", ""]).encode()
    came = raw(url, said + b"0\r\n\r\n" + body + kept.encode())
    assert came.count(b"HTTP/1.1") == 1, came
    assert came.startswith((b"HTTP/1.1 400", b"HTTP/1.1 501"))


def test_a_body_where_none_is_taken_is_refused(ada: httpx.Client) -> None:
    problem(ada.request("DELETE", "/v1/tokens/000000000000", content=b"x"), 400)


def test_a_host_or_a_forwarded_address_is_believed_nowhere(ada: httpx.Client) -> None:
    headers = {"host": "evil.example", "x-forwarded-for": "1.2.3.4", "x-forwarded-host": "evil"}
    told = ada.get("/v1/openapi.json", headers=headers)
    assert told.status_code == 200
    assert "evil" not in told.text


def test_wrong_tokens_make_an_address_wait(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/c.sqlite"
    with opened_office(url, tmp_path, wrong_tokens_per_minute=5) as office:
        client = office.client("rvn_000000000000_" + "A" * 43)
        codes = [client.get("/v1/whoami").status_code for _ in range(8)]
    assert codes == [401] * 5 + [429] * 3


def test_a_token_that_asks_too_often_waits_and_others_do_not(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/c.sqlite"
    with opened_office(url, tmp_path, requests_per_minute=5) as office:
        client = office.client(Role.VIEWER)
        told = [client.get("/v1/whoami") for _ in range(7)]
        assert [one.status_code for one in told] == [200] * 5 + [429] * 2
        assert 1 <= int(told[-1].headers["retry-after"]) <= 60
        other = {"authorization": f"Bearer {office.tokens['ann']}"}
        assert client.get("/v1/whoami", headers=other).status_code == 200
        strangers = [client.get("/v1/health", headers={"authorization": ""}) for _ in range(7)]
        assert [one.status_code for one in strangers] == [200] * 5 + [429] * 2


def test_a_token_takes_no_more_bytes_than_it_may(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/c.sqlite"
    with opened_office(url, tmp_path, mb_per_day=1) as office, office.client() as ada:
        big = {"text": "x" * 9000}
        codes = [ada.post("/v1/cases/case--0/notes", json=big).status_code for _ in range(3)]
        assert codes == [404] * 3
        padded = b" " * 1_000_000 + b"{}"
        ada.post("/v1/people", content=padded, headers=JSON)
        assert ada.get("/v1/whoami").status_code == 429


def test_no_answer_has_a_secret_or_a_raw_id_and_no_log_entry_either(
    office: Office, ada: httpx.Client
) -> None:
    assert ada.post("/v1/scans", json={"scan": SCAN}).status_code == 200
    case = ada.get("/v1/cases").json()["items"][0]["id"]
    ada.post(f"/v1/cases/{case}/notes", json={"text": "A private remark."})
    paths = ["/v1/cases", f"/v1/cases/{case}", "/v1/permits", "/v1/audit?limit=200",
             "/v1/tokens", "/v1/people", "/v1/snapshots/guard/decisions",
             "/v1/snapshots/guard/plans"]  # fmt: skip
    for path in paths:
        text = ada.get(path).text
        assert not [word for word in ("bad-0000", "odd-0000", str(office.folder)) if word in text]
        for token in office.tokens.values():
            assert token.split("_", 2)[2] not in text
    said = str([one.body for one in read_audit(office.casebook, actor=FOUNDER, limit=1000)])
    assert not [word for word in ("bad-0000", "odd-0000", "private remark") if word in said]

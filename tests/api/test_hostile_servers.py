"""Our client before servers that are broken, busy or hostile: an error in words, and no more."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from served import indicator

from revenuer.app.sharing.exchange import pull_collection, push_file
from revenuer.app.sharing.state import ShareState, open_state
from revenuer.errors import ConfigError, NotFoundError, PeerError, RevenuerError
from revenuer.sharing.http_client import HttpClient, Peer
from revenuer.sharing.taxii_client import collections

MEDIA = "application/taxii+json;version=2.1"
ID = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
COLLECTION = {"id": ID, "title": "theirs", "can_read": True, "can_write": True}
Answered = tuple[int, dict[str, str], bytes]


class Hostile:
    """A server that answers what a test says.

    Attributes:
        answers: By path without query: an answer, or several, of which the last is repeated.
        asked: Method, path with query, and headers of each request.
    """

    def __init__(self) -> None:
        self.answers: dict[str, list[Answered]] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.dribble_s = 0.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.asked.append((self.command, self.path, dict(self.headers.items())))
                self.rfile.read(int(self.headers.get("content-length", 0)))
                listed = outer.answers.get(self.path.split("?")[0], [(404, {}, b"{}")])
                status, headers, body = listed.pop(0) if len(listed) > 1 else listed[0]
                self.send_response(status)
                given = {"content-type": MEDIA, "content-length": str(len(body)), **headers}
                for name, value in given.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    if not outer.dribble_s:
                        self.wfile.write(body)
                    for at in range(len(body) if outer.dribble_s else 0):
                        self.wfile.write(body[at : at + 1])
                        time.sleep(outer.dribble_s)
                except OSError:
                    self.close_connection = True

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *told: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/taxii2/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def says(self, path: str, *values: Any, status: int = 200, **headers: str) -> None:
        """Answer with these values at a path, one after the other."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = [
            (status, named, one if isinstance(one, bytes) else json.dumps(one).encode())
            for one in values
        ]

    def whole(self) -> None:
        """Be a good server with one collection."""
        self.says("/taxii2/", {"title": "x", "api_roots": [f"{self.url}theirs/"]})
        self.says(
            "/taxii2/theirs/", {"title": "x", "versions": [MEDIA], "max_content_length": 10_000}
        )
        self.says("/taxii2/theirs/collections/", {"collections": [COLLECTION]})
        self.says(OBJECTS, {"more": False, "objects": [indicator(1)]})


OBJECTS = f"/taxii2/theirs/collections/{ID}/objects/"
STATUS = {
    "id": "1",
    "status": "complete",
    "total_count": 1,
    "success_count": 1,
    "failure_count": 0,
    "pending_count": 0,
}


@pytest.fixture
def server() -> Iterator[Hostile]:
    one = Hostile()
    one.whole()
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[ShareState]:
    state = open_state(tmp_path / "state", tmp_path / "keys")
    yield state
    state.database.close()


def quick(peer: Peer) -> HttpClient:
    return HttpClient(peer, sleep=lambda _: None, most_bytes=1_000_000, timeout_s=2.0)


@pytest.fixture
def pull(server: Hostile, ours: ShareState, tmp_path: Path) -> Callable[..., int]:
    def run(**more: Any) -> int:
        peer = Peer(server.url, "secret")
        return pull_collection(ours, peer, ID, tmp_path / "in", client=quick, **more).objects

    return run


@pytest.fixture
def push(server: Hostile, ours: ShareState, tmp_path: Path) -> Callable[..., Any]:
    def run(*objects: dict[str, Any]) -> Any:
        file = tmp_path / "bundle.json"
        file.write_text(json.dumps({"type": "bundle", "objects": objects or [indicator(1)]}))
        return push_file(ours, file, Peer(server.url, "secret"), ID, client=quick)

    return run


def test_a_good_server_is_understood(pull: Callable[..., int]) -> None:
    assert pull() == 1


DEEP = b'{"objects":' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@pytest.mark.parametrize(
    ("body", "headers", "words"),
    [
        (b"<html>", {}, "is not JSON"),
        (b"", {}, "does not answer as a TAXII server"),
        (b"[]", {}, "does not answer as a TAXII server"),
        (b"{}", {"content-type": "text/html"}, "does not answer as a TAXII server"),
        (DEEP, {}, "nested"),
        (b'{"objects":' + b"9" * 6000 + b"}", {}, "is not JSON"),
        (b"x" * 1_000_001, {}, "more than 1000000 bytes"),
        (
            gzip.compress(b" " * 50_000_000, mtime=0),
            {"content-encoding": "gzip"},
            "more than 1000000 bytes",
        ),
        (b"plain", {"content-encoding": "gzip"}, "is not gzip"),
        (gzip.compress(b"{}", mtime=0)[:-4], {"content-encoding": "gzip"}, "not one whole piece"),
        (b"{}", {"content-encoding": "br"}, "packed as 'br'"),
        (b'{"objects": {}}', {}, "no list of objects"),
        (b'{"objects": [7]}', {}, "no list of objects"),
        (b'{"objects": [], "more": "yes"}', {}, "another type"),
        (b'{"objects": [], "more": true, "next": {}}', {}, "another type"),
        (b'{"objects": [], "more": true, "next": "a b"}', {}, "cannot stand in a URL"),
        (b'{"objects": [], "more": true}', {}, "does not say where"),
        (b"{}", {"x-taxii-date-added-last": "soon"}, "is no time"),
    ],
    # gzip writes the time: made of the bodies, ids would differ between workers.
    ids=lambda one: one[:24] if isinstance(one, str) else "",
)
def test_what_cannot_be_used_is_said_and_nothing_is_written(
    server: Hostile,
    pull: Callable[..., int],
    tmp_path: Path,
    body: bytes,
    headers: dict[str, str],
    words: str,
) -> None:
    server.answers[OBJECTS] = [(200, headers, body)]
    with pytest.raises(PeerError, match=words):
        pull()
    assert list((tmp_path / "in").iterdir()) == []


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("/taxii2/", {"api_roots": "http://x/"}, "list of texts"),
        ("/taxii2/", {"api_roots": [7]}, "list of texts"),
        ("/taxii2/theirs/", {"versions": ["2.0"], "max_content_length": 1}, "no API root"),
        ("/taxii2/theirs/", {"versions": [MEDIA], "max_content_length": "big"}, "no whole number"),
        ("/taxii2/theirs/", {"versions": [MEDIA], "max_content_length": -1}, "no whole number"),
        ("/taxii2/theirs/collections/", {"collections": [1]}, "no list of collections"),
        ("/taxii2/theirs/collections/", {"collections": [{"id": 1}]}, "no id or no title"),
        (
            "/taxii2/theirs/collections/",
            {"collections": [{**COLLECTION, "can_read": 1}]},
            "who may use it",
        ),
    ],
)
def test_resources_of_the_wrong_type_are_said(
    server: Hostile, pull: Callable[..., int], path: str, value: Any, words: str
) -> None:
    server.says(path, value)
    with pytest.raises(PeerError, match=words):
        pull()


def test_the_token_goes_to_nobody_else(server: Hostile, pull: Callable[..., int]) -> None:
    other = Hostile()
    other.whole()
    server.says("/taxii2/", {"title": "x", "api_roots": [f"{other.url}theirs/"]})
    with pytest.raises(PeerError, match="another server"):
        pull()
    server.whole()
    server.says(OBJECTS, b"", status=307, location=other.url)
    with pytest.raises(PeerError, match="says 307"):
        pull()
    other.server.shutdown()
    other.server.server_close()
    assert other.asked == []


def test_an_id_cannot_lead_out_of_its_collection(server: Hostile) -> None:
    server.says("/taxii2/theirs/collections/", {"collections": [{**COLLECTION, "id": "../../up?"}]})
    with quick(Peer(server.url, "secret")) as client:
        (found,) = collections(client, server.url)
    assert found.url.endswith("/taxii2/theirs/collections/..%2F..%2Fup%3F/")


def test_words_of_a_server_do_nothing_to_a_terminal(
    server: Hostile, pull: Callable[..., int]
) -> None:
    title = "\x1b[2J\u202egone\x00" + "y" * 5000
    server.says(OBJECTS, {"title": title}, status=403)
    with pytest.raises(PeerError) as told:
        pull()
    assert told.value.message.isprintable()
    assert len(told.value.message) < 400


@pytest.mark.parametrize(
    "url",
    [
        "http://lab.example/taxii2/",
        "ftp://x/",
        "https://user:pw@x/",
        "https://",
        "x",
        "http://x:99999/",
    ],
)
def test_a_url_that_would_give_the_token_away_is_refused(url: str) -> None:
    with pytest.raises(ConfigError):
        HttpClient(Peer(url, "secret"))


# --- busy and slow ----------------------------------------------------------------


def test_a_busy_server_is_tried_again(server: Hostile, pull: Callable[..., int]) -> None:
    good = server.answers[OBJECTS][0]
    busy = [(status, {"retry-after": "7"}, b"{}") for status in (503, 429, 502)]
    server.answers[OBJECTS] = [*busy, good]
    assert pull() == 1


def test_waits_grow_heed_retry_after_and_have_an_end(server: Hostile) -> None:
    waits: list[float] = []
    after = ["", "30", "9999999", "Wed, 21 Oct 2099 07:28:00 GMT"]
    server.answers["/taxii2/"] = [(503, {"retry-after": one}, b"{}") for one in after]
    with (
        HttpClient(Peer(server.url), sleep=waits.append) as client,
        pytest.raises(PeerError, match="says 503"),
    ):
        collections(client, server.url)
    assert 0.25 <= waits[0] <= 0.5
    assert waits[1:] == [30.0, 60.0, 60.0]


def test_a_server_that_is_gone_is_said(ours: ShareState, tmp_path: Path) -> None:
    peer = Peer("http://127.0.0.1:9/", "secret")
    with pytest.raises(PeerError, match="cannot be reached"):
        pull_collection(ours, peer, ID, tmp_path / "in", client=quick)


def test_an_answer_that_never_ends_is_given_up(server: Hostile, pull: Callable[..., int]) -> None:
    server.dribble_s = 0.2
    start = time.monotonic()
    with pytest.raises(PeerError, match="did not answer in 2 s"):
        pull()
    assert time.monotonic() - start < 6


def test_pages_that_never_end_are_given_up(server: Hostile, pull: Callable[..., int]) -> None:
    server.says(OBJECTS, {"more": True, "next": "1", "objects": []})
    with pytest.raises(PeerError, match="again and again"):
        pull()


def test_a_place_that_the_server_forgot_begins_again(
    server: Hostile, pull: Callable[..., int]
) -> None:
    first = {"more": True, "next": "5", "objects": [indicator(1)]}
    last = {"more": False, "objects": [indicator(1), indicator(2)]}
    server.answers[OBJECTS] = [
        (200, {}, json.dumps(first).encode()),
        (400, {}, b'{"title": "no such next"}'),
        (200, {}, json.dumps(last).encode()),
    ]
    assert pull() == 3
    assert ["next=5" in path for _, path, _ in server.asked[-2:]] == [True, False]


def test_without_next_pages_are_walked_by_date(server: Hostile, pull: Callable[..., int]) -> None:
    pages = [
        ({"more": True, "objects": [indicator(1)]}, "2026-11-01T00:00:00Z"),
        ({"more": True, "objects": [indicator(2)]}, "2026-11-01T00:00:00.5Z"),
        ({"more": False, "objects": [indicator(3)]}, "2026-11-01T00:00:01.25Z"),
    ]
    server.answers[OBJECTS] = [
        (200, {"x-taxii-date-added-last": at}, json.dumps(page).encode()) for page, at in pages
    ]
    assert pull() == 3
    assert "added_after=2026-11-01T00%3A00%3A00.5Z" in server.asked[-1][1]


# --- pushing ----------------------------------------------------------------------


def test_a_pending_post_is_asked_for_until_it_is_complete(
    server: Hostile, push: Callable[..., Any]
) -> None:
    server.says(OBJECTS, {**STATUS, "status": "pending"}, status=202)
    server.says("/taxii2/theirs/status/1/", {**STATUS, "status": "pending"}, STATUS)
    assert push().taken == 1
    assert [path for _, path, _ in server.asked][-2:] == ["/taxii2/theirs/status/1/"] * 2


@pytest.mark.parametrize(
    "status",
    [
        {**STATUS, "status": "failed"},
        {**STATUS, "status": "pending", "id": 7},
        {**STATUS, "failures": 3},
        {**STATUS, "failure_count": "none"},
        {**STATUS, "failure_count": True},
        {"status": "complete"},
    ],
)
def test_a_status_that_is_none_is_said(
    server: Hostile, push: Callable[..., Any], status: Any
) -> None:
    server.says(OBJECTS, status, status=202)
    with pytest.raises(PeerError, match="cannot be used"):
        push()


def test_batches_fit_what_the_server_takes_and_are_halved_where_it_takes_less(
    server: Hostile, push: Callable[..., Any]
) -> None:
    many = [indicator(n) for n in range(60)]
    server.answers[OBJECTS] = [
        (413, {}, b'{"title": "too much"}'),
        (202, {}, json.dumps(STATUS).encode()),
    ]
    assert push(*many).taken == 60
    sizes = [int(told["Content-Length"]) for how, _, told in server.asked if how == "POST"]
    assert max(sizes) <= 10_000
    # The first was refused, and came again as two halves.
    assert sizes[1] + sizes[2] == pytest.approx(sizes[0], abs=20)


def test_objects_are_not_said_to_be_taken_that_the_server_says_failed(
    server: Hostile, push: Callable[..., Any]
) -> None:
    failure = {"id": indicator(2)["id"], "message": "\x1b]0;no"}
    told = {**STATUS, "failure_count": 1, "failures": [failure]}
    server.says(OBJECTS, told, status=202)
    done = push(indicator(1), indicator(2))
    assert (done.sent, done.taken) == (2, 1)
    assert done.refused == ((indicator(2)["id"], "]0;no"),)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"objects": 1}', '{"objects": []}', '{"objects": [1]}']
)
def test_a_file_that_is_no_bundle_is_said_before_anything_leaves(
    server: Hostile, ours: ShareState, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "bundle.json"
    file.write_text(text)
    with pytest.raises(ConfigError):
        push_file(ours, file, Peer(server.url), ID, client=quick)
    assert server.asked == []


def test_a_collection_that_is_not_there_or_not_for_us_is_said(
    server: Hostile, ours: ShareState, tmp_path: Path, push: Callable[..., Any]
) -> None:
    with pytest.raises(NotFoundError, match="no collection"):
        pull_collection(ours, Peer(server.url), "other", tmp_path / "in", client=quick)
    server.says(
        "/taxii2/theirs/collections/", {"collections": [{**COLLECTION, "can_write": False}]}
    )
    with pytest.raises(RevenuerError, match="Nothing may be added"):
        push()
    assert [how for how, _, _ in server.asked if how == "POST"] == []

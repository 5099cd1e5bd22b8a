"""What comes to hurt the server gets a clear error, and changes nothing."""

from __future__ import annotations

import gzip
import json
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from served import Running, envelope, indicator, running

from revenuer.api.connection import HEAD_S

Fresh = Callable[..., str]
MEDIA = "application/taxii+json;version=2.1"
PACKED = {"content-encoding": "gzip"}


def unchanged(client: httpx.Client, url: str) -> bool:
    return client.get(url).json() == {}


def error(told: httpx.Response, status: int) -> str:
    """The title of an error that is whole and says nothing of our insides."""
    assert (told.status_code, told.headers["content-type"]) == (status, MEDIA), told.text
    text = told.text.lower()
    assert not [
        word for word in ("traceback", "sqlite", "/state", ".py", "select ") if word in text
    ]
    return str(told.json()["title"])


def test_a_body_may_be_packed(ada: httpx.Client, fresh: Fresh) -> None:
    url = fresh()
    body = gzip.compress(envelope(indicator(1)))
    assert ada.post(url, content=body, headers=PACKED).json()["success_count"] == 1


def test_a_bomb_is_refused_when_it_swells(ada: httpx.Client, server: Running, fresh: Fresh) -> None:
    url = fresh()
    bomb = gzip.compress(b'{"objects":[' + b" " * 500_000_000 + b"]}", compresslevel=1)
    assert len(bomb) < 5_000_000
    before = peak_kib(server)
    assert "more than" in error(ada.post(url, content=bomb, headers=PACKED), 413)
    assert peak_kib(server) - before < 150_000
    assert unchanged(ada, url)


def peak_kib(server: Running) -> int:
    lines = Path(f"/proc/{server.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))


@pytest.mark.parametrize(
    ("body", "packing", "status"),
    [
        (gzip.compress(envelope(indicator(1)), mtime=0)[:-9], "gzip", 400),
        (gzip.compress(envelope(indicator(1)), mtime=0) + b"more", "gzip", 400),
        (envelope(indicator(1)), "gzip", 400),
        (envelope(indicator(1)), "br", 415),
        (gzip.compress(gzip.compress(envelope(indicator(1)), mtime=0), mtime=0), "gzip, gzip", 415),
        (envelope(indicator(1)), "deflate", 415),
    ],
    ids=["cut", "followed", "plain", "br", "twice", "deflate"],
)
def test_what_is_not_packed_as_it_says_is_refused(
    ada: httpx.Client, fresh: Fresh, body: bytes, packing: str, status: int
) -> None:
    url = fresh()
    error(ada.post(url, content=body, headers={"content-encoding": packing}), status)
    assert unchanged(ada, url)


@pytest.mark.parametrize("deep", [70, 1_000, 100_000, 3_000_000])
def test_deep_json_is_refused(ada: httpx.Client, fresh: Fresh, deep: int) -> None:
    url = fresh()
    for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
        count = min(deep, 9_000_000 // (len(opening) + 1))
        inner = opening * count + b"1" + closing * count
        body = b'{"objects":[{"id":"%s","x":%s}]}' % (indicator(1)["id"].encode(), inner)
        if len(body) < 10_000_000:
            assert "nested" in error(ada.post(url, content=body), 400)
    assert unchanged(ada, url)


def test_a_key_that_stands_twice_means_one_thing_to_everybody(
    ada: httpx.Client, fresh: Fresh
) -> None:
    url = fresh()
    text = json.dumps(indicator(1))
    body = b'{"objects":[' + text[:-1].encode() + b',"name":"Second"}]}'
    assert ada.post(url, content=body).json()["success_count"] == 1
    raw = ada.get(url).content
    assert raw.count(b'"name"') == 1
    assert ada.get(url).json()["objects"] == [indicator(1, name="Second")]


def test_too_many_objects_are_refused(ada: httpx.Client, fresh: Fresh) -> None:
    url = fresh()
    small = [{"id": f"x-a--00000000-0000-4000-8000-{n:012x}", "type": "x-a"} for n in range(10_001)]
    error(ada.post(url, content=envelope(*small)), 413)
    assert unchanged(ada, url)


@pytest.mark.parametrize(
    "path",
    [
        "../../../etc/passwd",
        "..%2f..%2f..%2fetc%2fpasswd",
        "sharing/..%2f..%2fstate",
        "sharing/collections/..%2f..%2fstatus/",
        "sharing/collections/%00/objects/",
        "sharing/collections/%27%20OR%201=1--/objects/",
        "sharing/collections/" + "a" * 5000 + "/",
        "sharing/status/..%2e/",
        "//evil.example/",
        "sharing/collections/%ff%fe/",
        "sharing/collections/\u202e/",
    ],
)
def test_tricks_with_paths_lead_nowhere(ada: httpx.Client, server: Running, path: str) -> None:
    told = ada.get(server.url + path)
    assert told.status_code == 404
    assert "root:" not in told.text


def test_ids_of_objects_are_not_patterns(ada: httpx.Client, fresh: Fresh) -> None:
    url = fresh()
    ada.post(url, content=envelope(indicator(1)))
    for name in ("%25", "indicator--%25", "_" * 47, "*"):
        assert ada.get(f"{url}{name}/").status_code == 404
        assert ada.delete(f"{url}{name}/").status_code == 404
    assert len(ada.get(url).json()["objects"]) == 1


def test_the_host_that_a_client_names_is_told_to_nobody_else(
    ada: httpx.Client, server: Running
) -> None:
    told = ada.get(server.url, headers={"host": "evil.example"})
    assert told.headers["cache-control"] == "no-store"
    assert "evil.example" not in ada.get(server.url).text


def test_headers_cannot_be_split(ada: httpx.Client, fresh: Fresh) -> None:
    told = ada.get(f"{fresh()}?limit=1%0d%0aset-cookie:x=1")
    assert told.status_code == 400
    assert "set-cookie" not in told.headers


# --- by hand: what no client would send -------------------------------------------


def raw(server: Running, *pieces: bytes, wait_s: float = 0.0) -> bytes:
    """Send bytes, and all that comes back until the server closes or says nothing more."""
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=5) as link:
        with suppress(OSError):
            for piece in pieces:
                link.sendall(piece)
                time.sleep(wait_s)
        came = b""
        try:
            while piece := link.recv(65_536):
                came += piece
                if b"\r\n\r\n" in came and b"connection: close" not in came.lower():
                    link.settimeout(0.3)
        except OSError:
            pass
        return came


def head(server: Running, method: str, path: str, *lines: str) -> bytes:
    token = server.tokens["ada"]
    said = [f"{method} {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {token}", *lines]
    return "\r\n".join([*said, "", ""]).encode()


@pytest.mark.parametrize(
    "lines",
    [
        ("Content-Length: 5", "Transfer-Encoding: chunked"),
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: -1",),
        ("Content-Length: 5, 6",),
        ("Transfer-Encoding: chunked, identity",),
    ],
)
def test_a_request_that_could_be_read_in_two_ways_ends_the_connection(
    server: Running, ada: httpx.Client, fresh: Fresh, lines: tuple[str, ...]
) -> None:
    url = fresh()
    path = urlsplit(url).path
    smuggled = head(server, "DELETE", f"{path}x/")
    kind = "Content-Type: application/taxii+json"
    came = raw(server, head(server, "POST", path, kind, *lines) + b"0\r\n\r\n" + smuggled)
    assert came.count(b"HTTP/1.1") == 1
    assert came.startswith((b"HTTP/1.1 400", b"HTTP/1.1 501"))
    assert unchanged(ada, url)


def test_a_head_without_end_is_refused(server: Running) -> None:
    pieces = [b"a" * 60_000 for _ in range(20)]
    begun = head(server, "GET", "/taxii2/", "X: ").removesuffix(b"\r\n\r\n")
    assert raw(server, begun, *pieces, wait_s=0.01).startswith(b"HTTP/1.1 400")


def test_a_body_that_breaks_off_changes_nothing(
    server: Running, ada: httpx.Client, fresh: Fresh
) -> None:
    url = fresh()
    body = envelope(indicator(1))
    kind = "Content-Type: application/taxii+json"
    length = f"Content-Length: {len(body) + 10}"
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port)) as link:
        link.sendall(head(server, "POST", parts.path, kind, length) + body)
    time.sleep(0.2)
    assert unchanged(ada, url)


@pytest.mark.slow
def test_slow_heads_and_slow_bodies_are_given_up(server: Running, fresh: Fresh) -> None:
    parts = urlsplit(fresh())
    kind = "Content-Type: application/taxii+json"
    begun = head(server, "POST", parts.path, kind, "Content-Length: 1000")
    with (
        socket.create_connection((parts.hostname, parts.port)) as silent,
        socket.create_connection((parts.hostname, parts.port)) as slow_head,
        socket.create_connection((parts.hostname, parts.port)) as slow_body,
    ):
        slow_body.sendall(begun)
        start = time.monotonic()
        ended: dict[str, float] = {}
        links = {"silent": silent, "head": slow_head, "body": slow_body}
        came = dict.fromkeys(links, b"")
        while len(ended) < 3 and time.monotonic() - start < 60:
            for name, link in links.items():
                if name in ended:
                    continue
                try:
                    if name != "silent":
                        link.sendall(b"{" if name == "body" else b"G")
                    link.settimeout(0.3)
                    piece = link.recv(4096)
                    came[name] += piece
                    if not piece:
                        ended[name] = time.monotonic() - start
                except TimeoutError:
                    continue
                except OSError:
                    ended[name] = time.monotonic() - start
    assert set(ended) == {"silent", "head", "body"}
    assert ended["silent"] < HEAD_S + 10
    assert ended["head"] < HEAD_S + 10
    assert came["body"].startswith(b"HTTP/1.1 408")


def test_a_server_full_of_silent_connections_says_so(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    few = {"REVENUER_SERVER__CONNECTIONS": "5"}
    with running(tmp_path_factory.mktemp("few"), environment=few) as server:
        parts = urlsplit(server.url)
        held = [socket.create_connection((parts.hostname, parts.port)) for _ in range(6)]
        time.sleep(0.2)
        assert httpx.get(server.url, trust_env=False).status_code == 503
        for link in held:
            link.close()
        time.sleep(0.2)
        assert httpx.get(server.url, trust_env=False).status_code == 401

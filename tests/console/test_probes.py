"""Probes of the usual kinds over every page and action get correct pages, and nothing else."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from browsers import Served
from furnished import opened
from furnished import places as every_place
from office import NAMES
from visitors import ORIGIN, Console, Visitor

from revenuer import console as package
from revenuer.app.signing_in import sessions
from revenuer.casework.roles import Role
from revenuer.console.page import Action, Page
from revenuer.console.pages import ALL

PAGES = [one for one in ALL if isinstance(one, Page)]
ACTIONS = [one for one in ALL if isinstance(one, Action)]
SOURCE = "\n".join(
    path.read_text("utf-8") for path in Path(package.__file__).parent.rglob("*.py")
) + "\n".join(path.read_text("utf-8") for path in Path(package.__file__).parent.rglob("*.html"))
ASKED = sorted(
    {"q", "sort", "page", "rows", "as", "next", "from", "to"}
    | set(re.findall(r'query\.(?:get|getlist)\(\s*"([\w.-]+)"', SOURCE))
)
"""What pages take from a query."""
FIELDS = sorted(
    set(re.findall(r'(?:form|visit)\.(?:get|getlist)\(\s*"([\w.-]+)"', SOURCE))
    | set(re.findall(r'<(?:input|select|textarea)[^>]*?\bname="([\w.-]+)"', SOURCE))
    | set(re.findall(r'forms\.\w+\("([\w.-]+)"', SOURCE))
) or ["text"]
"""What actions take from a form."""

MARKUP = "'\"><script>alert(1)</script><img src=x onerror=alert(1)><svg/onload=alert(1)>"
TEMPLATE = "{{ 913*877 }}${913*877}#{913*877}<%= 913*877 %>"
SQL = "x' OR '1'='1'; DROP TABLE cases; -- \" UNION SELECT name FROM people"
LINES = "a\r\nX-Probe: 1\r\nSet-Cookie: revenuer=probe\r\n\r\n<script>alert(1)</script>"
FORMULA = '=HYPERLINK("https://example.org")'
PATHS = "../../../../etc/passwd"
ODD = "\u202e\u0000\ufeff\ud7ff 🦀 -1e999 99999999999999999999 NaN"
PROBES = {
    "markup": MARKUP + TEMPLATE,
    "statements": SQL + LINES,
    "paths": PATHS + "\\..\\windows\\win.ini%2e%2e%2f" + FORMULA,
    "odd": ODD,
    "huge": "A" * 6000,
}
EACH = [
    pytest.param(name, marks=[pytest.mark.slow] if number else [])
    for number, name in enumerate(PROBES)
]
"""The first in the quick tests, all in the slow ones."""
LEAKS = re.compile(
    r"<script>alert|<img src=x|<svg/onload|800701|root:x:0|Traceback|sqlite3?\.|File \""
)


def is_sound(told: Any, what: str) -> None:
    """The answer is a page of ours that has nothing of the probe in it but as text."""
    assert 200 <= told.status_code < 500, (what, told.status_code, told.text[:400])
    assert "x-probe" not in told.headers, what
    assert "probe" not in told.headers.get("set-cookie", ""), what
    assert told.headers["x-content-type-options"] == "nosniff", what
    assert told.headers["cache-control"] == "no-store", what
    if "text/html" in told.headers.get("content-type", ""):
        found = LEAKS.search(told.text)
        assert found is None, (what, told.text[found.start() - 100 : found.end() + 100])
    if where := told.headers.get("location"):
        assert where.startswith("/"), (what, where)
        assert not where.startswith(("//", "/\\")), (what, where)


@pytest.fixture(scope="module")
def probed_places(probed: Console) -> dict[str, str]:
    return every_place(probed)


@pytest.fixture(scope="module")
def probed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A console that may be changed by what is sent to it."""
    with opened(tmp_path_factory.mktemp("probed")) as one:
        yield one


def newcomer(console: Console, role: Role = Role.ADMIN) -> tuple[Visitor, str]:
    """Somebody who has just signed in, and what their forms carry: some actions end sessions."""
    book, now = console.office.casebook, console.office.clock()
    begun = sessions.begin(book, NAMES[role], "test", now=now, client="tests")
    visitor = console.visitor(None)
    visitor.client.cookies.set("revenuer", begun)
    return visitor, sessions.csrf_of(book, begun.partition(".")[0])


def names_in(places: dict[str, str]) -> dict[str, str]:
    """What there is, for the braces of paths."""
    found: dict[str, str] = {}
    for path, url in places.items():
        looks = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path))
        told = re.fullmatch(looks, urlsplit(url).path)
        assert told is not None, (path, url)
        found = {**told.groupdict(), **found}
    # Somebody whose going ends no test.
    return {**found, "person": "vic", "name": "vic"}


def filled(path: str, names: dict[str, str], otherwise: str) -> str:
    """A path with what there is in its braces, and something else where nothing is."""
    return re.sub(
        r"\{(\w+)(?::\w+)?\}", lambda one: quote(names.get(one[1], otherwise), safe=""), path
    )


@pytest.mark.parametrize("probe", EACH)
def test_nothing_in_a_query_does_anything(
    furnished: Console, places: dict[str, str], probe: str
) -> None:
    visitor = furnished.visitor()
    room = 50_000 // len(ASKED)
    for path, url in places.items():
        query = {name: PROBES[probe][:room] for name in ASKED if name != "as"}
        is_sound(visitor.get(url, params=query), f"{path} with {probe}")


@pytest.mark.parametrize("probe", PROBES)
def test_nothing_in_a_path_does_anything(
    furnished: Console, places: dict[str, str], probe: str
) -> None:
    visitor = furnished.visitor()
    names = names_in(places)
    for one in PAGES:
        if "{" not in one.path:
            continue
        parts = re.findall(r"\{(\w+)", one.path)
        for part in parts:
            url = filled(one.path, {**names, part: PROBES[probe]}, "x")
            told = visitor.get(url)
            is_sound(told, f"{one.path} with {probe} as {part}")
            if one.right is not None:
                assert told.status_code in (303, 400, 403, 404, 409, 422), (url, told.status_code)


@pytest.mark.parametrize("probe", EACH)
def test_nothing_in_a_form_does_anything_but_what_it_says(
    probed: Console, probed_places: dict[str, str], probe: str
) -> None:
    names = names_in(probed_places)
    for one in ACTIONS:
        visitor, csrf = newcomer(probed)
        for given in (names, {}):
            url = filled(one.path, given, PROBES[probe].replace("\x00", ""))
            for _ in range(2):
                form = {**dict.fromkeys(FIELDS, PROBES[probe].replace("\x00", "")), "csrf": csrf}
                told = visitor.client.post(url, data=form, headers={"origin": ORIGIN})
                is_sound(told, f"{one.path} with {probe}")
    # What was kept of it is text wherever it is shown.
    visitor, _ = newcomer(probed)
    for path, url in probed_places.items():
        is_sound(visitor.get(url), f"{path} after {probe}")


def test_no_form_is_taken_with_a_token_that_is_not_its_own(
    probed: Console, probed_places: dict[str, str]
) -> None:
    (admin, own), (_, foreign) = newcomer(probed), newcomer(probed, Role.VIEWER)
    names = names_in(probed_places)
    for one in ACTIONS:
        if one.right is None:
            continue
        url = filled(one.path, names, "x")
        for form in ({}, {"csrf": ""}, {"csrf": foreign}, {"csrf": "0" * 64}, {"csrf": "é"}):
            told = admin.client.post(url, data=form, headers={"origin": ORIGIN})
            assert told.status_code == 403, (one.path, form)
        told = admin.client.post(f"{url}?csrf={own}", headers={"origin": ORIGIN})
        assert told.status_code == 403, f"{one.path} took its token from the URL"


def test_no_method_stands_for_another(standing: Console) -> None:
    visitor = standing.visitor()
    csrf = visitor.csrf()
    for one in ALL:
        url = filled(one.path, {}, "nobody")
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "PROPFIND"):
            told = visitor.client.request(method, url)
            assert told.status_code == 405, (method, one.path, told.status_code)
        if isinstance(one, Page) and not any(one.path == each.path for each in ACTIONS):
            for headers in (
                {},
                {"x-http-method-override": "POST"},
                {"x-method-override": "DELETE"},
            ):
                told = visitor.client.post(
                    f"{url}?_method=GET", data={"csrf": csrf, "_method": "DELETE"},
                    headers={"origin": ORIGIN, **headers},
                )  # fmt: skip
                assert told.status_code == 405, one.path
    for one in ACTIONS:
        if not any(one.path == each.path for each in PAGES):
            told = visitor.get(
                filled(one.path, {}, "x"), headers={"x-http-method-override": "POST"}
            )
            assert told.status_code == 405, one.path


def test_a_form_that_is_too_large_or_none_is_refused(
    probed: Console, probed_places: dict[str, str]
) -> None:
    visitor, csrf = newcomer(probed)
    names = names_in(probed_places)
    most = probed.office.settings.console.body_bytes
    action = next(one for one in ACTIONS if one.right is not None)
    url = filled(action.path, names, "x")

    def sent(body: bytes, kind: str = "application/x-www-form-urlencoded") -> int:
        headers = {"origin": ORIGIN, "x-csrf": csrf, "content-type": kind}
        return int(visitor.client.post(url, content=body, headers=headers).status_code)

    assert sent(b"a=" + b"b" * most) == 413
    assert sent(b"&".join(b"a%d=1" % number for number in range(3000))) == 400
    assert sent(b"a=%ff%fe") == 400
    assert sent(b"a=%00") == 400
    for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x", ""):
        assert sent(b'{"csrf": "x"}', kind) == 415, kind


ELSEWHERE = (
    "//example.org", "https://example.org", "/\\example.org", "javascript:alert(1)",
    "/%0d%0aLocation:https://example.org", "http://testserver@example.org", "\t//example.org",
)  # fmt: skip


@pytest.mark.parametrize(
    "where",
    [
        pytest.param(name, marks=[pytest.mark.slow] if number else [])
        for number, name in enumerate(ELSEWHERE)
    ],
)
def test_nobody_is_led_elsewhere(standing: Console, where: str) -> None:
    for visitor in (standing.visitor(), standing.visitor(None)):
        for one in PAGES:
            told = visitor.get(
                filled(one.path, {}, "nobody"),
                params=dict.fromkeys(("next", "back", "url", "return", "redirect"), where),
                headers={"referer": f"{ORIGIN}{where}" if where.startswith("/") else where},
            )
            to = told.headers.get("location", "/")
            assert to.startswith("/"), (one.path, to)
            assert not to.startswith(("//", "/\\")), (one.path, to)
            if "text/html" in told.headers.get("content-type", ""):
                for link in re.findall(r'(?:href|action|src)="([^"]*)"', told.text):
                    split = urlsplit(link)
                    assert split.scheme in ("", "data", "otpauth"), (one.path, link)
                    assert not split.netloc, (one.path, link)


@pytest.mark.parametrize("host", ["example.org", "example.org:80", "testserver.example.org", ""])
def test_another_host_gets_nothing(standing: Console, host: str) -> None:
    visitor = standing.visitor()
    for headers in ({"host": host}, {"host": host, "x-forwarded-host": "testserver"}):
        told = visitor.get("/", headers=headers)
        assert told.status_code == 421
        assert "bad" not in told.text
    told = visitor.get("/sign-in", headers={"x-forwarded-host": "example.org"})
    assert "example.org" not in told.text


def test_headers_that_name_somebody_name_nobody(standing: Console) -> None:
    stranger: Visitor = standing.visitor(None)
    for headers in (
        {"x-forwarded-user": "ada"},
        {"remote-user": "ada"},
        {"authorization": "Bearer " + standing.office.tokens["ada"]},
        {"x-original-url": "/sign-in", "x-rewrite-url": "/sign-in"},
        {"cookie": "revenuer=" + "0" * 24 + "." + "A" * 43},
        {"cookie": "__Host-revenuer=x; revenuer[]=1; revenuer="},
    ):
        told = stranger.get("/", headers=headers)
        assert told.status_code == 303, headers
        assert told.headers["location"].startswith("/sign-in")


SMUGGLED = {
    "two lengths": "Content-Length: 4\r\nContent-Length: 60\r\n",
    "length and chunks": "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
    "odd encoding": "Transfer-Encoding: xchunked\r\n",
    "negative length": "Content-Length: -1\r\n",
    "folded": "X-A: b\r\n Content-Length: 4\r\n",
    "space before the colon": "Content-Length : 4\r\n",
    "bare line feed": "X-A: b\nContent-Length: 4\r\n",
    "null": "X-A: \x00\r\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", SMUGGLED)
def test_no_request_is_hidden_in_another(served_standing: Served, kind: str) -> None:
    place = urlsplit(served_standing.url)
    hidden = f"GET /demo HTTP/1.1\r\nHost: {place.netloc}\r\n\r\n"
    head = (
        f"POST /demo/begin HTTP/1.1\r\nHost: {place.netloc}\r\n{SMUGGLED[kind]}"
        f"Cookie: revenuer={served_standing.cookie()}\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=10) as there:
        there.sendall((head + "0\r\n\r\n" + hidden).encode("latin-1"))
        answer = b""
        while part := there.recv(65_536):
            answer += part
    statuses = re.findall(rb"HTTP/1\.1 (\d{3})", answer)
    assert len(statuses) <= 1, (kind, statuses)
    assert all(b"400" <= one < b"500" for one in statuses), (kind, statuses)


@pytest.mark.slow
@pytest.mark.parametrize("size", [10_000, 40_000, 200_000])
def test_a_head_that_is_too_long_is_refused(served_standing: Served, size: int) -> None:
    place = urlsplit(served_standing.url)
    for line in (f"GET /?q={'a' * size} HTTP/1.1\r\n", f"GET / HTTP/1.1\r\nX-A: {'a' * size}\r\n"):
        with socket.create_connection((place.hostname or "", place.port or 0), timeout=10) as there:
            try:
                there.sendall(f"{line}Host: {place.netloc}\r\nConnection: close\r\n\r\n".encode())
                answer = there.recv(4096)
            except ConnectionError:
                continue
        status = int(answer.split()[1]) if answer else 400
        assert status in ((303,) if size < 30_000 else (400, 414, 431)), (size, status)

"""Signing in over HTTP, to a console in a process of its own, as people do and as others try."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from front_door import CSRF, LINK, Browser, Door, door, found

from revenuer.console.page import Action, Page
from revenuer.console.pages import ALL


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A console whose first admin is ada."""
    with door(tmp_path_factory.mktemp("console")) as one:
        yield one


@pytest.fixture(scope="module")
def ada(here: Door) -> Browser:
    """The first admin, in her browser."""
    browser = here.browser()
    told = browser.enrol(here.first, "Ada")
    assert (told.status_code, told.headers["location"]) == (303, "/me"), told.text
    return browser


def invited(ada: Browser, name: str, role: str = "analyst") -> str:
    """Register somebody; the path of their invitation."""
    told = ada.post("/people", {"name": name, "role": role, "kind": "person"}, page="/people")
    return found(LINK, told.text).removeprefix(ada.url)


def test_it_starts_unconfigured_and_lets_one_first_admin_in(here: Door, ada: Browser) -> None:
    assert here.started_s < 20
    assert "You are admin" in ada.get("/me").text
    assert ada.get("/people").status_code == 200
    # The link is void now, and so is what it led to.
    assert here.browser().get(here.first).status_code == 403
    log = here.cli("casebook", "person", "list", "--json", "--by", "ada")
    assert '"ada"' in log


def test_a_stranger_sees_nothing_but_the_door(here: Door, ada: Browser) -> None:
    stranger = here.browser()
    for one in ALL:
        path = re.sub(r"\{[^}]+\}", "x", one.path)
        if isinstance(one, Page):
            told = stranger.get(path)
            if path == "/sign-in":
                assert told.status_code == 200
                continue
            assert told.status_code in (303, 401, 403), (path, told.status_code)
        else:
            told = stranger.client.post(path, data={"csrf": "x"}, headers={"origin": here.url})
            assert told.status_code in (401, 403), (path, told.status_code)
        assert "ada" not in told.text, path


def test_a_person_is_invited_signs_in_and_out(here: Door, ada: Browser) -> None:
    bea = here.browser()
    path = invited(ada, "bea", "viewer")
    wrong = bea.enrol(path, repeated="something else entirely")
    assert wrong.status_code == 422
    assert "not the same" in wrong.text
    # The same secret is shown again: it was photographed already.
    assert bea.secret in wrong.text
    told = bea.enrol(path)
    assert told.status_code == 303
    assert bea.get("/people").status_code == 403
    codes = re.findall(r"<code>([a-z2-9-]{19})</code>", bea.post("/me/codes", {}, page="/me").text)
    assert len(codes) == 10
    old = bea.client.cookies["revenuer"]
    assert bea.post("/sign-out", {}, page="/me").headers["location"] == "/sign-in"
    bea.client.cookies.set("revenuer", old, domain="localhost.local")
    assert bea.get("/me").status_code == 303
    bea.client.cookies.clear()
    assert bea.sign_in("bea", next="/people?q=x").headers["location"] == "/people?q=x"
    bea.client.cookies.clear()
    assert bea.sign_in("bea", code=codes[0]).status_code == 303
    bea.client.cookies.clear()
    assert bea.sign_in("bea", code=codes[0]).status_code == 401


def test_a_cookie_that_was_planted_is_not_taken_over(here: Door, ada: Browser) -> None:
    cid = here.browser()
    cid.enrol(invited(ada, "cid"))
    first = cid.client.cookies["revenuer"]
    planted = "0" * 24 + "." + "A" * 43
    other = here.browser()
    other.secret, other.used_s = cid.secret, cid.used_s
    other.client.cookies.set("revenuer", planted, domain="localhost.local")
    assert other.sign_in("cid").status_code == 303
    cookies = [one.value for one in other.client.cookies.jar if one.name == "revenuer"]
    assert first not in cookies
    assert here.browser().get("/me", headers={"cookie": f"revenuer={planted}"}).status_code == 303
    # Who signs in where somebody is signed in takes their place: the session before ends.
    cookie = f"revenuer={first}"
    assert here.browser().get("/me", headers={"cookie": cookie}).status_code == 200
    cid.used_s = other.used_s + 1
    cid.client.cookies.set("revenuer", first)


def test_marks_of_the_cookie(here: Door, ada: Browser) -> None:
    dan = here.browser()
    told = dan.enrol(invited(ada, "dan"))
    said = told.headers["set-cookie"].lower()
    assert "httponly" in said
    assert "samesite=lax" in said
    assert "path=/" in said
    assert "domain=" not in said
    assert told.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "onwards",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)",
     "/%0d%0aSet-Cookie:x=1", "\\\\evil.example", "/\t/evil.example", ""],
)  # fmt: skip
def test_signing_in_leads_nowhere_else(here: Door, ada: Browser, onwards: str) -> None:
    told = ada.get("/sign-in", params={"next": onwards})
    assert told.status_code == 303
    where = told.headers["location"]
    assert where.startswith("/")
    assert not where.startswith(("//", "/\\"))
    assert "evil" not in httpx.URL(here.url).join(where).host


def test_forms_of_other_sites_sign_nobody_in(here: Door, ada: Browser) -> None:
    stranger = here.browser()
    csrf = found(CSRF, stranger.get("/sign-in").text)
    form = {"csrf": csrf, "name": "ada", "password": "x", "code": "1"}
    for headers in (
        {"origin": "https://evil.example"},
        {"origin": here.url, "sec-fetch-site": "cross-site"},
        {"origin": "null"},
    ):
        told = stranger.client.post("/sign-in", data=form, headers=headers)
        assert told.status_code == 403
    # The token of another browser's page, which an attacker can read, counts in that one alone.
    victim = here.browser()
    victim.get("/sign-in")
    told = victim.client.post("/sign-in", data=form, headers={"origin": here.url})
    assert told.status_code == 403


def test_another_name_for_this_machine_is_refused(here: Door, ada: Browser) -> None:
    for host in ("evil.example", "evil.example:8450", "localhost.evil.example", "", "a@localhost"):
        told = here.browser().get("/sign-in", headers={"host": host})
        assert told.status_code in (400, 421), host
    assert here.browser().get("/sign-in").status_code == 200


def test_whoever_guesses_waits_and_learns_nothing(tmp_path: Path) -> None:
    settings = "[console]\nfree_failures = 2\n"
    with door(tmp_path / "guessed", settings) as here:
        here.browser().enrol(here.first, "ada")
        pages: dict[str, list[tuple[int, str]]] = {}
        for name in ("ada", "nobody"):
            browser = here.browser()
            csrf = found(CSRF, browser.get("/sign-in").text)
            for _ in range(3):
                form = {"name": name, "password": "wrong password", "code": "000000"}
                told = browser.post("/sign-in", form, page="", csrf=csrf)
                said = told.text.replace(name, "NAME").replace(csrf, "CSRF")
                pages.setdefault(name, []).append((told.status_code, said))
    assert [status for status, _ in pages["ada"]] == [401, 401, 429]
    for known, unknown in zip(pages["ada"], pages["nobody"], strict=True):
        assert known[0] == unknown[0]
        assert re.sub(r"Wait \d+", "Wait", known[1]) == re.sub(r"Wait \d+", "Wait", unknown[1])


def test_an_admin_is_who_says_who_is_let_in(here: Door, ada: Browser) -> None:
    eve = here.browser()
    eve.enrol(invited(ada, "eve", "viewer"))
    csrf = found(CSRF, eve.get("/me").text)
    for one in ALL:
        if isinstance(one, Action) and one.path.startswith("/people"):
            told = eve.post(
                one.path.replace("{name}", "ada"), {"role": "admin"}, page="", csrf=csrf
            )
            assert told.status_code == 403, one.path
    told = ada.post("/people/eve/role", {"role": "approver", "version": "1"}, page="/people/eve")
    assert told.status_code == 303
    assert "You are approver" in eve.get("/me").text
    stale = ada.post("/people/eve/role", {"role": "admin", "version": "1"}, page="/people/eve")
    assert stale.status_code == 409
    told = ada.post("/people/eve/reset", {}, page="/people/eve")
    assert eve.get("/me").status_code == 303
    again = found(LINK, told.text).removeprefix(here.url)
    assert eve.sign_in("eve").status_code == 401
    assert eve.enrol(again).status_code == 303
    ada.post("/people/eve/disable", {}, page="/people/eve")
    assert eve.get("/me").status_code == 303
    assert eve.sign_in("eve").status_code == 401
    # Nobody locks everybody out.
    told = ada.post("/people/ada/disable", {}, page="/people/ada")
    assert told.status_code == 403
    assert ada.get("/me").status_code == 200


def test_the_command_line_invites_and_resets(here: Door, ada: Browser) -> None:
    here.cli("casebook", "person", "add", "fay", "--role", "analyst", "--by", "ada")
    path = here.cli("casebook", "person", "invite", "fay", "--by", "ada").strip()
    fay = here.browser()
    assert fay.enrol(path).status_code == 303
    again = here.cli("casebook", "person", "reset", "fay", "--by", "ada").strip()
    assert fay.get("/me").status_code == 303
    assert fay.enrol(again).status_code == 303
    assert here.cli("audit", "verify") is not None


def test_the_log_has_every_step_and_no_secret(here: Door, ada: Browser) -> None:
    gus = here.browser()
    path = invited(ada, "gus")
    gus.enrol(path)
    cookie = gus.client.cookies["revenuer"]
    gus.post("/sign-out", {}, page="/me")
    kept = b"".join(file.read_bytes() for file in here.folder.glob("casebook.sqlite*"))
    for kind in ("invited", "invitation-taken-up", "means-added", "signed-in", "session-ended"):
        assert f'"{kind}"'.encode() in kept, kind
    for secret in (
        cookie.partition(".")[2],
        path[-43:],
        gus.secret,
        "seventeen quiet",
        "127.0.0.1",
    ):
        assert secret.encode() not in kept, secret

"""Closed by default: who may see what, and what comes of requests that no page of ours sends."""

from __future__ import annotations

import re

import pytest
from visitors import Console

from revenuer.casework.roles import Actor, Role
from revenuer.console.page import Action, Page
from revenuer.console.pages import ALL

PATHS = sorted({one.path for one in ALL})


def filled(path: str) -> str:
    """A path with something in its braces."""
    return re.sub(r"\{[^}]+\}", "nobody--11111111-1111-4111-8111-111111111111", path)


@pytest.mark.parametrize("one", ALL, ids=lambda one: f"{type(one).__name__} {one.path}")
def test_a_stranger_sees_nothing_but_what_leads_to_signing_in(
    standing: Console, one: Page | Action
) -> None:
    stranger = standing.visitor(None)
    if isinstance(one, Page):
        told = stranger.get(filled(one.path))
        if one.right is None:
            assert told.status_code in (200, 303, 401, 403, 404, 422), told.status_code
        else:
            assert told.status_code == 303
            assert told.headers["location"].startswith("/sign-in")
            assert not told.text
    else:
        told = stranger.client.post(filled(one.path), data={"csrf": "guessed"})
        assert told.status_code in (401, 403), told.status_code


@pytest.mark.parametrize("role", Role)
def test_every_page_asks_for_its_right(standing: Console, role: Role) -> None:
    visitor = standing.visitor(role)
    actor = Actor("anybody", role)
    for one in ALL:
        if one.right is None:
            continue
        if isinstance(one, Page):
            status = visitor.get(filled(one.path)).status_code
        else:
            status = visitor.client.post(
                filled(one.path), data={"csrf": "guessed"}, headers={"origin": "http://testserver"}
            ).status_code
        if not actor.may(one.right):
            assert status == 403, one.path
        elif isinstance(one, Page):
            assert status in (200, 303, 404, 422), (one.path, status)
        else:
            assert status == 403, f"{one.path} took a form without its token"


@pytest.mark.parametrize("path", PATHS)
def test_no_page_needs_inline_script_or_style(standing: Console, path: str) -> None:
    told = standing.visitor().get(filled(path))
    assert "script-src 'self';" in told.headers["content-security-policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)", told.text)
    assert not re.search(r"<[^>]+\s(on[a-z]+|style)=", told.text)
    assert "<style" not in told.text


def test_a_form_of_another_site_does_nothing(standing: Console) -> None:
    visitor = standing.visitor()
    actions = [one for one in ALL if isinstance(one, Action)]
    csrf = visitor.csrf()
    for one in actions:
        for headers in (
            {"origin": "https://example.org"},
            {"origin": "null"},
            {"origin": "http://testserver", "sec-fetch-site": "cross-site"},
            {"origin": "http://testserver", "sec-fetch-site": "same-site"},
        ):
            told = visitor.client.post(filled(one.path), data={"csrf": csrf}, headers=headers)
            assert told.status_code == 403, (one.path, headers)


def test_a_page_is_kept_by_nobody_and_framed_by_nobody(standing: Console) -> None:
    headers = standing.visitor().get("/").headers
    assert headers["cache-control"] == "no-store"
    assert headers["x-frame-options"] == "DENY"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]


def test_what_is_not_there_says_so_as_a_page(standing: Console) -> None:
    told = standing.visitor().get("/nothing/like/this")
    assert told.status_code == 404
    assert "There is no such page." in told.text
    assert standing.visitor().get("/static/../server.py").status_code == 404
    assert standing.visitor().get("/static/%2e%2e/server.py").status_code == 404


def test_a_static_file_is_kept_for_ever_under_its_hash(standing: Console) -> None:
    page = standing.visitor().get("/").text
    style = re.search(r'href="(/static/console\.css\?[0-9a-f]{12})"', page)
    assert style is not None
    told = standing.visitor(None).get(style.group(1))
    assert told.status_code == 200
    assert "immutable" in told.headers["cache-control"]
    assert told.headers["x-content-type-options"] == "nosniff"

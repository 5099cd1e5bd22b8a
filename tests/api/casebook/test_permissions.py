"""Every endpoint with every role and with none: nothing is served without its right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from office import FOUNDER, NAMES, Office, opened_office
from starlette.testclient import TestClient

from revenuer.api.casebook.endpoint import Endpoint
from revenuer.api.casebook.endpoints import ENDPOINTS
from revenuer.api.casebook.face import may
from revenuer.api.casebook.openapi import parts_of
from revenuer.api.casebook.server import application
from revenuer.app.casebook.people import change_person
from revenuer.app.casebook.tokens import revoke_token
from revenuer.casework.roles import RIGHTS, Actor, Right, Role

OPEN = {"health", "openapi"}
"""What strangers may ask for; nothing else."""
SIGNED = {"take_vendor_message"}
"""What needs no token, but a signature; nothing else."""
RIGHT = "urn:revenuer:problem:right"
UNKNOWN = "urn:revenuer:problem:unauthenticated"
EVERY = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda one: one.name)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder: Path = tmp_path_factory.mktemp("permissions")
    with opened_office(f"sqlite:///{folder}/casebook.sqlite", folder) as one:
        yield one


@pytest.fixture(scope="module")
def client(office: Office) -> TestClient:
    return office.client(None)


def ask(client: TestClient, endpoint: Endpoint, token: str | None) -> httpx.Response:
    """Ask with nothing that could be carried out: whether one may is said before what is wrong."""
    path = endpoint.path
    for part in parts_of(path):
        path = path.replace(f"{{{part}}}", "not-there")
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    told: httpx.Response = client.request(endpoint.method, path, headers=headers)
    return told


def kind(told: httpx.Response) -> str:
    """Of the problem that was answered; empty for none."""
    is_problem = told.headers.get("content-type") == "application/problem+json"
    return str(told.json()["type"]) if is_problem else ""


def test_the_table_is_what_is_served(office: Office) -> None:
    app = application(office.casebook, office.settings, office.keys)
    served = {route.path for route in app.routes}  # type: ignore[attr-defined]
    assert served == {one.path for one in ENDPOINTS}
    assert len({(one.method, one.path) for one in ENDPOINTS}) == len(ENDPOINTS)
    assert len({one.name for one in ENDPOINTS}) == len(ENDPOINTS)


def test_only_what_is_listed_here_is_open_to_strangers() -> None:
    assert {one.name for one in ENDPOINTS if one.right is None} == OPEN | SIGNED
    assert {one.name for one in ENDPOINTS if one.raw} == SIGNED


def test_who_only_reads_changes_nothing() -> None:
    """Reading rights go with GET, but for one's own token, which anybody may give back."""
    changing = {one.name for one in ENDPOINTS if one.changes and one.right is Right.READ}
    assert changing <= {"revoke_token"}


@EVERY
@pytest.mark.parametrize("role", Role)
def test_a_role_may_what_the_table_says_and_nothing_else(
    office: Office, client: TestClient, endpoint: Endpoint, role: Role
) -> None:
    told = ask(client, endpoint, office.tokens[NAMES[role]])
    refused = (told.status_code, kind(told)) == (403, RIGHT)
    assert refused == (not may(endpoint, role))
    assert told.status_code not in {401, 500}


@EVERY
def test_nobody_is_let_in_without_a_token_that_counts(
    office: Office, client: TestClient, endpoint: Endpoint
) -> None:
    if endpoint.raw:
        # No token stands for a signature, not even the highest.
        for shown in (None, office.tokens["ada"]):
            assert ask(client, endpoint, shown).status_code == 403
        return
    if endpoint.right is None:
        assert ask(client, endpoint, None).status_code == 200
        return
    token = office.tokens["ada"]
    wrong = [None, "", "rvn_000000000000_" + "A" * 43, token[:-2] + "AA", "x" * 5000]
    for shown in wrong:
        told = ask(office.client(None), endpoint, shown)
        assert (told.status_code, kind(told)) == (401, UNKNOWN)
        assert "bearer" in told.headers["www-authenticate"].lower()


@EVERY
def test_a_token_that_is_over_lets_nobody_in(office: Office, endpoint: Endpoint) -> None:
    if endpoint.right is None:
        return
    revoked, expired, gone = (office.token("ada") for _ in range(3))
    revoke_token(office.casebook, revoked, actor=FOUNDER, now=office.clock())
    assert ask(office.client(None), endpoint, revoked).status_code == 401
    now = office.clock.now
    office.clock.now = now + timedelta(hours=2)
    try:
        assert ask(office.client(None), endpoint, expired).status_code == 401
    finally:
        office.clock.now = now
    assert ask(office.client(None), endpoint, gone).status_code != 401


@EVERY
def test_a_token_is_for_what_it_says_alone(
    office: Office, client: TestClient, endpoint: Endpoint
) -> None:
    if endpoint.right is None:
        return
    others = [right for right in Right if right is not endpoint.right]
    told = ask(client, endpoint, office.token("ada", others))
    assert (told.status_code, kind(told)) == (403, RIGHT)
    told = ask(client, endpoint, office.token("ada", [endpoint.right]))
    assert kind(told) not in {RIGHT, UNKNOWN}


@pytest.mark.parametrize("right", [right for right in Right if right is not Right.READ])
def test_whoever_is_given_a_lesser_role_may_less_at_once(office: Office, right: Right) -> None:
    endpoint = next((one for one in ENDPOINTS if one.right is right), None)
    if endpoint is None:
        pytest.skip(f"no endpoint takes {right}")
    actor = Actor("ada", Role.ADMIN)
    token, client = office.token("abe"), office.client(None)

    def is_let() -> bool:
        return ask(client, endpoint, token).status_code not in {401, 403}

    def becomes(role: Role, *, disabled: bool = False) -> None:
        given = {"actor": actor, "now": office.clock(), "role": role, "disabled": disabled}
        change_person(office.casebook, "abe", **given)

    try:
        becomes(RIGHTS[right])
        assert is_let()
        becomes(Role.VIEWER)
        assert not is_let()
        becomes(RIGHTS[right], disabled=True)
        assert ask(client, endpoint, token).status_code == 401
        becomes(RIGHTS[right])
        assert is_let()
    finally:
        becomes(Role.APPROVER)

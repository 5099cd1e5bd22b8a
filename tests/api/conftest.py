"""A real server in a process of its own, and partners who call it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

# pytest's importlib mode does not put a test's folder on the path.
sys.path.insert(0, str(Path(__file__).parent))

from served import Running, running


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One server for all tests: each makes the collections that it needs."""
    with running(tmp_path_factory.mktemp("server")) as one:
        for partner in ("ada", "bob", "eve"):
            one.tokens[partner] = one.token(partner)
        yield one


@pytest.fixture
def fresh(server: Running, request: pytest.FixtureRequest) -> Callable[..., str]:
    """Make a collection: its objects URL. Ada and Bob may do everything, Eve nothing."""

    def make(**more: Any) -> str:
        given = {"readers": ("ada", "bob"), "writers": ("ada", "bob"), **more}
        id_ = server.collection(request.node.name[:200], **given)
        return f"{server.root}collections/{id_}/objects/"

    return make


@pytest.fixture(scope="session")
def ada(server: Running) -> Iterator[httpx.Client]:
    with server.client("ada", headers={"content-type": "application/taxii+json"}) as one:
        yield one


@pytest.fixture(scope="session")
def bob(server: Running) -> Iterator[httpx.Client]:
    with server.client("bob", headers={"content-type": "application/taxii+json"}) as one:
        yield one


@pytest.fixture(scope="session")
def eve(server: Running) -> Iterator[httpx.Client]:
    with server.client("eve", headers={"content-type": "application/taxii+json"}) as one:
        yield one

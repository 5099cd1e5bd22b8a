"""A model server that does what a test tells it, and the gateway itself as a process before it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

# pytest's importlib mode does not put a test's folder on the path.
sys.path.insert(0, str(Path(__file__).parent))

from wire import Gateway, Upstream


@pytest.fixture(scope="module")
def server() -> Iterator[Upstream]:
    one = Upstream()
    yield one
    one.close()


@pytest.fixture
def upstream(server: Upstream) -> Upstream:
    server.reset()
    return server


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, server: Upstream) -> Iterator[Gateway]:
    """A gateway with the defaults, shared by the tests of a module."""
    one = Gateway(tmp_path_factory.mktemp("gateway") / "plain", server.port, {})
    yield one
    one.stop()


@pytest.fixture
def gateway(
    tmp_path: Path, upstream: Upstream, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Gateway]]:
    """Starts a gateway with some settings; without any, it is the shared one."""
    started: list[Gateway] = []

    def start(**sections: dict[str, Any]) -> Gateway:
        if not sections:
            shared: Gateway = request.getfixturevalue("plain")
            shared.forget()
            return shared
        one = Gateway(tmp_path / f"gateway-{len(started)}", upstream.port, sections)
        started.append(one)
        return one

    yield start
    for one in started:
        one.stop()

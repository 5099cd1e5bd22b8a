"""Takers, and the real servers they take from."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
# pytest's importlib mode does not put a test's folder on the path.
sys.path.insert(0, str(HERE))

from taking import Taker  # noqa: E402

import live_servers  # noqa: E402
from live_servers import KafkaCluster, NatsServer  # noqa: E402

MakeTaker = Callable[..., Taker]
StartTaking = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def taker(tmp_path: Path) -> Iterator[MakeTaker]:
    """Make takers; the same `state` goes on where the last one was."""
    made: list[Taker] = []

    def make(place: object, *, state: str = "state", until_end: bool = False, **more: str) -> Taker:
        environment = os.environ | more
        made.append(
            Taker(str(place), tmp_path / state, until_end=until_end, environment=environment)
        )
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def taking() -> Iterator[StartTaking]:
    """Start taking processes, which are killed at the latest when the test ends."""
    started: list[subprocess.Popen[bytes]] = []

    def start(
        place: object, state: Path, *, most_bytes: int = 20_000, stdin: int | None = None
    ) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(HERE / "taking.py"), str(place), str(state), str(most_bytes)]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
        process = subprocess.Popen(command, stdin=stdin, stderr=subprocess.PIPE, env=environment)
        started.append(process)
        assert process.stderr is not None
        said = process.stderr.readline()
        assert said == b"ready\n", said + process.stderr.read1()
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def nats_binary() -> str:
    found = live_servers.nats_binary()
    if found is None:
        pytest.skip("needs nats-server")
    return found


@pytest.fixture
def nats_server(nats_binary: str, tmp_path: Path) -> Iterator[NatsServer]:
    server = NatsServer(nats_binary, tmp_path)
    yield server
    server.stop()


@pytest.fixture
def kafka() -> Iterator[KafkaCluster]:
    cluster = KafkaCluster()
    yield cluster
    cluster.close()

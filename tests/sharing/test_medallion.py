"""Our client against a TAXII server that others wrote: medallion."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from revenuer.app.sharing.exchange import pull_collection, push_file
from revenuer.app.sharing.state import ShareState, open_state
from revenuer.errors import PeerError
from revenuer.sharing.http_client import Peer

pytestmark = pytest.mark.sharing

ID = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
SERVE = "from medallion.scripts.run import main; main()"


def indicator(number: int, *, version: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--00000000-0000-4000-8000-{number:012x}",
        "created": "2026-11-01T00:00:00.000Z",
        "modified": f"2026-11-01T00:00:{version:02}.000Z",
        "pattern": "[autonomous-system:number = 64512]",
        "pattern_type": "stix",
        "valid_from": "2026-11-01T00:00:00Z",
        **more,
    }


def told_to(port: int, data: Path) -> dict[str, Any]:
    """What medallion is told: one user, one collection, kept in memory."""
    collection = {
        "id": ID,
        "title": "Theirs",
        "can_read": True,
        "can_write": True,
        "media_types": ["application/stix+json;version=2.1"],
        "objects": [],
        "manifest": [],
    }
    root = {
        "information": {
            "title": "Trust group",
            "versions": ["application/taxii+json;version=2.1"],
            "max_content_length": 60_000,
        },
        "status": [],
        "collections": [collection],
    }
    discovery = {
        "title": "medallion",
        "default": f"http://127.0.0.1:{port}/trustgroup1/",
        "api_roots": [f"http://127.0.0.1:{port}/trustgroup1/"],
    }
    data.write_text(json.dumps({"/discovery": discovery, "trustgroup1": root}))
    return {
        "backend": {
            "module": "medallion.backends.memory_backend",
            "module_class": "MemoryBackend",
            "filename": str(data),
        },
        "users": {"admin": "Password0"},
        "taxii": {"max_page_size": 100},
    }


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    folder = tmp_path_factory.mktemp("medallion")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = folder / "config.json"
    config.write_text(json.dumps(told_to(port, folder / "data.json")))
    log = (folder / "log").open("w")
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", SERVE, "--port", str(port), str(config)],
        stdout=log,
        stderr=log,
        env={name: value for name, value in os.environ.items() if name != "PYTHONWARNINGS"},
    )
    for _ in range(200):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                break
        assert process.poll() is None, (folder / "log").read_text()
        time.sleep(0.1)
    yield Peer(f"http://127.0.0.1:{port}/taxii2/", token="Password0", user="admin")
    process.kill()
    process.wait(10)
    log.close()


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[ShareState]:
    state = open_state(tmp_path / "state", tmp_path / "keys")
    yield state
    state.database.close()


def bundle(path: Path, *objects: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"type": "bundle", "objects": objects}))
    return path


def objects_in(files: tuple[Path, ...]) -> list[dict[str, Any]]:
    return [one for file in files for one in json.loads(file.read_text())["objects"]]


def test_what_is_pushed_in_batches_is_pulled_in_pages_and_then_only_what_is_new(
    peer: Peer, ours: ShareState, tmp_path: Path
) -> None:
    every = [indicator(n) for n in range(250)]
    pushed = push_file(ours, bundle(tmp_path / "one.json", *every), peer, "Theirs")
    assert (pushed.sent, pushed.taken, pushed.refused) == (250, 250, ())
    out = tmp_path / "in"
    pulled = pull_collection(ours, peer, ID, out, most=40)
    assert len(pulled.files) == 7
    assert sorted(one["id"] for one in objects_in(pulled.files)) == [one["id"] for one in every]
    assert pull_collection(ours, peer, ID, out, most=40).objects == 0
    later = indicator(3, version=1, revoked=True)
    push_file(ours, bundle(tmp_path / "two.json", later), peer, "Theirs")
    assert objects_in(pull_collection(ours, peer, ID, out).files) == [later]


def test_a_wrong_password_is_said(peer: Peer, ours: ShareState, tmp_path: Path) -> None:
    wrong = Peer(peer.url, token="no", user="admin")
    with pytest.raises(PeerError, match=r"401|is not JSON|does not answer"):
        pull_collection(ours, wrong, ID, tmp_path / "in")

"""A real server in a process of its own, for tests; what partners send."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from revenuer.app.sharing.partners import add_collection, add_token
from revenuer.app.sharing.state import ShareState, open_state

ALL = ("taxii:read", "taxii:write", "taxii:delete", "matching")


@dataclass
class Running:
    """A server and what is known of it."""

    url: str
    folder: Path
    process: subprocess.Popen[str]
    state: ShareState
    collections: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return self.url.removesuffix("taxii2/")

    @property
    def root(self) -> str:
        return f"{self.url}sharing/"

    def token(self, partner: str, **more: Any) -> str:
        given = {"scopes": ALL, "hours": 1.0, **more}
        return add_token(self.state, partner, **given)[1]

    def collection(self, title: str, **more: Any) -> str:
        return add_collection(self.state, title, **more).id

    def objects(self, name: str) -> str:
        return f"{self.root}collections/{self.collections[name]}/objects/"

    def client(self, partner: str, **more: Any) -> httpx.Client:
        headers = {"authorization": f"Bearer {self.tokens[partner]}", **more.pop("headers", {})}
        return httpx.Client(headers=headers, timeout=20, trust_env=False, **more)


@contextmanager
def running(
    folder: Path, arguments: Sequence[str] = (), environment: dict[str, str] | None = None
) -> Iterator[Running]:
    """Start `revenuer share serve` and stop it."""
    command = [sys.executable, "-c", "from revenuer.cli import main; main()", "share", "serve"]
    keys, state = folder / "keys", folder / "state"
    places = ["--state", str(state), "--keys", str(keys), "--port", "0"]
    given = environment or {}
    database = given.get("REVENUER_SHARE__DATABASE", "")
    process = subprocess.Popen(
        [*command, *places, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "error", **given},
        cwd=folder,
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        if not url:
            raise AssertionError(process.communicate()[1])
        opened = open_state(state, keys, database)
        yield Running(url, folder, process, opened)
        opened.database.close()
    finally:
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=20)
    assert "unexpected" not in err, err
    assert "Traceback" not in err, err


def indicator(number: int, *, version: int = 0, **more: Any) -> dict[str, Any]:
    """An indicator; each version is a second later than the one before."""
    at = f"2026-11-01T00:00:{version:02}.000Z"
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--00000000-0000-4000-8000-{number:012x}",
        "created": "2026-11-01T00:00:00.000Z",
        "modified": at,
        "name": f"Number {number}",
        "pattern": f"[autonomous-system:number = {64512 + number % 1000}]",
        "pattern_type": "stix",
        "valid_from": "2026-11-01T00:00:00Z",
        **more,
    }


def envelope(*objects: Any) -> bytes:
    """An envelope with these objects."""
    return json.dumps({"objects": list(objects)}).encode()

"""A casebook with people, services and tokens, and its HTTP API: in this process, or in its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from starlette.testclient import TestClient

from revenuer.api.casebook.server import application
from revenuer.app.casebook.opening import Casebook, open_casebook
from revenuer.app.casebook.people import SERVICE, add_person
from revenuer.app.casebook.tokens import make_token
from revenuer.casework.roles import Actor, Right, Role
from revenuer.settings import ApiSettings, CasebookSettings, Settings

FOUNDER = Actor("ada", Role.ADMIN)
NAMES = {Role.ADMIN: "ada", Role.APPROVER: "abe", Role.ANALYST: "ann", Role.VIEWER: "vic"}
"""Who is what."""


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Office:
    """A casebook, who works with it, and its API."""

    casebook: Casebook
    settings: Settings
    folder: Path
    clock: Clock
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> Path:
        return self.casebook.keys

    def token(self, name: str, scopes: Sequence[Right] = (), hours: float = 1.0) -> str:
        given = {"actor": FOUNDER, "now": self.clock(), "hours": hours, "scopes": scopes}
        return make_token(self.casebook, name, **given)[1]

    def client(self, who: Role | str | None = Role.ADMIN, **more: Any) -> TestClient:
        """A client of a role, of a token, or of nobody; problems of the server are raised."""
        token = self.tokens[NAMES[who]] if isinstance(who, Role) else who
        headers = {"authorization": f"Bearer {token}"} if token else {}
        app = application(self.casebook, self.settings, self.keys, self.clock)
        return TestClient(app, headers=headers, follow_redirects=False, **more)


@contextmanager
def opened_office(url: str, folder: Path, **api: Any) -> Iterator[Office]:
    """Open one with a person of each role and a service."""
    scans = folder / "scans"
    scans.mkdir(exist_ok=True)
    given = {"requests_per_minute": 1_000_000, "mb_per_day": 1e6, "scan_folders": (str(scans),)}
    settings = replace(
        Settings(),
        api=ApiSettings(**{**given, **api}),
        casebook=CasebookSettings(snapshots=(str(folder / "guard.rvn"),)),
    )
    casebook = open_casebook(url, folder / "keys")
    office = Office(casebook, settings, folder, Clock())
    before = office.clock() - timedelta(minutes=1)
    for role, name in NAMES.items():
        add_person(casebook, name, role, actor=FOUNDER, now=before)
        office.tokens[name] = office.token(name)
    add_person(casebook, "bot", Role.ANALYST, actor=FOUNDER, now=before, kind=SERVICE)
    office.tokens["bot"] = office.token("bot")
    try:
        yield office
    finally:
        casebook.database.close()


@contextmanager
def served(office: Office, *, environment: dict[str, str] | None = None) -> Iterator[str]:
    """Start `revenuer serve` in a process of its own; the URL that paths begin with."""
    command = [sys.executable, "-c", "from revenuer.cli import main; main()", "serve"]
    given = {
        "REVENUER_CASEBOOK_URL": office.casebook.database._url.render_as_string(False),
        "REVENUER_API__REQUESTS_PER_MINUTE": "1000000",
        "PYTHONWARNINGS": "error",
    }
    process = subprocess.Popen(
        [*command, "--port", "0", "--keys", str(office.keys)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **given, **(environment or {})},
        cwd=office.folder,
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        if not url:
            raise AssertionError(process.communicate()[1])
        yield url.removesuffix("/v1/")
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=20)
    assert "unexpected" not in said, said
    assert "Traceback" not in said, said


def caller(url: str, token: str, **more: Any) -> httpx.Client:
    """A client of a server in a process of its own."""
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(base_url=url, headers=headers, timeout=30, trust_env=False, **more)

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
import polars as pl
from starlette.testclient import TestClient

# pytest's importlib mode does not put a test's folder on the path.
sys.path.insert(0, str(Path(__file__).parents[2] / "app" / "casebook"))

from case_builders import campaign, names, scan_folder

from revenuer.api.casebook.server import application
from revenuer.app.casebook.opening import Casebook, open_casebook
from revenuer.app.casebook.people import SERVICE, add_person
from revenuer.app.casebook.tokens import make_token
from revenuer.app.desk import open_desk
from revenuer.casework.roles import Actor, Right, Role
from revenuer.enforcement.snapshot_file import load_snapshot
from revenuer.guard import Caller, Facts, Guard, Kind, Protocol, Request, Snapshot
from revenuer.records import Verdict
from revenuer.servers import ApiSettings
from revenuer.settings import CasebookSettings, Settings

FOUNDER = Actor("ada", Role.ADMIN)
NAMES = {Role.ADMIN: "ada", Role.APPROVER: "abe", Role.ANALYST: "ann", Role.VIEWER: "vic"}
"""Who is what."""


@dataclass
class Clock:
    """A clock that a test moves."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now


MAIN = "campaign--11111111-1111-4111-8111-111111111111"
OTHER = "campaign--22222222-2222-4222-8222-222222222222"
SCAN = "night"
"""Name of the scan that every office has."""

POLICY = """
mode = "enforce"
[[ladder]]
action = "tag"
[approval]
four_eyes = true
[appeal]
url = "https://example.com/appeals"
verify_url = "https://example.com/verify"
"""


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

    def cases(self) -> list[str]:
        """The cases of the scan, which is added if it was not."""
        with self.client(Role.ANALYST) as ann:
            assert ann.post("/v1/scans", json={"scan": SCAN}).status_code == 200
            return [one["id"] for one in ann.get("/v1/cases").json()["items"]]

    def client(self, who: Role | str | None = Role.ADMIN, **more: Any) -> TestClient:
        """A client of a role, of a token, or of nobody; problems of the server are raised."""
        token = self.tokens[NAMES[who]] if isinstance(who, Role) else who
        headers = {"authorization": f"Bearer {token}"} if token else {}
        app = application(self.casebook, self.settings, self.keys, self.clock)
        return TestClient(app, headers=headers, follow_redirects=False, **more)

    def allow(self, *countermeasures: str) -> None:
        """Have the policy allow countermeasures."""
        file = self.folder / "policy.toml"
        named = ", ".join(f'"{one}"' for one in countermeasures)
        file.write_text(f"{POLICY}[countermeasures]\nallowed = [{named}]\n")
        open_desk(self.folder / "guard.rvn", self.keys).docket.keep_policy(file)

    def given(self, account: str) -> tuple[str, ...]:
        """What a real guard, by what was published, hands on for a request of an account."""
        desk = open_desk(self.folder / "guard.rvn", self.keys)
        guard = Guard(desk.policy(None), desk.fingerprints)
        snapshot = load_snapshot(desk.snapshot, desk.signing.public)
        assert isinstance(snapshot, Snapshot), snapshot
        now = self.clock().timestamp()
        assert guard.offer(snapshot, now) is None
        caller = Caller(desk.fingerprints.of(Kind.ACCOUNT, account))
        return guard.decide(Request(now, caller, Protocol.OPENAI_CHAT, Facts())).countermeasures


@contextmanager
def opened_office(url: str, folder: Path, **api: Any) -> Iterator[Office]:
    """Open one with a person of each role and a service."""
    scans = folder / "scans"
    made = [
        campaign(MAIN.removeprefix("campaign--"), names("bad", 12), verdict=Verdict.CONVICTED),
        campaign(OTHER.removeprefix("campaign--"), names("odd", 5)),
    ]
    night = scan_folder(scans / SCAN, *made)
    rows = [(name, one.id, 3.0, 0.9) for one in made for name in one.account_ids]
    columns = ["account_id", "campaign_id", "log_e_value", "probability"]
    pl.DataFrame(rows, columns, orient="row").write_parquet(night / "accounts.parquet")
    given = {"requests_per_minute": 1_000_000, "mb_per_day": 1e6, "scan_folders": (str(scans),)}
    settings = replace(
        Settings(),
        api=ApiSettings(**{**given, **api}),
        casebook=CasebookSettings(snapshots=(str(folder / "guard.rvn"),)),
    )
    casebook = open_casebook(url, folder / "keys")
    policy = folder / "policy.toml"
    policy.write_text(POLICY)
    docket = open_desk(folder / "guard.rvn", casebook.keys).docket
    docket.folder.mkdir()
    docket.keep_policy(policy)
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
        "PYTHONWARNINGS": "error",
    }
    (office.folder / "revenuer.toml").write_text(
        f"""[api]
requests_per_minute = 1000000
wrong_tokens_per_minute = 1000000
mb_per_day = 1000000.0
scan_folders = ["{office.folder / "scans"}"]
[casebook]
snapshots = ["{office.folder / "guard.rvn"}"]
[share]
folder = "{office.folder / "share"}"
"""
    )
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

"""The console in a process of its own, and a real browser that somebody is signed in with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import visitors  # noqa: F401  (puts the folder of the office on the path)
from office import NAMES, Office

from revenuer.app.signing_in import sessions
from revenuer.casework.roles import Role

QUIET = "Autofocus processing was blocked"
"""What Chromium says where a person was faster than a page that had just been opened."""


@dataclass
class Served:
    """A console that listens."""

    office: Office
    url: str
    process: subprocess.Popen[str]
    cookies: dict[Role, str] = field(default_factory=dict)

    @property
    def casebook_url(self) -> str:
        return self.office.casebook.database._url.render_as_string(False)

    def cookie(self, role: Role = Role.ADMIN) -> str:
        """The session of somebody of a role."""
        if role not in self.cookies:
            given: Any = {"now": self.office.clock(), "client": "tests"}
            name = NAMES[role]
            self.cookies[role] = sessions.begin(self.office.casebook, name, "test", **given)
        return self.cookies[role]

    def page(self, browser: Any, role: Role | None = Role.ADMIN, **more: Any) -> Any:
        """A page of a browser of its own; what it complains of is in its `complaints`."""
        context = browser.new_context(base_url=self.url, **more)
        if role is not None:
            cookie = {"name": "revenuer", "value": self.cookie(role), "url": self.url}
            context.add_cookies([cookie])
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda said: QUIET in said.text or page.complaints.append(said.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        return page


@contextmanager
def served_console(office: Office, *, port: int = 0) -> Iterator[Served]:
    """Start `revenuer console` in a process of its own."""
    place, settings = office.folder / "console.toml", office.settings
    peers = "".join(
        f'[[share.peers]]\nname = "{one.name}"\nurl = "{one.url}"\n'
        f'collection = "{one.collection}"\n'
        for one in settings.share.peers
    )
    place.write_text(
        f"""[console]
requests_per_minute = 1000000
mb_per_day = 1000000.0
[api]
scan_folders = ["{office.folder / "scans"}"]
[casebook]
snapshots = ["{office.folder / "guard.rvn"}"]
[share]
folder = "{office.folder / "share"}"
[access]
policy = "{settings.access.policy}"
owners = "{settings.access.owners}"
[retention]
erasure_persons = {settings.retention.erasure_persons}
{peers}"""
    )
    command = [sys.executable, "-c", "from revenuer.cli import main; main()", "console"]
    url = office.casebook.database._url.render_as_string(False)
    process = subprocess.Popen(
        [*command, "--port", str(port), "--keys", str(office.keys), "--config", str(place)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "REVENUER_CASEBOOK_URL": url, "PYTHONWARNINGS": "error"},
        cwd=office.folder,
    )
    try:
        assert process.stdout is not None
        said = process.stdout.readline().strip()
        if not said:
            raise AssertionError(process.communicate()[1])
        yield Served(office, "/".join(said.split("/")[:3]), process)
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=20)
    assert "unexpected" not in errors, errors
    assert "Traceback" not in errors, errors

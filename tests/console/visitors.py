"""A console with one person of each role: in this process, or in its own with a real browser."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from starlette.testclient import TestClient

# pytest's importlib mode does not put a test's folder on the path.
sys.path.insert(0, str(Path(__file__).parents[1] / "api" / "casebook"))

from office import NAMES, Office, opened_office

from revenuer.app.signing_in import sessions
from revenuer.casework.roles import Role
from revenuer.console.server import application

ORIGIN = "http://testserver"
CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass
class Console:
    """A casebook and its console."""

    office: Office
    cookies: dict[Role, str] = field(default_factory=dict)

    def visitor(self, role: Role | None = Role.ADMIN, **more: Any) -> Visitor:
        """Somebody of a role who is signed in; a stranger for None."""
        office = self.office
        here = replace(office.settings.console, public_url=ORIGIN)
        settings = replace(office.settings, console=here)
        app = application(office.casebook, settings, office.keys, office.clock)
        client = TestClient(app, follow_redirects=False, base_url=ORIGIN, **more)
        if role is not None:
            if role not in self.cookies:
                given = {"now": office.clock(), "client": "tests"}
                begun = sessions.begin(office.casebook, NAMES[role], "test", **given)
                self.cookies[role] = begun
            client.cookies.set("revenuer", self.cookies[role])
        return Visitor(client)


@dataclass
class Visitor:
    """A browser without script."""

    client: TestClient

    def get(self, url: str, **more: Any) -> httpx.Response:
        return self.client.get(url, **more)

    def csrf(self, url: str = "/") -> str:
        """What the forms of a page carry."""
        found = CSRF.search(self.get(url).text)
        assert found is not None, url
        return found.group(1)

    def post(self, url: str, form: dict[str, Any] | None = None, **more: Any) -> httpx.Response:
        """Send a form as a page of ours would."""
        data = {"csrf": more.pop("csrf", None) or self.csrf(more.pop("page", "/")), **(form or {})}
        headers = {"origin": ORIGIN, **more.pop("headers", {})}
        return self.client.post(url, data=data, headers=headers, **more)


@contextmanager
def opened_console(url: str, folder: Path, **more: Any) -> Iterator[Console]:
    """An office with a person of each role, who sign in at the console."""
    with opened_office(url, folder, **more) as office:
        yield Console(office)

"""`revenuer console` in a process of its own, on an empty casebook, as strangers find it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pyotp

CSRF = re.compile(r'name="csrf" value="([^"]+)"')
STEP = re.compile(r'name="step" value="([^"]+)"')
SECRET = re.compile(r"type <code>([A-Z2-7]{32})</code>")
LINK = re.compile(r'<code class="link">([^<]+)</code>')
PASSWORD = "seventeen quiet harbours"


@dataclass
class Door:
    """A console that runs.

    Attributes:
        url: Scheme, host and port, by name.
        first: Path of the first admin's link; empty where there is none.
        folder: Where its casebook and keys are.
        started_s: Seconds of a processor that it took until it listened.
        browsers: That were opened.
    """

    url: str
    first: str
    folder: Path
    started_s: float
    browsers: list[Browser] = field(default_factory=list)

    def browser(self) -> Browser:
        """A browser without script that nobody is signed in to."""
        self.browsers.append(Browser(self.url))
        return self.browsers[-1]

    def cli(self, *arguments: str) -> str:
        """What a command prints, run beside the console."""
        command = [sys.executable, "-c", "from revenuer.cli import main; main()", *arguments]
        done = subprocess.run(
            command, env=environment(self.folder), cwd=self.folder, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@dataclass
class Browser:
    """A browser without script."""

    url: str
    client: httpx.Client = field(init=False)
    secret: str = ""
    used_s: int = 0

    def __post_init__(self) -> None:
        self.client = httpx.Client(base_url=self.url, timeout=60, trust_env=False)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.client.get(path, **more)

    def post(self, path: str, form: dict[str, str], *, page: str, **more: Any) -> httpx.Response:
        """Send a form as a page of the console would."""
        csrf = more.pop("csrf", None)
        if csrf is None:
            csrf = found(CSRF, self.get(page).text)
        headers = {"origin": self.url, "sec-fetch-site": "same-origin", **more.pop("headers", {})}
        return self.client.post(path, data={"csrf": csrf, **form}, headers=headers, **more)

    def enrol(self, path: str, name: str = "", **other: str) -> httpx.Response:
        """Take up an invitation with a password."""
        page = self.get(path).text
        if (secret := found(SECRET, page)) != self.secret:
            self.secret, self.used_s = secret, 0
        form = {
            "code": unescape(found(re.compile(r'name="code" value="([^"]+)"'), page)),
            "step": found(STEP, page),
            "name": name,
            "password": PASSWORD,
            "repeated": PASSWORD,
            "first": self.code(),
        }
        told = self.post("/enrol/password", {**form, **other}, page=path, csrf=found(CSRF, page))
        if told.status_code != 303:
            self.used_s = 0
        return told

    def sign_in(self, name: str, **other: str) -> httpx.Response:
        form = {"name": name, "password": PASSWORD, **other}
        if "code" not in form:
            form["code"] = self.code()
        return self.post("/sign-in", form, page="/sign-in")

    def code(self) -> str:
        """A code that was not used: of the next step, where this one's was."""
        step = max(int(time.time()) // 30, self.used_s + 1)
        self.used_s = step
        return pyotp.TOTP(self.secret).generate_otp(step)


def found(pattern: re.Pattern[str], text: str) -> str:
    """What a page has where a pattern says."""
    match = pattern.search(text)
    assert match is not None, text[:2000]
    return match.group(1)


def environment(folder: Path) -> dict[str, str]:
    """What a process is told."""
    return {
        **os.environ,
        "REVENUER_CASEBOOK_URL": f"sqlite:///{folder}/casebook.sqlite",
        "REVENUER_KEYS": str(folder / "keys"),
        "PYTHONWARNINGS": "error",
    }


@contextmanager
def door(folder: Path, settings: str = "") -> Iterator[Door]:
    """Start one on a port of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "revenuer.toml").write_text(settings)
    command = [sys.executable, "-c", "from revenuer.cli import main; main()", "console"]
    process = subprocess.Popen(
        [*command, "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(folder),
        cwd=folder,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        if not line:
            raise AssertionError(process.communicate()[1])
        url, _, path = line.partition("/welcome")
        first = f"/welcome{path}" if path else ""
        used = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
        ticks = os.sysconf("SC_CLK_TCK")
        one = Door(url.rstrip("/"), first, folder, (int(used[11]) + int(used[12])) / ticks)
        yield one
        for browser in one.browsers:
            browser.client.close()
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=20)
    assert "unexpected" not in said, said
    assert "Traceback" not in said, said

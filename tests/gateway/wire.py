"""Processes and sockets that the gateway's tests share."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from guard_load.shapes import ANSWERS
from revenuer.disk import put
from revenuer.enforcement.verdict_keys import (
    fingerprint_key_at,
    signing_key_at,
    write_fingerprint_key,
    write_public_key,
)
from revenuer.guard import Action, Fingerprinter, Kind
from revenuer.guard.layout import Cause, Issue, Listing, write_snapshot

Step = bytes | float
"""Bytes to send, or seconds to wait; `CUT` breaks the connection off."""
CUT = -1.0


@dataclass(frozen=True)
class Asked:
    """A request as the upstream got it."""

    line: str
    headers: dict[str, str]
    names: tuple[str, ...]
    body: bytes


def whole(body: bytes, kind: str = "application/json", extra: str = "") -> bytes:
    head = f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\n{extra}content-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def events_of(path: str) -> list[bytes]:
    return [event + b"\n\n" for event in ANSWERS[path][1]().split(b"\n\n") if event]


def usual(asked: Asked) -> Sequence[Step]:
    """What a model server would answer."""
    path = asked.line.split(" ")[1].split("?")[0]
    if path not in ANSWERS:
        return [whole(b'{"path": "%b"}' % path.encode())]
    if re.search(rb'"stream"\s*:\s*true', asked.body):
        return [STREAM, *(chunk(event) for event in events_of(path)), b"0\r\n\r\n"]
    return [whole(ANSWERS[path][0]())]


class Upstream:
    """An HTTP server that answers by script, in a thread of its own."""

    def __init__(self, port: int = 0) -> None:
        self.connections = 0
        self.reset()
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(port, ready), daemon=True)
        self._thread.start()
        ready.wait(5)

    def reset(self) -> None:
        """Answer as usual again, and forget what was asked."""
        self.answer: Callable[[Asked], Sequence[Step]] = usual
        self.asked: list[Asked] = []
        self.raw = b""
        self.lost: list[float] = []
        self.sent = 0

    def _run(self, port: int, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", port, limit=1 << 26)
        )
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0.01))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while (asked := await self._read(reader)) is not None:
                self.asked.append(asked)
                if not await self._play(self.answer(asked), reader, writer):
                    break
        except (OSError, asyncio.IncompleteReadError):
            self.lost.append(time.monotonic())
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> Asked | None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return None
        self.raw += head
        line, *rest = head.decode("latin-1").split("\r\n")[:-2]
        pairs = [entry.split(": ", 1) for entry in rest]
        headers = {name.lower(): value for name, value in pairs}
        body = b""
        if "content-length" in headers:
            body = await reader.readexactly(int(headers["content-length"]))
        elif headers.get("transfer-encoding") == "chunked":
            while (size := int(await reader.readline(), 16)) > 0:
                body += await reader.readexactly(size)
                await reader.readexactly(2)
            await reader.readexactly(2)
        return Asked(line, headers, tuple(name.lower() for name, _ in pairs), body)

    async def _play(
        self,
        steps: Sequence[Step],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> bool:
        for step in steps:
            if isinstance(step, bytes):
                writer.write(step)
                await writer.drain()
                self.sent += len(step)
            elif step == CUT:
                writer.transport.abort()
                return False
            else:
                gone = asyncio.ensure_future(reader.read(1))
                done, _ = await asyncio.wait([gone], timeout=step)
                if done:
                    self.lost.append(time.monotonic())
                    return False
                gone.cancel()
                # A reader takes one waiter at a time.
                await asyncio.wait([gone])
        return True

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)


class Gateway:
    """`revenuer gateway` as an operator starts it."""

    def __init__(self, folder: Path, upstream: int, sections: dict[str, dict[str, Any]]) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self.log = folder / "log"
        self.since = ""
        metrics = free_port()
        settings: dict[str, dict[str, Any]] = {
            "listen": {"port": 0},
            "upstream": {"url": f"http://127.0.0.1:{upstream}"},
            "log": {"folder": str(self.log)},
            "metrics": {"port": metrics},
        }
        for name, values in sections.items():
            settings[name] = settings.get(name, {}) | values
        self.metrics_port = metrics
        file = folder / "gateway.toml"
        file.write_text(toml_of(settings))
        command = [sys.executable, "-m", "revenuer", "gateway", "--config", str(file)]
        command[1:3] = ["-c", "from revenuer.cli import main; main()"]
        self.errors = (folder / "stderr").open("w+b")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.errors)
        assert self.process.stdout is not None
        line = self.process.stdout.readline().decode()
        found = re.match(r"https?://[^:]+:(\d+) ", line)
        if found is None:
            self.stop()
            raise AssertionError(f"{line}{(folder / 'stderr').read_text()}")
        self.port = int(found[1])
        self.base = f"http://127.0.0.1:{self.port}"

    @property
    def workers(self) -> list[int]:
        return [
            int(pid)
            for pid in children_of(self.process.pid)
            if "gateway.proxy.worker" in command_of(pid)
        ]

    def numbers(self) -> dict[str, float]:
        with socket.create_connection(("127.0.0.1", self.metrics_port), 5) as link:
            link.sendall(b"GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n")
            text = read_all(link).split(b"\r\n\r\n", 1)[1].decode()
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        return {name: float(value) for name, _, value in (li.rpartition(" ") for li in lines)}

    def number_reaches(self, name: str, least: float, within_s: float = 8.0) -> float:
        end = time.monotonic() + within_s
        while True:
            found = self.numbers().get(name, 0.0)
            if found >= least or time.monotonic() > end:
                return found
            time.sleep(0.1)

    def rows(self, least: int = 0, within_s: float = 8.0) -> list[dict[str, Any]]:
        end = time.monotonic() + within_s
        while True:
            found = [row for row in read_rows(self.log) if row["occurred_at"] >= self.since]
            if len(found) >= least or time.monotonic() > end:
                return found
            time.sleep(0.1)

    def forget(self) -> None:
        """Count only rows of requests that come from now on."""
        self.since = datetime.now(UTC).isoformat().replace("+00:00", "Z")

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait(5)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.errors.close()
        return code


def read_rows(folder: Path) -> list[dict[str, Any]]:
    return [
        json.loads(line)
        for file in sorted(folder.glob("*.jsonl"))
        for line in file.read_bytes().split(b"\n")[:-1]
    ]


def toml_of(settings: dict[str, dict[str, Any]]) -> str:
    lines = []
    for section, values in settings.items():
        lines.append(f"[{section}]")
        lines += [f"{name} = {json.dumps(value)}" for name, value in values.items()]
    return "\n".join(lines) + "\n"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def read_all(link: socket.socket, timeout_s: float = 10.0) -> bytes:
    link.settimeout(timeout_s)
    data = b""
    try:
        while more := link.recv(65_536):
            data += more
    except (TimeoutError, ConnectionResetError):
        pass
    return data


def talk(port: int, data: bytes, timeout_s: float = 10.0) -> bytes:
    """Send bytes as they are, and read until the other side ends."""
    with socket.create_connection(("127.0.0.1", port), timeout_s) as link:
        link.sendall(data)
        return read_all(link, timeout_s)


class Publisher:
    """Publishes verdicts for a gateway, signed as `revenuer verdicts publish` signs them."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.file = folder / "verdicts.snapshot"
        self.signing, _ = signing_key_at(folder / "keys" / "signing.key")
        secret, _ = fingerprint_key_at(folder / "keys" / "fingerprint.key")
        self.names = Fingerprinter(secret)
        write_public_key(Path(f"{self.file}.pub"), self.signing.public)
        write_fingerprint_key(Path(f"{self.file}.fingerprint-key"), secret)
        self.sequence = 0

    def snapshot(
        self, actions: dict[str, Action], *, made_at: float | None = None, life_s: float = 3600
    ) -> bytes:
        now = time.time() if made_at is None else made_at
        self.sequence += 1
        listings = {
            self.names.of(Kind.ACCOUNT, account): Listing(
                action, Cause("campaign--1", "found in a test"), now + life_s, 0.99
            )
            for account, action in actions.items()
        }
        issue = Issue(
            self.sequence, now, self.names.key_id, self.signing.public.id, self.signing.sign
        )
        return write_snapshot(listings, issue)

    def publish(self, actions: dict[str, Action], **more: float) -> None:
        put(self.file, self.snapshot(actions, **more))


ENFORCE = """
mode = "enforce"
[appeal]
url = "https://example.org/appeal"
verify_url = "https://example.org/verify"
"""


def enforcing(folder: Path, publisher: Publisher, policy: str = ENFORCE) -> dict[str, str]:
    """The section `guard` of a gateway that acts on what a publisher says."""
    file = folder / "policy.toml"
    file.write_text(policy)
    return {"policy": str(file), "snapshot": str(publisher.file)}

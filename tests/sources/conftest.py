"""Logs on disk, opened; and a server on loopback that real clients can talk to."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import polars as pl
import pytest

from revenuer.sources import Intake, open_logs

ROW = {
    "exchange_id": "e1",
    "occurred_at": "2026-02-23T09:30:00Z",
    "account_id": "a1",
    "input_tokens": 12,
    "prompt": "hello",
}


@dataclass(frozen=True)
class Opened:
    rows: pl.DataFrame
    present: frozenset[str]
    intake: Intake

    def quarantined(self) -> list[dict[str, object]]:
        lines = self.intake.quarantine_file.read_text("utf-8").splitlines()
        return [json.loads(line) for line in lines]


@pytest.fixture
def opened(tmp_path: Path) -> Callable[..., Opened]:
    """Opens files and gives all their rows, ordered by id."""
    count = 0

    def open_them(*places: Path | str, table: str = "exchanges", **options: object) -> Opened:
        nonlocal count
        count += 1
        workdir = tmp_path / f"work{count}"
        workdir.mkdir()
        paths = [str(place) for place in places]
        with open_logs(paths, workdir=workdir, **options) as logs:  # type: ignore[arg-type]
            rows = getattr(logs.tables, table)
            frame = logs.engine.fetch(rows).sort(rows.columns[0])
            return Opened(frame, logs.tables.present, logs.intake)

    return open_them


@pytest.fixture
def write_lines(tmp_path: Path) -> Callable[..., Path]:
    """Writes records as JSON Lines; text and bytes are written as they are."""

    def write(*records: object, name: str = "log.jsonl") -> Path:
        lines = [
            record
            if isinstance(record, bytes)
            else (record if isinstance(record, str) else json.dumps(record)).encode()
            for record in records
        ]
        path = tmp_path / name
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        return path

    return write


@dataclass
class Loopback:
    """A server that answers each request with the next prepared body."""

    url: str
    answers: list[tuple[int, str]] = field(default_factory=list)
    asked: list[tuple[dict[str, str], dict[str, object]]] = field(default_factory=list)

    def will_answer(self, body: str, status: int = 200) -> None:
        self.answers.append((status, body))


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    """A server on 127.0.0.1 that records what it is asked."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            size = int(self.headers.get("content-length", 0))
            body = json.loads(self.rfile.read(size))
            state.asked.append((dict(self.headers.items()), body))
            status, answer = state.answers.pop(0)
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer.encode())))
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    state = Loopback(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield state
    server.shutdown()
    thread.join()
    server.server_close()

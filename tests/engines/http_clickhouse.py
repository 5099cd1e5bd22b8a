"""A ClickHouse server for tests: chDB behind the part of ClickHouse's HTTP interface that is used.

No server of today's version is to be had here, so the protocol is the tests' and the engine
behind it is real. Run as a script with a folder, a password and SQL that makes the tables; it
prints its port.
"""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import chdb

NOT_SETTINGS = {
    "cancel_http_readonly_queries_on_client_close",
    "database",
    "default_format",
    "query",
    "session_id",
    "session_timeout",
}


class Handler(BaseHTTPRequestHandler):
    """Answers one question."""

    server: Served

    def do_POST(self) -> None:
        """Run what was asked for whoever knows the password."""
        asked = parse_qs(urlsplit(self.path).query)
        options = {name: values[-1] for name, values in asked.items()}
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("X-ClickHouse-Key", "") != self.server.password:
            self.answer(403, b"Code: 516. DB::Exception: no. (AUTHENTICATION_FAILED)")
            return
        try:
            self.answer(200, self.server.run(options, body))
        except chdb.ChdbError as problem:
            self.answer(500, str(problem).encode())

    def answer(self, status: int, data: bytes) -> None:
        """Send a whole answer."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *told: object) -> None:
        """Say nothing."""


class Served(HTTPServer):
    """The server and its database."""

    def __init__(self, folder: str, password: str, script: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder, self.password = Path(folder), password
        self.connection = chdb.connect(folder)
        for statement in script.split(";\n"):
            self.connection.query(statement)

    def run(self, options: dict[str, str], body: bytes) -> bytes:
        """One query, or the rows of one insertion."""
        for name, value in options.items():
            if name not in NOT_SETTINGS:
                self.connection.query(f"SET {name} = '{value}'")
        if "query" not in options:
            answer = self.connection.query(body.decode(), options.get("default_format", "CSV"))
            data = bytes(answer.bytes())
            # So that a test can ask for an answer that breaks off.
            return data[: len(data) // 2] if b"cut short" in body else data
        path = self.folder / "inserted.arrow"
        path.write_bytes(body)
        insert = options["query"].removesuffix(" FORMAT ArrowStream")
        self.connection.query(f"{insert} SELECT * FROM file('{path}', ArrowStream)")
        return b""


if __name__ == "__main__":
    server = Served(*sys.argv[1:])
    print(server.server_port, flush=True)  # noqa: T201
    server.serve_forever()

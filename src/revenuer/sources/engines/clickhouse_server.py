"""A ClickHouse server, asked over HTTP: it reads its own tables, and Arrow comes back."""

from __future__ import annotations

import http.client
import io
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import SplitResult, parse_qs, urlencode

import ibis.expr.types as ir
import polars as pl
import pyarrow as pa

from revenuer.errors import ConfigError, EngineError
from revenuer.sources.engines.clickhouse import (
    SETTINGS,
    Asking,
    named_table,
    quoted_name,
    refused,
    structure,
)

PORT, SECURE_PORT = 8123, 8443
TIMEOUT_S = 3600
"""How long one read may wait, and how long a session is kept: ClickHouse's own limit."""
OK = 200
END_OF_STREAM = b"\xff\xff\xff\xff\x00\x00\x00\x00"
"""How a whole Arrow stream ends: one that was cut short could pass for a short one."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a server is and who asks.

    Attributes:
        host: Its name or address.
        port: Of its HTTP interface.
        secure: Over TLS.
        database: Where tables without a database's name are.
        user: Who asks.
        password: Never printed.
    """

    host: str
    port: int
    secure: bool
    database: str
    user: str
    password: str = field(repr=False)


def server_at(url: SplitResult, password: str) -> Server:
    """Read `clickhouse://user@host:8123/database?secure=1`.

    Raises:
        ConfigError: The port or an option is not one.
    """
    options = parse_qs(url.query, keep_blank_values=True)
    hint = "It is clickhouse://user@host:8123/database, with ?secure=1 for TLS."
    if set(options) - {"secure"}:
        raise ConfigError(f"The engine's URL has no option {sorted(options)[0]!r}.", hint)
    secure = options.get("secure", ["0"])[-1].lower() not in {"0", "false", "no"}
    try:
        port = url.port or (SECURE_PORT if secure else PORT)
    except ValueError as problem:
        raise ConfigError("The port in the engine's URL is no port.", hint) from problem
    return Server(
        host=url.hostname or "",
        port=port,
        secure=secure,
        database=url.path.strip("/") or "default",
        user=url.username or "default",
        password=password,
    )


class HttpTransport:
    """Questions to a server, one after the other, in one session.

    A session holds what is kept and uploaded, as temporary tables that nobody else sees. A
    connection a question, so that leaving off in the middle of an answer ends the query.
    """

    def __init__(self, server: Server) -> None:
        self.server = server
        self.session = f"revenuer-{uuid.uuid4()}"

    def ask(self, sql: str) -> Iterator[pa.RecordBatch]:
        """Run a query; batches as ClickHouse makes them."""
        with self._answered(sql, b"", {"default_format": "ArrowStream"}) as answer:
            stream = Ending(answer)
            try:
                yield from pa.ipc.open_stream(stream)
                whole = stream.last == END_OF_STREAM
            except (pa.ArrowException, http.client.HTTPException, OSError) as problem:
                raise _cut_short() from problem
        if not whole:
            raise _cut_short()

    def tell(self, sql: str, data: bytes = b"") -> None:
        """Run a statement without an answer, with the rows that it takes."""
        with self._answered(sql, data, {}) as answer:
            answer.read()

    def _answered(self, sql: str, data: bytes, options: dict[str, str]) -> Answer:
        kind = http.client.HTTPSConnection if self.server.secure else http.client.HTTPConnection
        connection = kind(self.server.host, self.server.port, timeout=TIMEOUT_S)
        asked = {
            **SETTINGS,
            **options,
            "database": self.server.database,
            "session_id": self.session,
            "session_timeout": str(TIMEOUT_S),
            "cancel_http_readonly_queries_on_client_close": "1",
        }
        headers = {"X-ClickHouse-User": self.server.user}
        if self.server.password:
            headers["X-ClickHouse-Key"] = self.server.password
        # A statement with rows goes into the address, so that the rows are the whole body.
        path = "/?" + urlencode({**asked, "query": sql} if data else asked)
        try:
            connection.request("POST", path, data or sql.encode(), headers)
            response = connection.getresponse()
            if response.status != OK:
                raise refused(response.read(1 << 16).decode(errors="replace"))
        except (OSError, http.client.HTTPException) as problem:
            connection.close()
            told = f"ClickHouse at {self.server.host}:{self.server.port} does not answer"
            raise EngineError(f"{told}: {type(problem).__name__}", "Check the URL.") from problem
        except EngineError:
            connection.close()
            raise
        return Answer(connection, response)


class Answer:
    """A response, whose connection closes with it."""

    def __init__(
        self, connection: http.client.HTTPConnection, response: http.client.HTTPResponse
    ) -> None:
        self.connection = connection
        self.response = response

    def __enter__(self) -> http.client.HTTPResponse:
        return self.response

    def __exit__(self, *problem: object) -> None:
        self.connection.close()


class Ending(io.RawIOBase):
    """A stream that remembers its last bytes."""

    def __init__(self, stream: IO[bytes] | Any) -> None:
        self.stream = stream
        self.last = b""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read some bytes."""
        data = self.stream.read(len(buffer))
        buffer[: len(data)] = data
        if data:
            self.last = (self.last + data)[-len(END_OF_STREAM) :]
        return len(data)


class ClickHouseServer(Asking):
    """A ClickHouse server.

    Args:
        server: Where it is and who asks.
    """

    reads_files = False
    kind = "TEMPORARY TABLE"
    storage = ""

    def __init__(self, server: Server) -> None:
        self.http = HttpTransport(server)
        super().__init__(self.http)

    def upload(self, name: str, frame: pl.DataFrame | pa.Table) -> ir.Table:
        """Put a small table beside the logs, for joins; replaces one of the same name."""
        table = frame if isinstance(frame, pa.Table) else frame.to_arrow()
        self.forget(name)
        self.http.tell(f"CREATE {self.kind} {quoted_name(name)} ({structure(table.schema)})")
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        data = sink.getvalue().to_pybytes()
        self.http.tell(f"INSERT INTO {quoted_name(name)} FORMAT ArrowStream", data)
        return named_table(name, table.schema)

    def attach(self, name: str, path: Path, schema: pa.Schema) -> ir.Table:
        """Refuse: the server does not see the files of this machine."""
        raise EngineError(
            "a ClickHouse server does not see the files of this machine",
            "Sketch the log first, with `revenuer sketch`, and load it there.",
        )

    def attach_files(self, name: str, paths: Sequence[Path], schema: pa.Schema) -> ir.Table:
        """Refuse, as `attach` does."""
        return self.attach(name, paths[0], schema)

    def close(self) -> None:
        """Nothing is open between questions; the session ends by itself."""


def _cut_short() -> EngineError:
    hint = "Its own log, system.query_log, says why."
    return EngineError("ClickHouse broke off in the middle of an answer", hint)

"""Settings become objects here: which engine runs the queries."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from revenuer.errors import ConfigError
from revenuer.sources import EngineMaker, OtherEngine

PASSWORD = "REVENUER_CLICKHOUSE_PASSWORD"
"""Where the password is taken from: a command line is seen by every user of a machine."""

HINT = "It is duckdb, clickhouse, clickhouse://user@host:8123/db, spark or spark://host:7077."


def engine_maker(name: str, environment: Mapping[str, str]) -> EngineMaker | None:
    """What starts the engine of a name; None for DuckDB, which is always there.

    Args:
        name: As `--engine` and the setting `engine` take it.
        environment: Variables, for the password.

    Raises:
        ConfigError: There is no such engine, or the name holds a password.
    """
    if name == "duckdb":
        return None
    if name == "clickhouse":
        return _embedded_clickhouse
    if name == "spark":
        return _spark(None)
    url = urlsplit(name)
    if url.scheme == "spark" and url.hostname:
        return _spark(name)
    if url.scheme == "clickhouse" and url.hostname:
        return _clickhouse_server(url, environment.get(PASSWORD, ""))
    raise ConfigError(f"There is no engine {name.split('@')[-1]!r}.", HINT)


# Each engine's own module is imported only here, when it is asked for.


def _embedded_clickhouse(workdir: Path) -> OtherEngine:
    from revenuer.sources.engines.chdb import EmbeddedClickHouse

    return EmbeddedClickHouse(workdir)


def _spark(master: str | None) -> EngineMaker:
    def make(workdir: Path) -> OtherEngine:
        from revenuer.sources.engines.spark import SparkEngine

        return SparkEngine(workdir, master)

    return make


def _clickhouse_server(url: SplitResult, password: str) -> EngineMaker:
    if url.password is not None:
        raise ConfigError("The engine's URL holds a password.", f"Put it into {PASSWORD}.")
    from revenuer.sources.engines.clickhouse_server import server_at

    server = server_at(url, password)

    def make(workdir: Path) -> OtherEngine:
        from revenuer.sources.engines.clickhouse_server import ClickHouseServer

        return ClickHouseServer(server)

    return make

"""A ClickHouse server over HTTP, with its own tables; the engine behind it is real."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import polars as pl
import pytest

from revenuer.errors import ColumnError, ConfigError, EngineError
from revenuer.sources import open_logs
from revenuer.sources.columns import EXCHANGES
from revenuer.sources.engines.clickhouse import quoted_text, structure
from revenuer.wiring import PASSWORD, engine_maker

from .conftest import same_answers

pytestmark = [
    pytest.mark.engines,
    pytest.mark.skipif(find_spec("chdb") is None, reason="chdb-core is not installed"),
]
SECRET = "not on the command line"
SCRIPT = Path(__file__).with_name("http_clickhouse.py")
Serve = Callable[[str], str]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start a server with tables that a script makes; returns its URL."""
    started = []

    def start(script: str) -> str:
        words = [sys.executable, SCRIPT, tmp_path / "served", SECRET, script]
        server = subprocess.Popen([*map(str, words)], stdout=subprocess.PIPE, text=True)
        started.append(server)
        return f"clickhouse://default@127.0.0.1:{int(server.stdout.readline())}/default"

    yield start
    for server in started:
        server.kill()
        server.wait()
        server.stdout.close()


def maker(url: str, password: str = SECRET):
    return engine_maker(url, {PASSWORD: password})


def loading(folder: Path) -> str:
    """SQL that loads a world as an operator's own tables, in types that ClickHouse prefers."""
    files = quoted_text(str(folder / "exchanges" / "*.parquet"))
    columns = quoted_text(structure(EXCHANGES.schema))
    return (
        "CREATE DATABASE logs;\n"
        "CREATE TABLE logs.exchanges ENGINE = MergeTree ORDER BY (account_id, occurred_at) AS "
        "SELECT * REPLACE (assumeNotNull(exchange_id) AS exchange_id, "
        "assumeNotNull(account_id) AS account_id, assumeNotNull(occurred_at) AS occurred_at, "
        "toLowCardinality(model) AS model, toUInt32(output_tokens) AS output_tokens) "
        f"FROM file({files}, Parquet, {columns})"
    )


def test_a_servers_table_gives_the_same_findings(serve: Serve, world, same_findings) -> None:
    same_findings(maker(serve(loading(world.folder))), ["table:logs.exchanges"], **world.others)


def test_every_query_has_duckdbs_answer(serve: Serve, wanted_answers, tmp_path: Path) -> None:
    engine = maker(serve("SELECT 1"))(tmp_path)
    assert same_answers(engine, wanted_answers) == []


def test_rows_of_a_table_are_checked_and_counted_once(serve: Serve, tmp_path: Path) -> None:
    url = serve(
        "CREATE TABLE seen (exchange_id String, account_id LowCardinality(String), "
        "occurred_at DateTime('UTC'), prompt Nullable(String), status Int64, mine String) "
        "ENGINE = MergeTree ORDER BY tuple();\n"
        "INSERT INTO seen VALUES ('1', 'a', '2026-02-23 00:00:01', 'p', 200, ''), "
        "('1', 'a', '2026-02-23 00:00:01', 'p', 200, ''), "
        "('2', 'a', '2026-02-23 00:00:02', 'first', 200, ''), "
        "('2', 'a', '2026-02-23 00:00:03', 'other', 200, ''), "
        "('3', '', '2026-02-23 00:00:04', NULL, 200, ''), "
        "('4', 'b', '1980-02-23 00:00:04', NULL, 200, ''), "
        "('5', 'b', '2026-02-23 00:00:05', '', 4294967296, ''), "
        "('6', 'b', '2026-02-23 00:00:06', '', 200, '')"
    )
    with open_logs(["table:seen"], workdir=tmp_path, engine=maker(url)) as logs:
        told = logs.intake
        rows = logs.engine.fetch(logs.tables.exchanges).sort("exchange_id")
        present = logs.tables.present
    assert rows["exchange_id"].to_list() == ["1", "2", "6"]
    assert rows["prompt"].to_list() == ["p", "first", None]
    assert (told.rows, told.kept, told.duplicates, told.conflicts) == (8, 3, 1, 1)
    assert told.quarantined == 4
    reasons = pl.read_ndjson(tmp_path / "quarantine.jsonl")["reason"].to_list()
    assert sorted(reasons) == [
        "account_id is missing",
        "exchange_id repeats an earlier row with other content",
        "occurred_at is before 2000 or after 2199",
        "status is not a whole number or does not fit 32 bits",
    ]
    assert told.unknown_columns == ("mine",)
    assert {"exchanges.prompt", "exchanges.status"} <= present
    assert "exchanges.model" not in present


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("exchange_id String, occurred_at DateTime64(6, 'UTC'), acount_id String", "account_id"),
        ("exchange_id String, occurred_at String, account_id String", "occurred_at"),
    ],
)
def test_a_table_of_other_columns_is_an_error(
    serve: Serve, tmp_path: Path, columns: str, message: str
) -> None:
    url = serve(f"CREATE TABLE seen ({columns}) ENGINE = MergeTree ORDER BY tuple()")
    with pytest.raises(ColumnError, match=message):
        open_logs(["table:seen"], workdir=tmp_path, engine=maker(url))


def test_what_a_server_refuses_has_a_name_and_a_hint(serve: Serve, tmp_path: Path) -> None:
    url = serve("SELECT 1")
    with pytest.raises(EngineError, match="AUTHENTICATION_FAILED") as caught:
        open_logs(["table:seen"], workdir=tmp_path, engine=maker(url, "wrong"))
    assert PASSWORD in caught.value.hint
    assert "wrong" not in caught.value.message
    with pytest.raises(EngineError, match="UNKNOWN_TABLE"):
        open_logs(["table:seen"], workdir=tmp_path, engine=maker(url))


def test_an_answer_that_breaks_off_is_an_error(serve: Serve, tmp_path: Path) -> None:
    engine = maker(serve("SELECT 1"))(tmp_path)
    with pytest.raises(EngineError, match="broke off"):
        list(engine.transport.ask("SELECT number FROM numbers(300000) -- cut short"))


def test_files_of_this_machine_are_not_sent_to_a_server(
    serve: Serve, world, tmp_path: Path
) -> None:
    with pytest.raises(ConfigError, match="does not see the files") as caught:
        open_logs(world.exchanges, workdir=tmp_path, engine=maker(serve("SELECT 1")))
    assert "table:" in caught.value.hint


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"127\.0\.0\.1:1 does not answer"):
        open_logs(["table:x"], workdir=tmp_path, engine=maker("clickhouse://u@127.0.0.1:1/d"))

"""ClickHouse, embedded: the same findings as DuckDB's, from a real engine."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import ibis
import polars as pl
import pyarrow as pa
import pytest

from revenuer.app.scan import scan
from revenuer.errors import EngineError
from revenuer.sources import Logs, open_logs
from revenuer.wiring import engine_maker

from .conftest import asked, differences, same_answers, same_rows

pytestmark = [
    pytest.mark.engines,
    pytest.mark.skipif(find_spec("chdb") is None, reason="chdb-core is not installed"),
]
EMBEDDED = engine_maker("clickhouse", {})


@pytest.fixture
def engine(tmp_path: Path) -> Iterator:
    made = EMBEDDED(tmp_path)
    yield made
    made.close()


def test_a_scan_finds_what_duckdb_finds(same_findings) -> None:
    same_findings(EMBEDDED)


def test_peers_are_heard_as_with_duckdb(same_with_peers) -> None:
    same_with_peers(EMBEDDED)


def test_a_second_scan_reads_what_the_first_kept(same_findings, world, tmp_path: Path) -> None:
    yesterday = sorted(map(str, Path(*world.exchanges).glob("*.parquet")))[:-1]
    state = tmp_path / "state"
    scan(yesterday, **world.others, out=tmp_path / "first", engine=EMBEDDED, state=state)
    same_findings(EMBEDDED, **world.others, state=state)


def test_the_other_commands_say_what_duckdb_says(world, wanted_of_commands, tmp_path: Path) -> None:
    got = asked(world, EMBEDDED, tmp_path)
    assert wanted_of_commands.pivot["neighbours"]
    for name, wanted in vars(wanted_of_commands).items():
        assert differences(wanted, getattr(got, name)) == [], name


def test_every_query_has_duckdbs_answer(engine, wanted_answers) -> None:
    assert same_answers(engine, wanted_answers) == []


def test_logs_of_other_formats_and_with_bad_rows_are_the_same_rows(tmp_path: Path) -> None:
    lines = tmp_path / "log.jsonl"
    good = '{"exchange_id": "e%d", "occurred_at": "2026-02-23T00:00:0%dZ", "account_id": "a"}'
    lines.write_text("\n".join([*(good % (n, n) for n in (1, 2, 2)), '{"exchange_id": "x"}', "no"]))
    bad = tmp_path / "bad.parquet"
    frame = pl.DataFrame({"exchange_id": ["p1", None], "account_id": ["b", "b"], "status": [1, 2]})
    at = pl.lit("2026-02-23T00:00:00Z").str.to_datetime(time_zone="UTC")
    frame.with_columns(occurred_at=at).write_parquet(bad)
    wanted, got = (opened([str(lines), str(bad)], tmp_path / name, name) for name in ("a", "b"))
    assert wanted[1] == got[1]
    assert same_rows(wanted[0], got[0]) == []
    assert wanted[0].height == 3


def test_good_parquet_is_read_where_it_lies(tmp_path: Path, world) -> None:
    with open_logs(world.exchanges, workdir=tmp_path, engine=EMBEDDED) as logs:
        assert logs.engine.fetch(logs.tables.exchanges.count().as_table()).item() > 0
        assert not list(tmp_path.glob("exchanges-handed.parquet"))


def opened(places: list[str], workdir: Path, name: str) -> tuple[pl.DataFrame, tuple]:
    """The exchanges of a log, and what is said of its rows."""
    workdir.mkdir()
    engine = None if name == "a" else EMBEDDED
    with open_logs(places, workdir=workdir, engine=engine) as logs:
        told = logs.intake
        rows = logs.engine.fetch(logs.tables.exchanges.drop("modalities"))
        return rows, (told.rows, told.kept, told.duplicates, told.conflicts, told.quarantined)


def test_a_stream_comes_in_small_batches_and_may_be_left(engine) -> None:
    table = engine.upload("numbers", pl.DataFrame({"n": range(10_000)}))
    batches = list(engine.stream(table, 1000))
    assert all(isinstance(batch, pa.RecordBatch) for batch in batches)
    assert max(batch.num_rows for batch in batches) <= 1000
    assert sum(batch.num_rows for batch in batches) == 10_000
    next(engine.stream(table, 10))
    assert engine.fetch(table.count().as_table()).item() == 10_000


def test_an_upload_is_replaced_by_the_next(engine) -> None:
    for rows in (["a"], ["a", "b"]):
        table = engine.upload("chosen", pl.DataFrame({"account_id": rows}))
        assert engine.fetch(table).height == len(rows)
        kept = engine.keep("kept", table.mutate(one=1))
        assert engine.fetch(kept).height == len(rows)


def test_a_refusal_has_a_name_and_the_next_query_is_answered(engine) -> None:
    nowhere = ibis.table({"account_id": "string"}, name="nowhere")
    for ask in (engine.fetch, lambda expr: list(engine.stream(expr, 5))):
        with pytest.raises(EngineError, match="UNKNOWN_TABLE"):
            ask(nowhere)
    assert engine.fetch(engine.upload("one", pl.DataFrame({"n": [1]}))).height == 1


def test_a_refusal_in_the_middle_of_an_answer_is_none_the_less_one(engine) -> None:
    sql = "SELECT throwIf(number = 500000, 'the value') FROM numbers(1000000)"
    with pytest.raises(EngineError, match="FUNCTION_THROW_IF") as caught:
        list(engine.transport.ask(sql))
    assert "the value" not in caught.value.message


def test_a_process_that_dies_is_said_to_have(engine) -> None:
    table = engine.upload("texts", pl.DataFrame({"account_id": ["a"]}))
    engine.worker.process.kill()
    with pytest.raises(EngineError, match="ended in the middle"):
        engine.fetch(table)


def test_two_logs_are_open_at_once(tmp_path: Path, world) -> None:
    def open_in(name: str) -> Logs:
        (tmp_path / name).mkdir()
        return open_logs(world.exchanges, workdir=tmp_path / name, engine=EMBEDDED)

    with open_in("one") as one, open_in("two") as two:
        rows = [each.engine.fetch(each.tables.exchanges.count().as_table()) for each in (one, two)]
    assert rows[0].equals(rows[1])

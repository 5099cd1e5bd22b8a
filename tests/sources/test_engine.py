"""The engine: small answers, streams, uploads, and refusals that quote nothing."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
import polars as pl
import pyarrow as pa
import pytest

from revenuer.errors import EngineError
from revenuer.sources import engine as engine_module
from revenuer.sources import open_logs
from revenuer.sources.engine import DuckDBEngine


@pytest.fixture
def logs(write_lines, tmp_path):
    rows = [
        {"exchange_id": f"e{i}", "occurred_at": "2026-02-23T00:00:00Z", "account_id": f"a{i % 3}"}
        for i in range(10)
    ]
    with open_logs([str(write_lines(*rows))], workdir=tmp_path) as logs:
        yield logs


def test_a_stream_comes_in_small_batches(logs):
    batches = list(logs.engine.stream(logs.tables.exchanges.select("exchange_id"), 4))
    assert all(isinstance(batch, pa.RecordBatch) for batch in batches)
    assert max(batch.num_rows for batch in batches) <= 4
    assert sum(batch.num_rows for batch in batches) == 10


def test_other_queries_run_while_a_stream_is_read(logs):
    stream = logs.engine.stream(logs.tables.exchanges, 2)
    next(stream)
    assert logs.engine.fetch(logs.tables.accounts).height == 0
    assert sum(batch.num_rows for batch in stream) == 8


@pytest.mark.parametrize("kind", ["polars", "arrow"])
def test_an_upload_joins_and_is_replaced_by_the_next(logs, kind):
    for wanted in (["a1"], ["a1", "a2"]):
        frame = pl.DataFrame({"account_id": wanted, "weight": [0.5] * len(wanted)})
        table = logs.engine.upload("chosen", frame if kind == "polars" else frame.to_arrow())
        joined = logs.tables.exchanges.inner_join(table, "account_id").select("weight")
        assert logs.engine.fetch(joined).height == 3 * len(wanted)


def test_a_memtable_may_be_fetched(logs):
    table = ibis.memtable(pl.DataFrame({"account_id": ["a1"]}))
    joined = logs.tables.exchanges.semi_join(table, "account_id")
    assert logs.engine.fetch(joined).height == 3


def test_a_refusal_does_not_quote_the_logs(logs):
    broken = logs.tables.exchanges.select(n=ibis._.account_id.cast("int64"))
    with pytest.raises(EngineError) as caught:
        logs.engine.fetch(broken)
    assert "a0" not in caught.value.message
    with pytest.raises(EngineError):
        list(logs.engine.stream(broken, 5))


def test_what_is_forgotten_is_given_back_to_the_system(logs):
    resident = Path("/proc/self/statm")
    if not resident.exists():
        pytest.skip("memory is counted as Linux tells it")

    def resident_mb() -> float:
        return int(resident.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

    before = resident_mb()
    numbers = ibis.range(0, 24_000_000).unnest().name("n").as_table()
    kept = logs.engine.keep("numbers", numbers.mutate(half=numbers.n * 0.5))
    assert logs.engine.fetch(kept.count().as_table()).item() == 24_000_000
    full = resident_mb() - before
    assert full > 150
    logs.engine.forget("numbers")
    with pytest.raises(EngineError):
        logs.engine.fetch(kept)
    # The allocator returns pages a few at a time.
    for _ in range(100):
        time.sleep(0.1)
        if resident_mb() - before < full / 2:
            return
    pytest.fail(f"{resident_mb() - before:.0f} of {full:.0f} MB are still there")


def test_no_progress_bar_is_drawn_among_the_results(logs, capfd):
    connection = logs.engine.connection
    connection.execute("SET progress_bar_time = 1")
    connection.execute("SELECT sum(hash(i)) FROM range(50000000) t(i)").fetchall()
    assert capfd.readouterr().out == ""


def list_of(engine: DuckDBEngine, size: int) -> ir.Table:
    """The length of a list; of one nothing spills, it has to fit, eight bytes each."""
    name = f"list_of_{size}"
    engine.connection.execute(
        f"CREATE VIEW {name} AS SELECT len(list(number)) AS held FROM range({size}) t(number)"
    )
    return engine.table(name, pa.schema([("held", pa.int64())]))


def test_a_query_that_neither_fits_nor_spills_takes_more_of_the_machine(tmp_path: Path) -> None:
    engine = DuckDBEngine(tmp_path, memory_mb=100)
    asked = list_of(engine, 20_000_000)
    with pytest.raises(duckdb.OutOfMemoryException):
        engine.connection.sql("FROM list_of_20000000").fetchall()
    assert engine.fetch(asked)["held"].to_list() == [20_000_000]
    assert engine.fetch(asked.mutate(more=1))["more"].to_list() == [1], "and keeps it"
    engine.close()


def test_streams_and_kept_answers_take_more_of_the_machine_too(tmp_path: Path) -> None:
    for use in ("stream", "keep"):
        engine = DuckDBEngine(tmp_path, memory_mb=100)
        asked = list_of(engine, 20_000_000)
        if use == "stream":
            (batch,) = engine.stream(asked, 10)
            assert batch.num_rows == 1
        else:
            assert engine.fetch(engine.keep("answer", asked)).height == 1
        engine.close()


def test_two_questions_at_once_make_room_for_both(tmp_path: Path) -> None:
    engine = DuckDBEngine(tmp_path, memory_mb=100)
    asked = [list_of(engine, size) for size in (15_000_000, 20_000_000)]
    with ThreadPoolExecutor(2) as pool:
        found = [frame["held"].item() for frame in pool.map(engine.fetch, asked)]
    assert found == [15_000_000, 20_000_000]
    engine.close()


def test_what_fits_in_no_half_of_the_machine_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "most_mb", lambda: 150)
    engine = DuckDBEngine(tmp_path, memory_mb=100)
    with pytest.raises(EngineError, match="Out of Memory"):
        engine.fetch(list_of(engine, 60_000_000))
    engine.close()


def test_a_container_has_no_more_than_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = tmp_path / "memory.max"
    monkeypatch.setattr(engine_module, "CGROUP", given)
    all_of_it = engine_module.most_mb()
    given.write_text("max\n")
    assert engine_module.most_mb() == all_of_it
    given.write_text("64000000\n")
    assert engine_module.most_mb() == 32

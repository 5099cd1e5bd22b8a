"""The engine: small answers, streams, uploads, and refusals that quote nothing."""

from __future__ import annotations

import os
import time
from pathlib import Path

import ibis
import polars as pl
import pyarrow as pa
import pytest

from revenuer.errors import EngineError
from revenuer.sources import open_logs


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

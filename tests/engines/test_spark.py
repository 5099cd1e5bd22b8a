"""Spark on this machine: the same findings as DuckDB's, from a real engine."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import ibis
import polars as pl
import pyarrow as pa
import pytest

from revenuer.errors import EngineError
from revenuer.sources import OtherEngine, open_logs

from .conftest import same_answers

pytestmark = [
    pytest.mark.engines,
    # A Java machine that starts on a busy one may take minutes.
    pytest.mark.timeout(900),
    pytest.mark.skipif(find_spec("pyspark") is None, reason="pyspark is not installed"),
]
SMALL = {
    "spark.driver.memory": "900m",
    "spark.sql.shuffle.partitions": "1",
    # One and the same small test: what compiles at once is faster than what compiles well.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.adaptive.enabled": "false",
}


@pytest.fixture(scope="module")
def session() -> Iterator[None]:
    """One Java machine for all tests: it takes seconds to start."""
    from revenuer.sources.engines.spark import start

    made, _ = start("local[2]", SMALL)
    yield
    made.stop()


@pytest.fixture
def make(session):
    from revenuer.sources.engines.spark import SparkEngine

    return partial(SparkEngine, master="local[2]")


@pytest.fixture
def engine(make, tmp_path: Path) -> Iterator[OtherEngine]:
    made = make(tmp_path)
    yield made
    made.close()


def test_a_scan_finds_what_duckdb_finds(make, same_findings) -> None:
    same_findings(make)


def test_peers_are_heard_as_with_duckdb(make, same_with_peers) -> None:
    same_with_peers(make)


def test_every_query_has_duckdbs_answer(engine, wanted_answers) -> None:
    assert same_answers(engine, wanted_answers) == []


def test_parquet_at_a_url_is_read_there_and_checked(make, world, tmp_path: Path) -> None:
    place = (world.folder / "exchanges").as_uri()
    with open_logs([f"table:{place}"], workdir=tmp_path, engine=make) as logs:
        rows = logs.engine.fetch(logs.tables.exchanges.select("exchange_id", "occurred_at"))
    wanted = pl.read_parquet(world.folder / "exchanges/*.parquet", columns=rows.columns)
    assert rows.sort("exchange_id").equals(wanted.sort("exchange_id"))


def test_a_stream_comes_in_small_batches(engine) -> None:
    table = engine.upload("numbers", pl.DataFrame({"n": range(10_000)}))
    batches = list(engine.stream(table, 1000))
    assert all(isinstance(batch, pa.RecordBatch) for batch in batches)
    assert max(batch.num_rows for batch in batches) <= 1000
    assert sum(batch.num_rows for batch in batches) == 10_000


def test_an_upload_is_replaced_by_the_next(engine) -> None:
    for rows in (["a"], ["a", "b"]):
        table = engine.upload("chosen", pl.DataFrame({"account_id": rows}))
        assert engine.fetch(table).height == len(rows)
        assert engine.fetch(engine.keep("kept", table.mutate(one=1))).height == len(rows)


def test_an_upload_in_many_pieces_keeps_every_row(engine) -> None:
    pieces = [pa.table({"n": [number], "names": [["x"]]}) for number in range(300)]
    table = engine.upload("pieces", pa.concat_tables(pieces))
    assert engine.fetch(table)["n"].sort().to_list() == list(range(300))


def test_a_refusal_has_a_name_and_quotes_nothing(engine) -> None:
    table = engine.upload("texts", pl.DataFrame({"account_id": ["secret-name"]}))
    with pytest.raises(EngineError, match="CAST_INVALID_INPUT") as caught:
        engine.fetch(table.select(n=ibis._.account_id.cast("int64")))
    assert "secret" not in caught.value.message + caught.value.hint
    with pytest.raises(EngineError):
        list(engine.stream(table.select(n=ibis._.account_id.cast("int64")), 5))

"""Every query of every detector compiles for the three engines that Revenuer names."""

from collections.abc import Iterator
from datetime import UTC, datetime

import ibis
import pytest
from ibis.config import Config

from revenuer.detector import BehaviourDetector, Context, Detector, LinkDetector
from revenuer.detectors import DETECTORS
from revenuer.detectors.case_tables import TYPES, schema
from revenuer.features.accounts import account_features
from revenuer.features.tables import LogTables
from revenuer.settings import Release
from revenuer.sources.columns import SHAPES

DIALECTS = ("duckdb", "clickhouse", "pyspark")
QUERIES = [d for d in DETECTORS if isinstance(d, BehaviourDetector | LinkDetector)]
RELEASES = (Release("m2", datetime(2026, 3, 10, tzinfo=UTC)),)


class SparkOptions(Config):
    """What Ibis registers when it connects to a Spark."""

    treat_nan_as_null: bool = False


@pytest.fixture(autouse=True)
def _spark_options() -> Iterator[None]:
    before = ibis.options.pyspark
    ibis.options.pyspark = SparkOptions()
    yield
    ibis.options.pyspark = before


def contract_tables() -> LogTables:
    tables = {name: ibis.table(ibis.Schema.from_pyarrow(schema(name)), name=name) for name in TYPES}
    return LogTables(**tables, present=frozenset())


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("detector", QUERIES, ids=lambda d: d.card.id)
def test_queries_compile_for_every_engine(detector: Detector, dialect: str) -> None:
    logs = contract_tables()
    if isinstance(detector, LinkDetector):
        expression = detector.tokens(logs)
        assert set(expression.columns) == {"account_id", "token", "exchanges"}
    else:
        assert isinstance(detector, BehaviourDetector)
        context = Context(releases=RELEASES, plan_tokens_per_day={}, window_days=28.0)
        wanted = detector.aggregates(logs.exchanges, context)
        prefix = detector.card.id.replace("-", "_")
        assert all(name.startswith(prefix) for name in wanted)
        expression = account_features(logs, wanted, context.window_days)
    assert "SELECT" in str(ibis.to_sql(expression, dialect=dialect))


@pytest.mark.parametrize("name", sorted(SHAPES))
def test_cases_use_the_columns_of_the_contract(name: str) -> None:
    assert dict(zip(schema(name).names, schema(name).types, strict=True)) == dict(
        SHAPES[name].types
    )

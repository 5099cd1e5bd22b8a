"""Every query compiles for every engine that the docs name, run here or not."""

from __future__ import annotations

from dataclasses import replace

import ibis
import ibis.expr.types as ir
import polars as pl
import pyarrow as pa
import pytest

from revenuer.features.shared import SHARED
from revenuer.sources.engines.dialects import COMPILERS, to_sql

from .queries import contract_tables, queries


class Nowhere:
    """An engine that keeps and uploads, and answers nothing."""

    def upload(self, name: str, frame: pl.DataFrame | pa.Table) -> ir.Table:
        table = frame if isinstance(frame, pa.Table) else frame.to_arrow()
        return ibis.table(ibis.Schema.from_pyarrow(table.schema), name=name)

    def fetch(self, expr: ir.Table) -> pl.DataFrame:
        return pl.from_arrow(expr.schema().to_pyarrow().empty_table())


@pytest.mark.parametrize("dialect", sorted(COMPILERS))
def test_every_query_of_a_scan_compiles(dialect: str) -> None:
    logs = contract_tables()
    kept = {name: make(logs.exchanges) for name, make in SHARED.items()}
    for name, expr in queries(replace(logs, kept=kept), Nowhere()).items():
        assert "SELECT" in to_sql(expr, dialect), name

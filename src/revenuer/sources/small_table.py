"""One of the tables that stand beside the exchanges, read without any exchange."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import duckdb
import polars as pl

from revenuer.sources.column_map import ColumnMap
from revenuer.sources.columns import SHAPES
from revenuer.sources.engine import DuckDBEngine, refused
from revenuer.sources.intake import Tally
from revenuer.sources.naming import pseudonyms
from revenuer.sources.quarantine import Quarantine
from revenuer.sources.reading import Reader


def read_small_table(name: str, place: str, workdir: Path) -> tuple[pl.DataFrame, int]:
    """A table of the contract, with every column, and how many of its rows cannot be used.

    Args:
        name: `accounts`, `account_links` or `permits`.
        place: A file, folder, glob or `-` for stdin.
        workdir: An existing folder for staged files.

    Raises:
        SourceError: It cannot be read.
        ColumnError: A column is missing or has the wrong type.
    """
    shape, column_map = SHAPES[name], ColumnMap()
    with (
        closing(DuckDBEngine(workdir / "spill")) as engine,
        Quarantine(workdir / f"{name}-quarantine.jsonl") as quarantine,
    ):
        names = pseudonyms(column_map, workdir)
        reader = Reader(engine, column_map, names, workdir, quarantine, Tally())
        try:
            reader.read(shape, [place])
        except duckdb.Error as problem:
            raise refused(problem) from problem
        return engine.fetch(engine.table(shape.name, shape.schema)), quarantine.rows

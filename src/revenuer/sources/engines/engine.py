"""What an engine beside DuckDB can do more: read files, and describe its own tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import ibis.expr.types as ir
import pyarrow as pa

from revenuer.sources.engine import Engine

OWN = "table:"
"""What stands before the name of an engine's own table, where files are named otherwise."""


class OtherEngine(Engine, Protocol):
    """An engine that is not the one which looks files through."""

    def attach_files(self, name: str, paths: Sequence[Path], schema: pa.Schema) -> ir.Table:
        """Put Parquet files beside the logs; what a file lacks of the columns is NULL."""
        ...

    def described(self, name: str) -> ir.Table:
        """One of its own tables, with the columns and types that it has there."""
        ...


EngineMaker = Callable[[Path], OtherEngine]
"""Starts an engine that may write into an existing folder."""

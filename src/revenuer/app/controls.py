"""`controls.parquet`: what a few ordinary accounts are known by.

Private matching asks a peer for their values among those of campaigns. How many of theirs the
peer has says what a match is worth: a list with half of the world in it meets them too.
"""

from __future__ import annotations

from pathlib import Path

import ibis.expr.types as ir
import polars as pl
import pyarrow as pa

from revenuer.features.controls import COLUMNS, drawn, held_by_controls
from revenuer.sources import Logs

FILE = "controls.parquet"
SCHEMA = pa.schema([(name, pa.string()) for name in COLUMNS])
CONTROLS = "control_accounts"


def controls_of(logs: Logs, connected: ir.Table, most: int) -> pl.DataFrame:
    """What at most so many ordinary accounts have, in order.

    Args:
        logs: As they were read.
        connected: How accounts outside the campaigns connected.
        most: How many accounts.
    """
    chosen = logs.engine.keep(CONTROLS, drawn(connected, most))
    try:
        held = logs.engine.fetch(held_by_controls(logs.tables, connected, chosen))
    finally:
        logs.engine.forget(CONTROLS)
    return held.select(COLUMNS).sort(COLUMNS)


def read_controls(out: Path) -> pl.DataFrame:
    """The controls in a scan's folder; none where it kept none."""
    path = out / FILE
    return pl.read_parquet(path) if path.exists() else pl.DataFrame(
        schema=dict.fromkeys(COLUMNS, pl.String)
    )  # fmt: skip

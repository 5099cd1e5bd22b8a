"""Logs in: formats, adapters and engines behind one door."""

from revenuer.sources.column_map import ColumnMap, load_column_map
from revenuer.sources.engine import DuckDBEngine, Engine
from revenuer.sources.intake import FileIntake, Intake
from revenuer.sources.logs import Logs, open_logs

__all__ = [
    "ColumnMap",
    "DuckDBEngine",
    "Engine",
    "FileIntake",
    "Intake",
    "Logs",
    "load_column_map",
    "open_logs",
]

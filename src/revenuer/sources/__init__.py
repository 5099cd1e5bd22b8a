"""Logs in: formats, adapters and engines behind one door."""

from revenuer.sources.adapters import ADAPTERS, CANONICAL
from revenuer.sources.column_map import ColumnMap, load_column_map
from revenuer.sources.conversion import convert
from revenuer.sources.engine import DuckDBEngine, Engine
from revenuer.sources.engines.engine import EngineMaker, OtherEngine
from revenuer.sources.inspection import ColumnReport, Inspection, inspect_logs
from revenuer.sources.intake import FileIntake, Intake
from revenuer.sources.logs import Logs, open_logs

__all__ = [
    "ADAPTERS",
    "CANONICAL",
    "ColumnMap",
    "ColumnReport",
    "DuckDBEngine",
    "Engine",
    "EngineMaker",
    "FileIntake",
    "Inspection",
    "Intake",
    "Logs",
    "OtherEngine",
    "convert",
    "inspect_logs",
    "load_column_map",
    "open_logs",
]

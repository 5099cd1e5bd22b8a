"""Logs in: formats, adapters and engines behind one door."""

from revenuer.sources.adapters import ADAPTERS, CANONICAL
from revenuer.sources.column_map import ColumnMap, load_column_map
from revenuer.sources.conversion import convert
from revenuer.sources.engine import DuckDBEngine, Engine
from revenuer.sources.engines.engine import OWN, EngineMaker, OtherEngine
from revenuer.sources.files import STDIN, files_at
from revenuer.sources.inspection import ColumnReport, Inspection, inspect_logs
from revenuer.sources.intake import FileIntake, Intake
from revenuer.sources.keeping import Keeping, Span
from revenuer.sources.logs import Logs, open_logs
from revenuer.sources.remembering import Remembering, write_whole
from revenuer.sources.segments import Segment, Segments

__all__ = [
    "ADAPTERS",
    "CANONICAL",
    "OWN",
    "STDIN",
    "ColumnMap",
    "ColumnReport",
    "DuckDBEngine",
    "Engine",
    "EngineMaker",
    "FileIntake",
    "Inspection",
    "Intake",
    "Keeping",
    "Logs",
    "OtherEngine",
    "Remembering",
    "Segment",
    "Segments",
    "Span",
    "convert",
    "files_at",
    "inspect_logs",
    "load_column_map",
    "open_logs",
    "write_whole",
]

"""How a log would be read."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from revenuer.app.inspection import Inspected
from revenuer.reports.wording import counted, visible
from revenuer.sources.inspection import ColumnReport, Inspection

SHOWN_FILES = 5
"""Files that are named one by one; `--json` names them all."""


def print_inspected(found: Inspected, console: Console) -> None:
    """Print each table, then which detectors could run on them."""
    for table in found.tables:
        print_inspection(table, console)
        console.print()
    print_sight(found.able, found.blind, console)


def print_inspection(found: Inspection, console: Console) -> None:
    """Print format, mapping and fill of one table, then what is missing."""
    for name, log_format in found.files[:SHOWN_FILES]:
        console.print(Text(f"{visible(name)}: {log_format}"))
    if rest := found.files[SHOWN_FILES:]:
        formats = ", ".join(sorted({log_format for _, log_format in rest}))
        console.print(Text(f"and {counted(len(rest), 'more file')}: {formats}"))
    console.print(Text(f"Held against `{found.table}`, {counted(found.rows, 'row')} sampled."))
    console.print()
    console.print(_columns([each for each in found.columns if _worth_a_line(each)]))
    console.print()
    if found.missing_required:
        needed = ", ".join(found.missing_required)
        console.print(Text(f"Missing and required: {needed}. Map them with --map OURS=YOURS."))
    absent = [each.column for each in found.columns if not _worth_a_line(each)]
    if absent:
        console.print(Text(f"Not in this log: {', '.join(absent)}."))
    if found.unknown_columns:
        unknown = ", ".join(visible(name) for name in found.unknown_columns)
        console.print(Text(f"Left out as unknown: {unknown}."))


def print_sight(able: Sequence[str], blind: Sequence[str], console: Console) -> None:
    """Print which detectors can run, and what each of the others lacks."""
    console.print(Text(f"{counted(len(able), 'detector')} can run: {', '.join(able)}."))
    for line in blind:
        console.print(Text(f"blind: {line}"))


def _worth_a_line(column: ColumnReport) -> bool:
    spoken_of = column.own_name or column.problem or column.suggestion
    return bool(column.required or column.filled > 0 or spoken_of)


def _columns(columns: Sequence[ColumnReport]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("column", overflow="fold")
    table.add_column("yours", overflow="fold")
    table.add_column("filled", justify="right")
    table.add_column("remark", overflow="fold")
    for each in columns:
        table.add_row(
            Text(each.column),
            Text(visible(each.own_name) if each.own_name else "-"),
            Text(f"{each.filled:.0%}"),
            Text(_remark(each)),
        )
    return table


def _remark(column: ColumnReport) -> str:
    remarks = [visible(column.problem)] if column.problem else []
    if column.suggestion:
        remarks.append(f"is it {visible(column.suggestion)}?")
    if column.required and not column.filled:
        remarks.append("required")
    return "; ".join(remarks)

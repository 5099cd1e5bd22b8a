"""How well a log can be judged."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from revenuer.app.columns import ColumnHealth
from revenuer.app.doctor import Doctor
from revenuer.cli.show.inspection import print_sight
from revenuer.reports.wording import counted, day, visible

LONGEST_TOKEN = 28
"""Characters of a common token that are shown, so that a line holds three of them."""


def print_doctor(found: Doctor, console: Console) -> None:
    """Print the size, the columns, then which detectors see and which do not."""
    for line in _size(found):
        console.print(Text(line))
    console.print()
    console.print(_columns([each for each in found.columns if each.filled > 0]))
    console.print()
    console.print(Text("Six letters stand for a value that could name somebody.", style="dim"))
    empty = [each.column for each in found.columns if each.filled == 0]
    if empty:
        console.print(Text(f"Empty: {', '.join(empty)}."))
    print_sight(found.able, found.blind, console)


def _size(found: Doctor) -> list[str]:
    accounts = counted(found.accounts, "account")
    read = f"{counted(found.exchanges, 'exchange')} of {accounts}"
    described = f"{found.described:,} of them are in the accounts table."
    lines = [f"{read}, {day(found.first)} to {day(found.last)}; {described}"]
    needed = f"a baseline needs {found.baseline:,} owners outside all groups"
    if found.large_enough:
        lines.append(f"Large enough to convict, if enough of it is ordinary: {needed}.")
    else:
        lines.append(f"Too small to convict anyone: {needed}.")
    return lines


def _columns(columns: Sequence[ColumnHealth]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("column", no_wrap=True)
    table.add_column("filled", justify="right")
    table.add_column("values", justify="right")
    table.add_column("commonest", overflow="fold")
    for each in columns:
        common = ", ".join(f"{_short(value)} ({times:,})" for value, times in each.commonest)
        cells = (each.column, f"{each.filled:.0%}", f"{each.distinct:,}", common)
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _short(value: str) -> str:
    shown = visible(value)
    return shown if len(shown) <= LONGEST_TOKEN else shown[: LONGEST_TOKEN - 1] + "…"

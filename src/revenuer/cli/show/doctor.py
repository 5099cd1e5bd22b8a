"""How well a log can be judged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from rich.console import Console
from rich.table import Table
from rich.text import Text

from revenuer.cli.show.inspection import print_sight
from revenuer.reports.wording import counted, visible

LONGEST_TOKEN = 28
"""Characters of a common token that are shown, so that a line holds three of them."""


class ColumnHealth(Protocol):
    """One column: its name with its table, share filled, and what fills it."""

    @property
    def column(self) -> str:
        """Its name, as `exchanges.client_ip`."""
        ...

    @property
    def filled(self) -> float:
        """Share of the rows with a value, 0 to 1."""
        ...

    @property
    def distinct(self) -> int:
        """Different values, about."""
        ...

    @property
    def commonest(self) -> Sequence[tuple[str, int]]:
        """The commonest values and how often each stands; none for text and ids."""
        ...


class Doctor(Protocol):
    """What `app.doctor` says of a log."""

    @property
    def exchanges(self) -> int:
        """Exchanges read."""
        ...

    @property
    def accounts(self) -> int:
        """Accounts that made them."""
        ...

    @property
    def columns(self) -> Sequence[ColumnHealth]:
        """Every column of the contract, in its order."""
        ...

    @property
    def able(self) -> Sequence[str]:
        """Ids of the detectors that can run."""
        ...

    @property
    def blind(self) -> Sequence[str]:
        """A sentence for each detector that cannot, with the columns it lacks."""
        ...


def print_doctor(found: Doctor, console: Console) -> None:
    """Print the columns, fullest tables first, then which detectors see and which do not."""
    accounts = counted(found.accounts, "account")
    console.print(Text(f"{counted(found.exchanges, 'exchange')} of {accounts}."))
    console.print()
    console.print(_columns([each for each in found.columns if each.filled > 0]))
    console.print()
    empty = [each.column for each in found.columns if each.filled == 0]
    if empty:
        console.print(Text(f"Empty: {', '.join(empty)}."))
    print_sight(found.able, found.blind, console)


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

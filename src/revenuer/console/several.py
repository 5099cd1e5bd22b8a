"""Several tables on one page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from revenuer.console.page import Told, View, Visit
from revenuer.console.table import Table, with_table

R = TypeVar("R")


def and_table(visit: Visit, told: Told, table: Table[R], rows: Sequence[R], *, called: str) -> Told:
    """A page with another table; what is a file already stays one.

    Args:
        visit: Whose query says how.
        told: The page so far, or the file that one of its tables was asked for as.
        table: What the table is.
        rows: All of its rows.
        called: How the template calls it.
    """
    return with_table(visit, told, table, rows, called=called) if isinstance(told, View) else told

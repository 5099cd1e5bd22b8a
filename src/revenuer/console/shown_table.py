"""A table as a template draws it: only what it needs, worked out."""

from __future__ import annotations

from dataclasses import dataclass

Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column: where a click leads, and how the table is sorted by it."""

    label: str
    name: str
    hint: str
    numeric: bool
    minor: bool
    url: str
    sorted: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its value, how it is drawn, and where it leads."""

    value: Value
    kind: str
    link: str
    numeric: bool
    minor: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Values to choose among in a column.

    Attributes:
        label: Of the column.
        key: In the query.
        values: All that there are, each with how many rows have it.
        chosen: Those that are chosen.
    """

    label: str
    key: str
    values: tuple[tuple[str, int], ...]
    chosen: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A table as a template draws it.

    Attributes:
        name: Of its element.
        caption: What its rows are.
        heads: Of the columns.
        rows: Of this page.
        keys: What each row is called where it is marked; empty where none can be.
        total: Rows that there are.
        found: Of these, rows that are not filtered out.
        page: Which page this is, from 1.
        pages: How many there are.
        first: Number of the first row, from 1; 0 where there is none.
        last: Of the last.
        q: What is searched for.
        q_key: How the query says that.
        choices: Columns to choose in.
        hidden: What else the query says, to be kept by a form.
        before: URL of the page before; empty for none.
        after: URL of the next.
        clear: URL without any filter.
        csv: URL of the export.
        json: Likewise.
        empty: What it says where there is nothing.
        filtered: Whether anything is filtered.
    """

    name: str
    caption: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    keys: tuple[str, ...]
    total: int
    found: int
    page: int
    pages: int
    first: int
    last: int
    q: str
    q_key: str
    choices: tuple[Choice, ...]
    hidden: tuple[tuple[str, str], ...]
    before: str
    after: str
    clear: str
    csv: str
    json: str
    empty: str
    filtered: bool

"""Every table of the console: it sorts, filters, pages and exports by its URL.

| query | means |
|---|---|
| `sort=NAME`, `sort=-NAME` | by a column, upwards or downwards |
| `q=TEXT` | only rows in which every word stands somewhere |
| `is-NAME=VALUE` | only rows whose column is one of the values; for columns of few values |
| `page=N`, `rows=N` | which page, of how many rows |
| `as=csv`, `as=json` | the whole of it, filtered and sorted, as a file |

A second table on a page has its name and a dot before each of these.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar
from urllib.parse import urlencode

from revenuer.console.page import Asked, Download, Told, View, Visit
from revenuer.console.shown_table import Cell, Choice, Head, Shown, Value
from revenuer.instants import iso

R = TypeVar("R")

ROWS, MOST_ROWS = 50, 500
"""Rows of a page unless asked otherwise, and at most. placeholder"""
MOST_WORDS = 8
MICROSECONDS = frozenset({"time", "date"})
# Looks and scans give many rows the same time, and a search words every row.
_iso = lru_cache(maxsize=1024)(iso)


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column.

    Attributes:
        name: In the URL and in exports.
        label: In its head.
        value: Of a row: sorts, filters and is exported; times in microseconds since the epoch.
        kind: How it is drawn: `text`, `count`, `amount`, `percent`, `share`, `nats`, `hours`,
            `time`, `date`, `times`, `said`, `subject`, `verdict`, `state`, `code`, `tlp`, `word`
            (a name in full), `value` (a text of strangers, in full).
        link: Where its cell leads; None for nowhere.
        choose: Whether its values are so few that one may choose among them.
        between: What stands between several values of one cell, each of which may be chosen;
            empty where a cell is one value.
        hint: What the head says on closer look.
        minor: Whether a narrow page leaves it out.
    """

    name: str
    label: str
    value: Callable[[R], Value]
    kind: str = "text"
    link: Callable[[R], str] | None = None
    choose: bool = False
    between: str = ""
    hint: str = ""
    minor: bool = False

    @property
    def numeric(self) -> bool:
        """Whether it stands to the right."""
        return self.kind in ("count", "amount", "percent", "share", "nats", "hours", "times")


@dataclass(frozen=True, slots=True)
class Table(Generic[R]):
    """A table.

    Attributes:
        name: Of the file that it is exported to, and of its element; unique on its page.
        caption: What its rows are, in the plural.
        columns: From left to right.
        empty: What it says where there is no row at all, and what to do then.
        sort: How it is sorted unless asked otherwise; empty for as it comes.
        first: Whether it is the page's first, whose query needs no name before it.
        mark: What a row is called in the form `NAME-marked`, for rows that can be marked.
    """

    name: str
    caption: str
    columns: tuple[Column[R], ...]
    empty: str
    sort: str = ""
    first: bool = True
    mark: Callable[[R], str] | None = None

    def key(self, word: str) -> str:
        """How the query says something about this table."""
        return word if self.first else f"{self.name}.{word}"


def with_table(
    visit: Visit,
    view: View,
    table: Table[R],
    rows: Sequence[R],
    *,
    called: str = "table",
    marks: bool = False,
) -> Told:
    """A page with a table; or the table as a file, where the visit asks for that.

    Args:
        visit: Whose query says how.
        view: The page.
        table: What the table is.
        rows: All of its rows.
        called: How the template calls it.
        marks: Whether the visitor may mark rows, of a table that says how.
    """
    wanted = visit.query.get(table.key("as"))
    kept = _sorted(table, _kept(table, rows, visit.query), visit.query)
    if wanted == "csv":
        return Download(as_csv(table, kept), f"{table.name}.csv", "text/csv; charset=utf-8")
    if wanted == "json":
        return Download(as_json(table, kept), f"{table.name}.json", "application/json")
    shown = _shown(table, rows, kept, visit, marks=marks)
    return View(view.template, view.title, {**view.values, called: shown}, view.status)


def as_csv(table: Table[R], rows: Sequence[R]) -> bytes:
    """Rows as CSV; a text that a spreadsheet would take for a formula begins with an apostrophe."""
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n")
    write.writerow([column.name for column in table.columns])
    for row in rows:
        write.writerow([_harmless(_exported(column, row)) for column in table.columns])
    return out.getvalue().encode()


def as_json(table: Table[R], rows: Sequence[R]) -> bytes:
    """Rows as a list of objects."""
    told = [{column.name: _exported(column, row) for column in table.columns} for row in rows]
    return json.dumps(told, ensure_ascii=False, indent=1).encode()


def _exported(column: Column[R], row: R) -> Value:
    value = column.value(row)
    if column.kind in MICROSECONDS and isinstance(value, int):
        return _iso(value) if value else None
    return value


def _harmless(value: Value) -> Value:
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value


def _text(column: Column[R], row: R) -> str:
    value = _exported(column, row)
    return "" if value is None else str(value)


def _values(column: Column[R], row: R) -> set[str]:
    """What may be chosen in a cell."""
    text = _text(column, row)
    return set(text.split(column.between)) if column.between else {text}


def _kept(table: Table[R], rows: Sequence[R], query: Asked) -> list[R]:
    kept = list(rows)
    for column in table.columns:
        chosen = query.getlist(table.key(f"is-{column.name}")) if column.choose else []
        if chosen:
            kept = [row for row in kept if not _values(column, row).isdisjoint(chosen)]
    words = query.get(table.key("q"), "").casefold().split()[:MOST_WORDS]
    if words:
        kept = [row for row in kept if _has(table, row, words)]
    return kept


def _has(table: Table[R], row: R, words: Sequence[str]) -> bool:
    text = "\n".join(_text(column, row) for column in table.columns).casefold()
    return all(word in text for word in words)


def _sorted(table: Table[R], rows: list[R], query: Asked) -> list[R]:
    wanted = query.get(table.key("sort"), table.sort)
    by = {column.name: column for column in table.columns}.get(wanted.removeprefix("-"))
    if by is None:
        return rows
    known = [row for row in rows if by.value(row) is not None]
    unknown = [row for row in rows if by.value(row) is None]

    def order(row: R) -> tuple[bool, float, str]:
        value = by.value(row)
        if isinstance(value, str):
            return (True, 0.0, value.casefold())
        return (False, float(value or 0), "")

    return sorted(known, key=order, reverse=wanted.startswith("-")) + unknown


def _number(query: Asked, key: str, otherwise: int, most: int) -> int:
    said = query.get(key, "")
    return min(max(int(said), 1), most) if said.isdecimal() and len(said) < 10 else otherwise


def _shown(
    table: Table[R], rows: Sequence[R], kept: Sequence[R], visit: Visit, *, marks: bool
) -> Shown:
    query = visit.query
    size = _number(query, table.key("rows"), ROWS, MOST_ROWS)
    pages = max(1, -(-len(kept) // size))
    page = _number(query, table.key("page"), 1, pages)
    some = kept[(page - 1) * size : page * size]
    chosen = {column.name: _choice(table, column, rows, query) for column in table.columns}
    choices = tuple(one for one in chosen.values() if one is not None)
    own = {table.key("q"), table.key("page"), *(one.key for one in choices)}
    q = query.get(table.key("q"), "")
    return Shown(
        name=table.name,
        caption=table.caption,
        heads=tuple(_head(table, column, visit) for column in table.columns),
        rows=tuple(tuple(_cell(column, row) for column in table.columns) for row in some),
        keys=tuple(map(table.mark, some)) if marks and table.mark is not None else (),
        total=len(rows),
        found=len(kept),
        page=page,
        pages=pages,
        first=(page - 1) * size + 1 if some else 0,
        last=(page - 1) * size + len(some),
        q=q,
        q_key=table.key("q"),
        choices=choices,
        hidden=tuple((key, said) for key, said in query.multi_items() if key not in own),
        before=_url(visit, {table.key("page"): str(page - 1)}) if page > 1 else "",
        after=_url(visit, {table.key("page"): str(page + 1)}) if page < pages else "",
        clear=_url(visit, dict.fromkeys(own, "")),
        csv=_url(visit, {table.key("as"): "csv"}),
        json=_url(visit, {table.key("as"): "json"}),
        empty=table.empty,
        filtered=bool(q or any(one.chosen for one in choices)),
    )


def _choice(table: Table[R], column: Column[R], rows: Sequence[R], query: Asked) -> Choice | None:
    if not column.choose:
        return None
    key = table.key(f"is-{column.name}")
    counted: dict[str, int] = {}
    for row in rows:
        for text in _values(column, row):
            counted[text] = counted.get(text, 0) + 1
    return Choice(column.label, key, tuple(sorted(counted.items())), tuple(query.getlist(key)))


def _head(table: Table[R], column: Column[R], visit: Visit) -> Head:
    now = visit.query.get(table.key("sort"), table.sort)
    here = now.removeprefix("-") == column.name
    down = now.startswith("-")
    # Of numbers and times people want the largest first.
    other = column.numeric or column.kind in MICROSECONDS
    turned = not down if here else other
    sort = f"-{column.name}" if turned else column.name
    url = _url(visit, {table.key("sort"): sort, table.key("page"): ""})
    said = ("descending" if down else "ascending") if here else ""
    return Head(column.label, column.name, column.hint, column.numeric, column.minor, url, said)


def _cell(column: Column[R], row: R) -> Cell:
    link = column.link(row) if column.link is not None else ""
    return Cell(column.value(row), column.kind, link, column.numeric, column.minor)


def _url(visit: Visit, changed: dict[str, str]) -> str:
    path = visit.url.partition("?")[0]
    kept = [(key, said) for key, said in visit.query.multi_items() if key not in changed]
    query = urlencode([*kept, *((key, said) for key, said in changed.items() if said)])
    return f"{path}?{query}" if query else path

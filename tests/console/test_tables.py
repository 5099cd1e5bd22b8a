"""Every table sorts, filters, pages and exports by its URL."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.datastructures import QueryParams

from revenuer.casework.roles import Actor, Role
from revenuer.console.page import Download, View, Visit
from revenuer.console.table import Column, Shown, Table, with_table


@dataclass(frozen=True)
class Fruit:
    name: str
    weight: int | None
    kind: str


COLUMNS: tuple[Column[Fruit], ...] = (
    Column("name", "Name", lambda one: one.name),
    Column("weight", "Weight", lambda one: one.weight, "count"),
    Column("kind", "Kind", lambda one: one.kind, choose=True),
)
FRUITS = Table("fruits", "fruits", COLUMNS, "There is no fruit.", "name")
ROWS = [Fruit("pear", 30, "pome"), Fruit("Apple", 100, "pome"), Fruit("plum", None, "stone")]


def asked(query: str, rows: list[Fruit] = ROWS, table: Table[Fruit] = FRUITS) -> Any:
    nothing: Any = None
    visit = Visit(
        nothing, nothing, nothing, Actor("a", Role.VIEWER), datetime.now(UTC),
        f"/fruits?{query}", {}, QueryParams(query), QueryParams(""),
    )  # fmt: skip
    told = with_table(visit, View("fruits.html", "Fruits"), table, rows)
    return told.values["table"] if isinstance(told, View) else told


def names(shown: Shown) -> list[Any]:
    return [row[0].value for row in shown.rows]


def test_it_is_sorted_by_any_column_and_what_has_no_value_comes_last() -> None:
    assert names(asked("")) == ["Apple", "pear", "plum"]
    assert names(asked("sort=-name")) == ["plum", "pear", "Apple"]
    assert names(asked("sort=weight")) == ["pear", "Apple", "plum"]
    assert names(asked("sort=-weight")) == ["Apple", "pear", "plum"]
    assert names(asked("sort=nothing")) == ["pear", "Apple", "plum"]


def test_a_head_turns_the_order_and_numbers_begin_with_the_largest() -> None:
    heads = {head.name: head for head in asked("page=2").heads}
    assert heads["name"].sorted == "ascending"
    assert heads["name"].url == "/fruits?sort=-name"
    assert heads["weight"].url == "/fruits?sort=-weight"


def test_every_word_of_a_filter_must_stand_somewhere() -> None:
    assert names(asked("q=POME+pe")) == ["pear"]
    assert asked("q=nothing").rows == ()
    assert asked("q=nothing").filtered
    assert names(asked("is-kind=stone")) == ["plum"]
    assert names(asked("is-kind=stone&is-kind=pome")) == ["Apple", "pear", "plum"]
    assert asked("").choices[0].values == (("pome", 2), ("stone", 1))


def test_pages_hold_as_many_rows_as_asked_for() -> None:
    many = [Fruit(f"fruit {number:03}", number, "pome") for number in range(120)]
    first = asked("", many)
    assert (first.first, first.last, first.pages, first.before) == (1, 50, 3, "")
    last = asked("page=3", many)
    assert (last.first, last.last, last.after) == (101, 120, "")
    assert names(asked("rows=7&page=2", many))[0] == "fruit 007"
    assert asked("page=99999999999999999999", many).page == 1
    assert asked("page=99", many).page == 3
    assert asked("page=-1&rows=0", many).page == 1


def test_an_export_has_all_that_the_filter_left() -> None:
    many = [Fruit(f"fruit {number:03}", number, "pome") for number in range(120)]
    told = asked("as=csv&q=fruit+11", many)
    assert isinstance(told, Download)
    rows = list(csv.DictReader(io.StringIO(told.data.decode())))
    assert [row["name"] for row in rows] == ["fruit 011", *(f"fruit {n}" for n in range(110, 120))]
    told = asked("as=json", many)
    assert len(json.loads(told.data)) == 120


def test_no_cell_of_an_export_is_a_formula() -> None:
    told = asked("as=csv", [Fruit('=HYPERLINK("https://example.org")', -3, "@pome")])
    (row,) = csv.DictReader(io.StringIO(told.data.decode()))
    assert row["name"].startswith("'=")
    assert row["kind"] == "'@pome"
    assert row["weight"] == "-3"


def test_a_second_table_has_its_own_query() -> None:
    second = Table("others", "others", COLUMNS, "None.", "name", first=False)
    assert names(asked("sort=weight&others.sort=-name", table=second)) == ["plum", "pear", "Apple"]
    assert asked("others.q=pear&q=plum", table=second).csv.endswith("others.as=csv")

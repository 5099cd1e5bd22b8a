"""Expressions that are built once."""

import ibis
import polars as pl

from revenuer.features.once import MOST_BUILT, built_once
from revenuer.features.tables import LogTables
from revenuer.sources import DuckDBEngine


def tables(name, **more):
    table = ibis.table({"account_id": "string", "token": "string"}, name=name)
    return LogTables(table, table, table, table, frozenset({"exchanges.token"}), **more)


def counting():
    calls = []

    @built_once
    def build(logs, column):
        """What is asked."""
        calls.append(column)
        return logs.exchanges.select(column)

    return build, calls


def test_equal_tables_are_asked_by_one_expression():
    build, calls = counting()
    first, second = build(tables("one"), "token"), build(tables("one"), "token")
    assert first is second
    assert calls == ["token"]
    assert build.__doc__ == "What is asked."


def test_other_tables_and_other_values_are_asked_anew():
    build, calls = counting()
    kept = {"hours": ibis.table({"hour": "int64"}, name="hours")}
    asked = [
        build(tables("one"), "token"),
        build(tables("one"), "account_id"),
        build(tables("two"), "token"),
        build(tables("one", kept=kept), "token"),
    ]
    assert len(calls) == len(asked)
    assert asked[0].equals(asked[3])
    assert not asked[0].equals(asked[2])


def test_what_has_no_hash_is_built_anew():
    calls = []

    @built_once
    def build(table, names):
        calls.append(names)
        return table.select(*names)

    assert build(tables("one").exchanges, {"token"}).columns == ("token",)
    assert build(tables("one").exchanges, {"account_id"}).columns == ("account_id",)
    assert len(calls) == 2


def test_no_more_are_kept_than_said():
    build, calls = counting()
    for number in range(MOST_BUILT + 1):
        build(tables(f"t{number}"), "token")
    build(tables("t0"), "token")
    assert len(calls) == MOST_BUILT + 2


def test_an_expression_built_over_one_engine_is_answered_by_the_next(tmp_path):
    @built_once
    def build(table):
        return table.group_by("account_id").aggregate(n=table.count())

    answers, built = [], []
    for rows in (["a", "a"], ["b"]):
        engine = DuckDBEngine(tmp_path)
        table = engine.upload("rows", pl.DataFrame({"account_id": rows}))
        built.append(build(table))
        answers.append(engine.fetch(built[-1]).rows())
        engine.close()
    assert built[0] is built[1]
    assert answers == [[("a", 2)], [("b", 1)]]

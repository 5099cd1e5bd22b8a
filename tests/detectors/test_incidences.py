from collections import Counter, defaultdict

import ibis
import ibis.expr.types as ir
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from revenuer.campaigns.incidence import holdings_of
from revenuer.detectors.incidences import (
    crossing,
    from_accounts,
    from_exchanges,
    from_shared,
    holdings,
    merged,
)
from revenuer.features.expressions import digest, joined, known

ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["x", "y", "", " ", None])), min_size=1
)


def rows_of(pairs: list[tuple[str, str | None]]) -> ir.Table:
    return ibis.memtable(
        {"account_id": [a for a, _ in pairs], "value": [v for _, v in pairs]},
        schema={"account_id": "string", "value": "string"},
    )


def fetch(table: ir.Table) -> dict[tuple[str, str], int]:
    frame = ibis.duckdb.connect().to_polars(table)
    assert frame.columns == ["account_id", "token", "exchanges"]
    found = {(a, t): n for a, t, n in frame.iter_rows()}
    assert len(found) == frame.height, "a pair came back twice"
    return found


@given(ROWS)
@settings(max_examples=8)
def test_every_pair_comes_back_once_with_its_exchanges(pairs: list[tuple[str, str | None]]) -> None:
    table = rows_of(pairs)
    expected = Counter((a, v) for a, v in pairs if v and v.strip())
    assert fetch(from_exchanges(table, known(table.value))) == expected
    shared = table.mutate(exchanges=ibis.literal(1, "int64"))
    assert fetch(from_shared(shared, known(shared.value))) == expected


@given(ROWS)
@settings(max_examples=8)
def test_crossing_keeps_exactly_the_tokens_of_two_accounts(
    pairs: list[tuple[str, str | None]],
) -> None:
    table = rows_of(pairs)
    holders = defaultdict(set)
    for account, value in pairs:
        holders[(value or "").strip()].add(account)
    kept = fetch(crossing(table.select("account_id", token=known(table.value))))
    assert {token for _, token in kept} == {
        token for token, accounts in holders.items() if token and len(accounts) > 1
    }


@given(ROWS, st.lists(st.integers(0, 1), min_size=2, max_size=2))
@settings(max_examples=8)
def test_what_owners_hold_is_the_same_where_the_tokens_are(
    pairs: list[tuple[str, str | None]], owner: list[int]
) -> None:
    # The third account is nobody's: it made no exchange.
    owners = pl.DataFrame({"account_id": ["a", "b"], "owner": owner})
    tokens = pl.DataFrame(pairs, schema={"account_id": pl.String, "token": pl.String}, orient="row")
    asked = holdings(ibis.memtable(tokens), ibis.memtable(owners))
    here = holdings_of(tokens, owners)
    assert_frame_equal(
        ibis.duckdb.connect().to_polars(asked), here, check_row_order=False, check_dtypes=False
    )
    shared = here.filter(pl.col("token").is_not_null())
    assert (shared["tokens"] == 1).all()
    assert (shared.group_by("token").len()["len"] > 1).all()


def test_an_attribute_of_accounts_counts_no_exchange() -> None:
    table = rows_of([("a", "x"), ("b", "x"), ("b", "x"), ("c", None)])
    assert fetch(from_accounts(table, known(table.value))) == {("a", "x"): 0, ("b", "x"): 0}


def test_merged_tables_add_up() -> None:
    table = rows_of([("a", "x"), ("a", "y"), ("b", "x")])
    twice = merged(from_exchanges(table, table.value), from_exchanges(table, table.value))
    assert fetch(twice) == {("a", "x"): 2, ("a", "y"): 2, ("b", "x"): 2}


def test_digests_tell_texts_apart_and_keep_nulls() -> None:
    table = rows_of([("a", "x"), ("a", "y"), ("a", "x"), ("a", None)])
    frame = ibis.duckdb.connect().to_polars(table.select(name=digest(table.value)))
    first, second, again, unknown = frame["name"].to_list()
    assert first == again
    assert first != second
    assert unknown is None


def test_joining_with_the_unknown_is_unknown_and_never_ambiguous() -> None:
    table = ibis.memtable(
        {"p": ["ab", "a", "a"], "q": ["c", "bc", None]}, schema={"p": "string", "q": "string"}
    )
    names = ibis.duckdb.connect().to_polars(table.select(name=joined(table.p, table.q)))["name"]
    assert names[0] != names[1]
    assert names[2] is None

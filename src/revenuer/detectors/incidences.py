"""Who holds which token: the tables that link detectors hand on.

Only relational operations and string functions that DuckDB, ClickHouse and Spark all
have; what the dialects disagree on is said beside it.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

SEPARATOR = "\x1f"
"""ASCII's unit separator: it does not occur in the values that it joins."""


def _of_text(text: str) -> str:
    """Signature of an engine's function from text to text; the body is never run."""
    return text


def _of_bytes(value: bytes) -> str:
    """Signature of an engine's function from bytes to text; the body is never run."""
    return value.hex()


_md5 = ibis.udf.scalar.builtin(_of_text, name="MD5")
_hex = ibis.udf.scalar.builtin(_of_text, name="hex")
_hex_of_bytes = ibis.udf.scalar.builtin(_of_bytes, name="hex")


def digest(text: ir.StringValue) -> ir.StringValue:
    """A short opaque name for a long text, NULL for NULL.

    Ibis has no digest that compiles for all three engines, so each engine's own MD5 is
    asked for and spelled in hexadecimal: equal texts get equal names within an engine,
    and the names sort alike on all of them.
    """
    return _hex(_md5(text))


def spelled(value: ir.BinaryValue) -> ir.StringValue:
    """Bytes as hexadecimal text, NULL for NULL."""
    return _hex_of_bytes(value)


def of_key(exchanges: ir.Table, sketch: ir.StringValue) -> ir.StringValue:
    """A sketch, or a part of it, under its key's name; NULL where there is none."""
    return ibis.coalesce(exchanges.sketch_key_id, "") + SEPARATOR + sketch.nullif("")


def known(text: ir.StringValue) -> ir.StringValue:
    """The text without blanks around it, NULL where nothing is left."""
    return text.strip().nullif("")


def joined(*parts: ir.StringValue) -> ir.StringValue:
    """The parts as one text, NULL where any of them is unknown."""
    whole = parts[0]
    for part in parts[1:]:
        whole = whole + SEPARATOR + part
    return whole


def from_accounts(accounts: ir.Table, token: ir.StringValue) -> ir.Table:
    """Incidences of an attribute of accounts: no exchange is counted.

    Args:
        accounts: The contract's accounts, or a part of them.
        token: An expression over `accounts`; NULL holds nothing.
    """
    return (
        accounts.select(account_id=accounts.account_id, token=token)
        .filter(ibis._.token.notnull())
        .distinct()
        .mutate(exchanges=ibis.literal(0, "int64"))
    )


def from_exchanges(exchanges: ir.Table, token: ir.StringValue) -> ir.Table:
    """Incidences of an attribute of exchanges, with how many exchanges show it.

    Args:
        exchanges: The contract's exchanges, or a part of them.
        token: An expression over `exchanges`; NULL holds nothing.
    """
    rows = exchanges.select(account_id=exchanges.account_id, token=token)
    rows = rows.filter(rows.token.notnull())
    return rows.group_by("account_id", "token").aggregate(exchanges=rows.count())


def counted(exchanges: ir.Table, *columns: str) -> ir.Table:
    """The distinct values of some columns in each account, with their `exchanges`.

    What an account sends repeats, so patterns and digests are worked out on these few
    rows instead of on every exchange.
    """
    rows = exchanges.select("account_id", *columns)
    return rows.group_by("account_id", *columns).aggregate(exchanges=rows.count())


def from_counted(rows: ir.Table, token: ir.StringValue) -> ir.Table:
    """Incidences of an attribute of `counted` rows.

    Args:
        rows: A table of `counted`.
        token: An expression over `rows`; NULL holds nothing.
    """
    named = rows.select("account_id", "exchanges", token=token)
    return merged(named.filter(named.token.notnull()))


def crossing(incidences: ir.Table) -> ir.Table:
    """Only the tokens that at least two accounts hold.

    For tokens that are nearly always one account's own, such as sessions: holding one
    says nothing, so only those that cross an account's border come back.
    """
    holders = incidences.group_by("token").aggregate(holders=incidences.account_id.nunique())
    return incidences.semi_join(holders.filter(holders.holders > 1), "token")


def merged(*tables: ir.Table) -> ir.Table:
    """Incidences of several sources as one table, a row a pair."""
    rows = ibis.union(*tables) if len(tables) > 1 else tables[0]
    return rows.group_by("account_id", "token").aggregate(exchanges=rows.exchanges.sum())

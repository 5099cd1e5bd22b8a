"""Who holds which token: the tables that link detectors hand on.

Only relational operations and string functions that DuckDB, ClickHouse and Spark all
have; what the dialects disagree on is said beside it.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from revenuer.detector import LinkDetector
from revenuer.features.once import built_once
from revenuer.features.tables import LogTables


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


def from_shared(rows: ir.Table, token: ir.StringValue) -> ir.Table:
    """Incidences of a table of `features.shared`.

    Args:
        rows: `account_id`, `exchanges` and what the token is made of.
        token: An expression over `rows`; NULL holds nothing.
    """
    named = rows.select("account_id", "exchanges", token=token)
    return merged(named.filter(named.token.notnull()))


def crossing(rows: ir.Table) -> ir.Table:
    """Incidences of the tokens that at least two accounts hold.

    For tokens that are nearly always one account's own, such as sessions: holding one
    says nothing, so only those that cross an account's border come back.

    Args:
        rows: `account_id` and `token`, a row an exchange; NULL holds nothing.
    """
    rows = rows.filter(rows.token.notnull())
    # By numbers first: nearly all tokens are met in one account, and texts cost more.
    numbered = rows.select(key=rows.token.hash(), account=rows.account_id.hash())
    met = numbered.group_by("key").aggregate(
        low=numbered.account.min(), high=numbered.account.max()
    )
    rows = rows.mutate(key=rows.token.hash()).semi_join(met.filter(met.low != met.high), "key")
    held = rows.group_by("account_id", "token").aggregate(exchanges=rows.count())
    holders = held.group_by("token").aggregate(holders=held.count())
    return held.semi_join(holders.filter(holders.holders > 1), "token")


def merged(*tables: ir.Table) -> ir.Table:
    """Incidences of several sources as one table, a row a pair."""
    rows = ibis.union(*tables) if len(tables) > 1 else tables[0]
    return rows.group_by("account_id", "token").aggregate(exchanges=rows.exchanges.sum())


def holdings(tokens: ir.Table, owners: ir.Table) -> ir.Table:
    """What owners hold, those tokens named that two or more do.

    Most tokens of some kinds are one owner's alone: these are counted where they are.

    Args:
        tokens: `account_id` and `token`.
        owners: `account_id` and `owner`, of every account.

    Returns:
        `owner`; `token`, NULL for those that nobody else holds; `tokens`, how many the row
        stands for.
    """
    rows = tokens.filter(tokens.token.notnull()).join(owners, "account_id")
    held = rows.select("owner", "token").distinct()
    holders = held.count().over(ibis.window(group_by=held.token))
    met = held.select("owner", "token", holders=holders)
    named = (met.holders > 1).ifelse(met.token, ibis.null("string"))
    rows = met.select("owner", token=named)
    return rows.group_by("owner", "token").aggregate(tokens=rows.count())


@built_once
def held_of(detector: LinkDetector, tables: LogTables, owners: ir.Table) -> ir.Table:
    """The `holdings` of a detector's tokens."""
    return holdings(detector.tokens(tables), owners)

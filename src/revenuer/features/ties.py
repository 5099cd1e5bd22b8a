"""What campaigns have, and who else has it: the kinds of `tie_kinds` over a log."""

from __future__ import annotations

from collections.abc import Iterator

import ibis
import ibis.expr.types as ir

from revenuer.features.addresses import address_block, client_address
from revenuer.features.expressions import known
from revenuer.features.once import built_once
from revenuer.features.tables import LogTables
from revenuer.features.tie_kinds import (
    CLIENT,
    END_USER_OF,
    KEYS,
    MEASURES,
    READ,
    SKETCHES,
    WHOSE,
    of_accounts,
    of_end_users,
    of_exchanges,
    of_links,
    of_sketches,
)


def others_like(exchanges: ir.Table, ties: ir.Table) -> Iterator[ir.Table]:
    """Which other accounts' exchanges show values of the ties: `account_id`, `kind`, `value`.

    A query for each column, so that nearly every row is dropped where it lies.

    Args:
        exchanges: Of accounts outside the campaigns, or how these connected.
        ties: Rows with `kind` and `value`.
    """
    asked = ties.select("kind", "value").distinct()
    for kind in ("asn", "tls-fingerprint", "user-agent", "reseller"):
        values = asked.filter(asked.kind == kind).select("value")
        rows = exchanges.select("account_id", value=READ[kind.replace("-", "_")](exchanges))
        rows = rows.filter(rows.value.notnull()).semi_join(values, "value").distinct()
        yield rows.mutate(kind=ibis.literal(kind))
    rows = exchanges.select("account_id", "client_ip", "client_ip_source").distinct()
    rows = rows.select("account_id", address=client_address(rows)).distinct()
    rows = rows.mutate(block=address_block(rows.address))
    blocks = asked.filter(asked.kind == "address-block").select(block="value")
    # Who has an address of ours is in a block of ours.
    rows = rows.filter(rows.block.notnull()).semi_join(blocks, "block")
    yield rows.select("account_id", value=rows.block, kind=ibis.literal("address-block"))
    yield rows.select("account_id", value=rows.address, kind=ibis.literal("address"))


@built_once
def holders(held: ir.Table, ties: ir.Table) -> ir.Table:
    """How many accounts have each value: `kind`, `value`, `holders`.

    Args:
        held: `account_id`, `kind` and `value` of the accounts to count.
        ties: The values to ask for.
    """
    asked = ties.select("kind", "value").distinct()
    rows = held.select("account_id", "kind", "value").semi_join(asked, ["kind", "value"])
    # An account has a value by its sign-up and by its exchanges.
    return rows.group_by("kind", "value").aggregate(holders=rows.account_id.nunique())


@built_once
def own_of(tables: LogTables, own: ir.Table, members: ir.Table) -> ir.Table:
    """The campaigns' own exchanges with `member`.

    Args:
        tables: The log.
        own: `exchange_id` and `campaign`, a number.
        members: `member`, a number, `campaign` and `account_id`.
    """
    mine = tables.exchanges.inner_join(own, "exchange_id")
    return mine.inner_join(members, ["campaign", "account_id"])


@built_once
def held_by_members(tables: LogTables, members: ir.Table, own: ir.Table, met: ir.Table) -> ir.Table:
    """What the accounts of campaigns have: `KEYS`, `MEASURES`, `WHOSE`, a row a value.

    Args:
        tables: The log.
        members: `member`, a number, `campaign` and `account_id`.
        own: `exchange_id` and `campaign` of the campaigns' own exchanges.
        met: Their `connections`.
    """
    mine = own_of(tables, own, members)
    parts = [
        of_exchanges(met, "member"),
        of_accounts(tables.accounts.inner_join(members, "account_id"), "member"),
        of_links(tables.account_links.inner_join(members, "account_id"), "member"),
        *(of_sketches(mine, kind, "member") for kind in SKETCHES if _there(tables, kind)),
    ]
    if _has_end_users(tables):
        parts.append(of_end_users(mine, "member"))
    rows = ibis.union(*(part.select(*KEYS, *MEASURES, *WHOSE) for part in parts))
    resold = "exchanges.reseller_id" in tables.present
    held = rows.group_by(*KEYS).aggregate(
        exchanges=rows.exchanges.sum(),
        first_seen=rows.first_seen.min(),
        last_seen=rows.last_seen.max(),
        least=rows.network.min(),
        most=rows.network.max(),
        **(_through(rows) if resold else {}),
    )
    # An address that two networks are said to have belongs to neither for certain.
    sure = (held.kind == "address") & (held.least == held.most)
    none = ibis.null("string")
    reseller = none
    if resold:
        passed = held.kind.isin(("address", "end-user")) & (held.first == held.last)
        reseller = passed.ifelse(held.first.nullif(""), none)
    told = held.mutate(network=sure.ifelse(held.least, none), reseller=reseller)
    return told.select(*KEYS, *MEASURES, *WHOSE)


def _through(rows: ir.Table) -> dict[str, ir.StringValue]:
    """The first and the last reseller of a value, "" where an exchange came directly.

    What came directly too is no reseller's for certain, and neither is what two pass on.
    """
    reseller = ibis.coalesce(rows.reseller, "")
    return {"first": reseller.min(), "last": reseller.max()}


@built_once
def strangers(tables: LogTables, members: ir.Table) -> ir.Table:
    """How accounts outside the campaigns connected: `account_id` and `CLIENT`, each once."""
    outside = tables.exchanges.anti_join(members, "account_id")
    return outside.select("account_id", *CLIENT).distinct()


@built_once
def held_by_others(
    tables: LogTables, members: ir.Table, connected: ir.Table, ties: ir.Table
) -> ir.Table:
    """What accounts outside the campaigns have: `account_id`, `kind`, `value`.

    Args:
        tables: The log.
        members: `account_id` of the campaigns' accounts.
        connected: The `strangers`.
        ties: Rows with `kind` and `value`; of an exchange's kinds, only those are asked for.
    """
    outside = tables.exchanges.anti_join(members, "account_id")
    sketched = (kind for kind in SKETCHES if _there(tables, kind))
    parts = [
        *others_like(connected, ties),
        of_accounts(tables.accounts.anti_join(members, "account_id"), "account_id"),
        of_links(tables.account_links.anti_join(members, "account_id"), "account_id"),
        *(of_sketches(outside, kind, "account_id") for kind in sketched),
    ]
    if _has_end_users(tables):
        parts.append(_end_users_like(outside, ties))
    return ibis.union(*(part.select("account_id", "kind", "value") for part in parts))


def _end_users_like(exchanges: ir.Table, ties: ir.Table) -> ir.Table:
    asked = ties.filter(ties.kind == "end-user").select("kind", "value").distinct()
    value = known(exchanges.reseller_id) + END_USER_OF + known(exchanges.end_user_id)
    rows = exchanges.select("account_id", value=value)
    rows = rows.filter(rows.value.notnull()).distinct()
    return rows.inner_join(asked, "value").select("account_id", "kind", "value")


def _has_end_users(tables: LogTables) -> bool:
    return {"exchanges.reseller_id", "exchanges.end_user_id"} <= tables.present


def _there(tables: LogTables, kind: str) -> bool:
    return f"exchanges.{SKETCHES[kind]}" in tables.present

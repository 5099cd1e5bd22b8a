"""What a few ordinary accounts are known by, to compare those of campaigns with."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from revenuer.features.addresses import address_block
from revenuer.features.expressions import md5
from revenuer.features.once import built_once
from revenuer.features.tables import LogTables
from revenuer.features.tie_kinds import READ, of_accounts, of_links

COLUMNS = ("account_id", "kind", "value")


@built_once
def drawn(connected: ir.Table, most: int) -> ir.Table:
    """Some of the accounts: `account_id`, the same ones whenever the log has them.

    Whom a digest puts first has nothing to do with what it does. And whose values a peer was
    asked for once is asked for again, instead of somebody else each time.

    Args:
        connected: `account_id` of the accounts outside the campaigns.
        most: How many are wanted.
    """
    accounts = connected.select("account_id").distinct()
    ordered = accounts.mutate(place=md5(accounts.account_id)).order_by("place", "account_id")
    return ordered.limit(most).select("account_id")


@built_once
def held_by_controls(tables: LogTables, connected: ir.Table, controls: ir.Table) -> ir.Table:
    """What the drawn accounts have: `COLUMNS`, a row a value; their sketches are left out.

    Args:
        tables: The log.
        connected: How accounts outside the campaigns connected, from `ties.strangers`.
        controls: From `drawn`.
    """
    rows = connected.semi_join(controls, "account_id")
    rows = rows.select("account_id", **{name: of(rows) for name, of in READ.items()}).distinct()
    rows = rows.mutate(address_block=address_block(rows.address)).drop("asn", "reseller")
    parts = [
        rows.select("account_id", kind=ibis.literal(name.replace("_", "-")), value=rows[name])
        for name in rows.columns
        if name != "account_id"
    ]
    accounts = tables.accounts.semi_join(controls, "account_id")
    links = tables.account_links.semi_join(controls, "account_id")
    parts += [of(table, "account_id").select(*COLUMNS) for of, table in
              ((of_accounts, accounts), (of_links, links))]  # fmt: skip
    held = ibis.union(*parts)
    return held.filter(held.value.notnull() & (held.kind != "asn")).distinct()

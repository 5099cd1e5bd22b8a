"""What accounts are known by outside one operator: addresses, clients, cards, sketches.

Kinds have one name wherever they stand: in `ties.parquet`, in indicators, in matching.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import ibis
import ibis.expr.types as ir

from revenuer.features.addresses import (
    address_block,
    client_address,
    logged_address,
    public_address,
)
from revenuer.features.expressions import SEPARATOR, known, md5, spelled
from revenuer.features.tables import LogTables

MEASURES = ("exchanges", "first_seen", "last_seen")
CLIENT = ("client_ip", "client_ip_source", "asn", "tls_fingerprint", "user_agent")
"""Columns of an exchange that say who connected."""
SIGNUP = ("address", "address-block", "asn")
"""Kinds that an account shows when it is opened: they have a time."""
KINDS = (
    "asn",
    "address",
    "address-block",
    "tls-fingerprint",
    "user-agent",
    "email-domain",
    "payment-fingerprint",
    "phone-fingerprint",
    "device-fingerprint",
    "system-prompt-sketch",
    "prompt-sketch",
)
SKETCHES = {
    "system-prompt-sketch": "system_prompt_sketch",
    "prompt-sketch": "prompt_sketch",
}
"""Kinds of sketch, and where an exchange has them."""
SKETCHES_PER_ACCOUNT = 16
"""Sketches of a kind that are kept of an account: half a template's fragments meet in two of
them, and a campaign of 25,000 accounts stays within a file. placeholder"""

KEYS = ("campaign_id", "account_id", "kind", "value")


def connections(exchanges: ir.Table, *by: str) -> ir.Table:
    """Who connected how, the kinds of an exchange side by side.

    Args:
        exchanges: The contract's exchanges, or a part of them.
        by: Columns that tell whose they are.

    Returns:
        `by`, `MEASURES` and a column for each of `OF_EXCHANGES`.
    """
    rows = exchanges.select(*by, *CLIENT, "occurred_at")
    rows = rows.group_by(*by, *CLIENT).aggregate(
        exchanges=_counted(rows),
        first_seen=rows.occurred_at.min(),
        last_seen=rows.occurred_at.max(),
    )
    rows = rows.select(*by, *MEASURES, **{name: of(rows) for name, of in READ.items()})
    # Grouped again, so that engines work the address out once, and not in each part of the block.
    rows = rows.group_by(*by, *READ).aggregate(
        exchanges=rows.exchanges.sum(),
        first_seen=rows.first_seen.min(),
        last_seen=rows.last_seen.max(),
    )
    return rows.mutate(address_block=address_block(rows.address))


def _counted(exchanges: ir.Table) -> ir.IntegerScalar:
    """How many there are, of the type that a number written here has, on every engine.

    ClickHouse counts without a sign, and gives a union of both types a third that cannot be summed.
    """
    return exchanges.occurred_at.notnull().cast("int64").sum()


def _network(rows: ir.Table) -> ir.StringValue:
    # Where the address is our own machine's, so is its network.
    ours = rows.client_ip.notnull() & logged_address(rows).isnull()
    return ours.ifelse(ibis.null("string"), rows.asn.cast("string"))


READ: Mapping[str, Callable[[ir.Table], ir.StringValue]] = {
    "asn": _network,
    "address": client_address,
    "tls_fingerprint": lambda rows: known(rows.tls_fingerprint),
    "user_agent": lambda rows: known(rows.user_agent),
}
"""What is read from `CLIENT`, by column."""
OF_EXCHANGES = ("asn", "address", "address-block", "tls-fingerprint", "user-agent")


def of_exchanges(rows: ir.Table, *by: str) -> ir.Table:
    """The kinds of an exchange, a row a value of each connection.

    Args:
        rows: From `connections`.
        by: Columns that tell whose they are.
    """
    values = {kind: rows[kind.replace("-", "_")] for kind in OF_EXCHANGES}
    return _long(rows.mutate(network=rows.asn), values, by)


def others_like(exchanges: ir.Table, ties: ir.Table) -> Iterator[ir.Table]:
    """Which other accounts' exchanges show values of the ties: `account_id`, `kind`, `value`.

    A query for each column, so that nearly every row is dropped where it lies.

    Args:
        exchanges: Of accounts outside the campaigns, or how these connected.
        ties: Rows with `kind` and `value`.
    """
    asked = ties.select("kind", "value").distinct()
    for kind in ("asn", "tls-fingerprint", "user-agent"):
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


def of_accounts(accounts: ir.Table, *by: str) -> ir.Table:
    """The kinds of an account, a row a value.

    Args:
        accounts: The contract's accounts, or a part of them.
        by: Columns that tell whose they are.
    """
    # Told apart once, so that engines work the address out once.
    rows = accounts.select(
        *by,
        *OF_ACCOUNTS,
        "created_at",
        asn=accounts.signup_asn.cast("string"),
        address=public_address(accounts.signup_ip),
        email_domain=known(accounts.email_domain.lower()),
    ).distinct()
    rows = rows.mutate(address_block=address_block(rows.address))
    never = ibis.null("timestamp('UTC', 6)")
    rows = rows.mutate(exchanges=ibis.literal(0, "int64"), network=rows.asn)
    dated = rows.mutate(first_seen=rows.created_at, last_seen=rows.created_at)
    signup = {kind: dated[kind.replace("-", "_")] for kind in SIGNUP}
    undated = rows.mutate(first_seen=never, last_seen=never)
    stated = {name.replace("_", "-"): known(undated[name]) for name in OF_ACCOUNTS}
    stated["email-domain"] = undated.email_domain
    return ibis.union(_long(dated, signup, by), _long(undated, stated, by))


OF_ACCOUNTS = ("payment_fingerprint", "phone_fingerprint", "device_fingerprint")


def of_links(links: ir.Table, *by: str) -> ir.Table:
    """The attributes of the operator's own records whose kind is one of ours.

    Args:
        links: The contract's account links, or a part of them.
        by: Columns that tell whose they are.
    """
    kind = known(links.kind.lower()).replace("_", "-")
    rows = links.select(
        *by,
        kind=kind,
        value=known(links.value),
        exchanges=ibis.literal(0, "int64"),
        first_seen=links.first_seen,
        last_seen=links.last_seen,
        network=ibis.null("string"),
    )
    return rows.filter(rows.kind.isin(KINDS) & ~rows.kind.isin(list(SKETCHES)))


def of_sketches(exchanges: ir.Table, kind: str, *by: str) -> ir.Table:
    """The keyed sketches of one kind, a row an account's sketch, the same on every engine.

    Args:
        exchanges: The contract's exchanges, or a part of them.
        kind: Of `SKETCHES`.
        by: Columns that tell whose they are, the account last.
    """
    value = exchanges.sketch_key_id + SEPARATOR + spelled(exchanges[SKETCHES[kind]])
    rows = exchanges.select(*by, "occurred_at", value=value, place=md5(exchanges.exchange_id))
    rows = rows.filter(rows.value.notnull())
    held = rows.group_by(*by, "value").aggregate(
        exchanges=_counted(rows),
        first_seen=rows.occurred_at.min(),
        last_seen=rows.occurred_at.max(),
        place=rows.place.min(),
    )
    window = ibis.window(group_by=list(by), order_by=held.place)
    kept = held.mutate(place=ibis.row_number().over(window))
    kept = kept.filter(kept.place < SKETCHES_PER_ACCOUNT).drop("place")
    return kept.mutate(kind=ibis.literal(kind), network=ibis.null("string"))


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


def own_of(tables: LogTables, own: ir.Table) -> ir.Table:
    """The campaigns' own exchanges with `campaign_id`.

    Args:
        tables: The log.
        own: `exchange_id` and `campaign_id`.
    """
    return tables.exchanges.inner_join(own, "exchange_id")


def held_by_members(tables: LogTables, members: ir.Table, own: ir.Table, met: ir.Table) -> ir.Table:
    """What the accounts of campaigns have: `KEYS`, `MEASURES`, `network`, a row a value.

    Args:
        tables: The log.
        members: `account_id` and `campaign_id`.
        own: `exchange_id` and `campaign_id` of the campaigns' own exchanges.
        met: Their `connections`.
    """
    by = ("campaign_id", "account_id")
    parts = [
        of_exchanges(met, *by),
        of_accounts(tables.accounts.inner_join(members, "account_id"), *by),
        of_links(tables.account_links.inner_join(members, "account_id"), *by),
        *(of_sketches(own_of(tables, own), kind, *by) for kind in SKETCHES if _there(tables, kind)),
    ]
    rows = ibis.union(*(part.select(*KEYS, *MEASURES, "network") for part in parts))
    held = rows.group_by(*KEYS).aggregate(
        exchanges=rows.exchanges.sum(),
        first_seen=rows.first_seen.min(),
        last_seen=rows.last_seen.max(),
        least=rows.network.min(),
        most=rows.network.max(),
    )
    # An address that two networks are said to have belongs to neither for certain.
    sure = (held.kind == "address") & (held.least == held.most)
    return held.mutate(network=sure.ifelse(held.least, ibis.null("string"))).drop("least", "most")


def strangers(tables: LogTables, members: ir.Table) -> ir.Table:
    """How accounts outside the campaigns connected: `account_id` and `CLIENT`, each once."""
    outside = tables.exchanges.anti_join(members, "account_id")
    return outside.select("account_id", *CLIENT).distinct()


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
    return ibis.union(*(part.select("account_id", "kind", "value") for part in parts))


def _there(tables: LogTables, kind: str) -> bool:
    return f"exchanges.{SKETCHES[kind]}" in tables.present


def _long(rows: ir.Table, values: Mapping[str, ir.StringValue], by: tuple[str, ...]) -> ir.Table:
    parts = []
    for kind, value in values.items():
        part = rows.select(*by, *MEASURES, "network", kind=ibis.literal(kind), value=value)
        parts.append(part.filter(part.value.notnull()))
    return ibis.union(*parts)

"""What accounts are known by outside one operator: addresses, clients, cards, sketches.

Kinds have one name wherever they stand: in `ties.parquet`, in indicators, in matching.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import ibis
import ibis.expr.types as ir

from revenuer.features.addresses import (
    address_block,
    client_address,
    logged_address,
    public_address,
)
from revenuer.features.expressions import SEPARATOR, known, md5, spelled
from revenuer.features.once import built_once

MEASURES = ("exchanges", "first_seen", "last_seen")
CLIENT = ("client_ip", "client_ip_source", "asn", "tls_fingerprint", "user_agent", "reseller_id")
"""Columns of an exchange that say who connected, and through whom."""
WHOSE = ("network", "reseller")
"""Columns of a tie that say whose a value is."""
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
    "reseller",
    "end-user",
)
SKETCHES = {
    "system-prompt-sketch": "system_prompt_sketch",
    "prompt-sketch": "prompt_sketch",
}
"""Kinds of sketch, and where an exchange has them."""
SKETCHES_PER_ACCOUNT = 16
"""Sketches of a kind that are kept of an account: half a template's fragments meet in two of
them, and a campaign of 25,000 accounts stays within a file. placeholder"""
END_USERS_PER_ACCOUNT = 64
"""End users that are kept of an account, the busiest: some clients name a new one with every
request. placeholder"""
END_USER_OF = "/"
"""Between a reseller and its end user: each reseller counts its own."""

KEYS = ("member", "kind", "value")
"""What tells a tie from others; a member is a number for an account of a campaign."""


@built_once
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
        exchanges=counted(rows),
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


def counted(exchanges: ir.Table) -> ir.IntegerScalar:
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
    "reseller": lambda rows: known(rows.reseller_id),
}
"""What is read from `CLIENT`, by column."""
OF_EXCHANGES = ("asn", "address", "address-block", "tls-fingerprint", "user-agent", "reseller")


def of_exchanges(rows: ir.Table, *by: str) -> ir.Table:
    """The kinds of an exchange, a row a value of each connection.

    Args:
        rows: From `connections`.
        by: Columns that tell whose they are.
    """
    values = {kind: rows[kind.replace("-", "_")] for kind in OF_EXCHANGES}
    return _long(rows.mutate(network=rows.asn), values, by)


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
    rows = rows.mutate(
        exchanges=ibis.literal(0, "int64"), network=rows.asn, reseller=ibis.null("string")
    )
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
        **_nobodys(),
    )
    said = [kind for kind in KINDS if kind not in (*SKETCHES, "reseller", "end-user")]
    return rows.filter(rows.kind.isin(said))


def _nobodys() -> dict[str, ir.StringValue]:
    return dict.fromkeys(WHOSE, ibis.null("string"))


def of_end_users(exchanges: ir.Table, *by: str) -> ir.Table:
    """The customers that a reseller named with its exchanges, a row each, the busiest.

    Args:
        exchanges: The contract's exchanges, or a part of them.
        by: Columns that tell whose they are, the account last.
    """
    reseller = known(exchanges.reseller_id)
    value = reseller + END_USER_OF + known(exchanges.end_user_id)
    rows = exchanges.select(*by, "occurred_at", value=value, reseller=reseller)
    rows = rows.filter(rows.value.notnull())
    held = rows.group_by(*by, "value", "reseller").aggregate(
        exchanges=counted(rows),
        first_seen=rows.occurred_at.min(),
        last_seen=rows.occurred_at.max(),
    )
    busiest = [held.exchanges.desc(), held.value]
    window = ibis.window(group_by=list(by), order_by=busiest)
    kept = held.mutate(place=ibis.row_number().over(window))
    kept = kept.filter(kept.place < END_USERS_PER_ACCOUNT).drop("place")
    return kept.mutate(kind=ibis.literal("end-user"), network=ibis.null("string"))


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
        exchanges=counted(rows),
        first_seen=rows.occurred_at.min(),
        last_seen=rows.occurred_at.max(),
        place=rows.place.min(),
    )
    window = ibis.window(group_by=list(by), order_by=held.place)
    kept = held.mutate(place=ibis.row_number().over(window))
    kept = kept.filter(kept.place < SKETCHES_PER_ACCOUNT).drop("place")
    return kept.mutate(kind=ibis.literal(kind), **_nobodys())


def _long(rows: ir.Table, values: Mapping[str, ir.StringValue], by: tuple[str, ...]) -> ir.Table:
    parts = []
    for kind, value in values.items():
        part = rows.select(*by, *MEASURES, *WHOSE, kind=ibis.literal(kind), value=value)
        parts.append(part.filter(part.value.notnull()))
    return ibis.union(*parts)

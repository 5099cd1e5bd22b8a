"""Addresses that tell accounts apart, and the blocks around them.

An IPv4 block is a /24; an IPv6 block is a /48, what one site gets (RFC 6177, section 2).
Everything is a string function, because the engines share no address type.
"""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from revenuer.features.expressions import known

OURS = r"cdn|gateway|edge|load.?balancer|(our|reverse).?proxy"
"""Words of `client_ip_source` for addresses of our own machines, which link nobody."""

NOT_PUBLIC = (
    r"^(0|10|127)\."
    r"|^169\.254\."
    r"|^192\.168\."
    r"|^172\.(1[6-9]|2[0-9]|3[01])\."
    r"|^100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\."
    r"|^::1?$"
    r"|^f[cd][0-9a-f][0-9a-f]:"
    r"|^fe[89ab][0-9a-f]:"
)
"""Private, shared, loopback and link-local ranges (RFC 6890): some load balancer's view."""

DOTTED = r"([0-9]+\.[0-9]+\.[0-9]+\.[0-9]+)$"
GROUP = "[0-9a-f]+"


def client_address(exchanges: ir.Table) -> ir.StringValue:
    """The client's own public address, NULL where the log only knows our machines."""
    return public_address(logged_address(exchanges))


def logged_address(exchanges: ir.Table) -> ir.StringValue:
    """The address as it was logged, NULL where it is one of our machines."""
    source = exchanges.client_ip_source.lower()
    ours = source.notnull() & source.re_search(OURS)
    return ours.ifelse(ibis.null("string"), exchanges.client_ip)


def public_address(address: ir.StringValue) -> ir.StringValue:
    """The address in one spelling, NULL where it is not a public one.

    IPv4 inside IPv6 (`::ffff:192.0.2.1`) comes back as IPv4.
    """
    text = known(address.lower())
    embedded = text.contains(":") & text.re_search(DOTTED)
    plain = embedded.ifelse(text.re_extract(DOTTED, 1), text)
    return plain.re_search(NOT_PUBLIC).ifelse(ibis.null("string"), plain)


def address_block(address: ir.StringValue) -> ir.StringValue:
    """The block of an address in small letters, NULL where it is no address.

    Examples:
        198.51.100.7 is in `198.51.100.0/24` and 2001:db8::1 in `2001:db8:0::/48`.
    """
    v4 = address.re_extract(r"^([0-9]+\.[0-9]+\.[0-9]+)\.[0-9]+$", 1).nullif("") + ".0/24"
    first = _group(address, f"^({GROUP}):").nullif("0")
    second = _group(address, f"^{GROUP}:({GROUP}):")
    # Empty once "::" has begun: then the third group is a zero that was left out.
    third = _group(address, f"^{GROUP}:{GROUP}:({GROUP})")
    v6 = first + ":" + second + ":" + third + "::/48"
    return address.contains(":").ifelse(v6, v4)


def _group(address: ir.StringValue, pattern: str) -> ir.StringValue:
    """One group of an IPv6 address without leading zeros; `0` where it was left out."""
    # ClickHouse answers NULL where DuckDB and Spark answer with an empty text.
    found = ibis.coalesce(address.re_extract(pattern, 1), "")
    return ibis.coalesce(found.re_replace("^0+", "").nullif(""), "0")


def places(exchanges: ir.Table) -> ir.Table:
    """From where each account sends.

    Returns:
        `account_id`, `asn`, `logged` (the address as it was logged, in small letters),
        `logged_block`, `address` (the public one, which links), `block`, and `exchanges`.
    """
    columns = ("client_ip", "client_ip_source", "asn")
    rows = exchanges.select("account_id", *columns)
    rows = rows.group_by("account_id", *columns).aggregate(exchanges=rows.count())
    logged, address = known(logged_address(rows)).lower(), client_address(rows)
    rows = rows.select("account_id", "asn", "exchanges", logged=logged, address=address)
    rows = rows.mutate(logged_block=address_block(rows.logged))
    # Nearly always the same address, and patterns are what costs.
    same = rows.address == rows.logged
    return rows.mutate(block=same.ifelse(rows.logged_block, address_block(rows.address)))


def place_features(rows: ir.Table) -> ir.Table:
    """From how many places each account sends, a row an account.

    Args:
        rows: From `places`.

    Returns:
        `account_id`; `n_located`, exchanges that name an address; `n_addresses`, `n_blocks`
        and `n_networks`, distinct ones.
    """
    return rows.group_by("account_id").aggregate(
        # As logged: a load balancer's private address is one, and rotates nothing.
        n_located=rows.exchanges.sum(where=rows.logged.notnull()).fill_null(0).cast("int64"),
        n_addresses=rows.logged.nunique(),
        n_blocks=rows.logged_block.nunique(),
        n_networks=rows.asn.nunique(),
    )

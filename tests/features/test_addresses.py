from ipaddress import IPv4Address, IPv6Address, ip_network

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revenuer.features.addresses import address_block, client_address, public_address


def read(addresses: list[str | None], source: str | None = None) -> list[tuple[str | None, ...]]:
    """Each address with its public spelling and its block, as DuckDB reads them."""
    table = ibis.memtable(
        {"client_ip": addresses, "client_ip_source": [source] * len(addresses)},
        schema={"client_ip": "string", "client_ip_source": "string"},
    )
    public = public_address(table.client_ip)
    seen = client_address(table)
    rows = ibis.duckdb.connect().to_polars(
        table.select(public=public, block=address_block(public), seen=seen)
    )
    return [tuple(row) for row in rows.iter_rows()]


@given(st.lists(st.integers(2**24, 2**32 - 1).map(IPv4Address), min_size=1, max_size=30))
@settings(max_examples=6)
def test_an_ipv4_block_is_its_slash_24(addresses: list[IPv4Address]) -> None:
    for address, (public, block, _) in zip(
        addresses, read([str(a) for a in addresses]), strict=True
    ):
        if public is not None:
            assert block == str(ip_network(f"{address}/24", strict=False))


@given(st.lists(st.integers(0x2000 << 112, (0x4000 << 112) - 1).map(IPv6Address), min_size=1))
@settings(max_examples=6)
def test_two_ipv6_addresses_share_a_block_exactly_if_they_share_a_slash_48(
    addresses: list[IPv6Address],
) -> None:
    neighbours = [IPv6Address(int(a) ^ 1) for a in addresses]
    elsewhere = [IPv6Address(int(a) ^ (1 << 80)) for a in addresses]
    blocks = [row[1] for row in read([str(a) for a in addresses])]
    assert blocks == [row[1] for row in read([a.exploded for a in neighbours])]
    assert all(
        b != row[1] for b, row in zip(blocks, read([str(a) for a in elsewhere]), strict=True)
    )


@given(st.lists(st.ip_addresses(v=4), min_size=1, max_size=40))
@settings(max_examples=6)
def test_private_addresses_are_nobodys(addresses: list[IPv4Address]) -> None:
    shared = ip_network("100.64.0.0/10")
    for address, (public, _, _) in zip(addresses, read([str(a) for a in addresses]), strict=True):
        if address.is_loopback or address.is_link_local or address in shared:
            assert public is None
        if address.is_global and not address.is_multicast:
            assert public == str(address)


@pytest.mark.parametrize("source", ["cdn", "CDN-edge", "gateway", "our_proxy", "load-balancer"])
def test_our_own_machines_link_nobody(source: str) -> None:
    assert read(["203.0.113.9"], source)[0][2] is None


@pytest.mark.parametrize(
    "source", [None, "connection", "peer", "x-forwarded-for", "proxy-protocol"]
)
def test_a_client_address_counts(source: str | None) -> None:
    assert read(["203.0.113.9"], source)[0][2] == "203.0.113.9"


def test_what_is_no_address_has_no_block() -> None:
    assert [row[1] for row in read(["unknown", "1.2.3", "", None, "host:443"])] == [None] * 5


def test_ipv4_inside_ipv6_is_ipv4() -> None:
    assert read(["::FFFF:203.0.113.9"])[0][:2] == ("203.0.113.9", "203.0.113.0/24")

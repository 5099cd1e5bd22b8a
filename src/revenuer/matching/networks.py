"""Canonical forms of addresses and of the blocks around them."""

from __future__ import annotations

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

V4_PREFIX, V6_PREFIX = 24, 48
"""As `features.addresses` has them: an IPv6 /48 is what one site gets (RFC 6177, section 2)."""

NOBODYS = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
        "::/127",
        "fc00::/7",
        "fe80::/10",
        "ff00::/8",
    )
)
"""Private, shared, loopback, link-local, multicast and reserved ranges (RFC 6890)."""


def address_form(text: str) -> str:
    """An address as RFC 5952 writes it; IPv4 inside IPv6 comes back as IPv4.

    Raises:
        ValueError: It is none, or one that is nobody's in particular.
    """
    return str(_address(text))


def block_form(text: str) -> str:
    """The /24 or /48 of an address, or the block itself.

    Raises:
        ValueError: It is neither, or a block of another size.
    """
    if "/" not in text:
        address = _address(text)
        if isinstance(address, IPv4Address):
            return str(IPv4Network((address, V4_PREFIX), strict=False))
        return str(IPv6Network((address, V6_PREFIX), strict=False))
    try:
        block = ip_network(text)
    except ValueError:
        raise ValueError("it is no block, or has bits after its prefix") from None
    if block.prefixlen != (V4_PREFIX if block.version == 4 else V6_PREFIX):
        raise ValueError("it is no /24 of IPv4 and no /48 of IPv6")
    _refuse_nobodys(block.network_address)
    return str(block)


def _address(text: str) -> IPv4Address | IPv6Address:
    try:
        address = ip_address(text)
    except ValueError:
        raise ValueError("it is no address") from None
    if isinstance(address, IPv6Address):
        if address.scope_id:
            raise ValueError("it has a zone, which means something on one machine only")
        address = address.ipv4_mapped or address
    _refuse_nobodys(address)
    return address


def _refuse_nobodys(address: IPv4Address | IPv6Address) -> None:
    if any(address in block for block in NOBODYS if block.version == address.version):
        raise ValueError("it is private, shared, local or reserved")

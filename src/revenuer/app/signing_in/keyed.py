"""Marks that only this casebook can make: of addresses and names, and against forged forms."""

from __future__ import annotations

import hmac
from hashlib import sha256
from ipaddress import IPv6Address, ip_address

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from revenuer.app.casebook.opening import Casebook

KEY_BYTES = 32
MARK_CHARS = 32
"""Hex digits of a mark of an address or a name: 128 bits."""


def mark(casebook: Casebook, purpose: str, text: str) -> str:
    """A keyed hash of a text, hexadecimal; those of two purposes have nothing in common.

    Source:
        RFC 5869 (2010), HKDF, section 3.2 on the info input; RFC 2104 (1997), HMAC.
    """
    info = f"revenuer/console/{purpose}/1".encode()
    key = HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(casebook.vault.master)
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), sha256).hexdigest()


def mark_of_name(casebook: Casebook, name: str) -> str:
    """What a name that somebody typed is known by, whether anybody has it or not."""
    return mark(casebook, "name", name)[:MARK_CHARS]


def mark_of_address(casebook: Casebook, address: str) -> str:
    """What an address is known by; of IPv6 the network of a customer, for /64 are given away."""
    if not address:
        return ""
    return mark(casebook, "address", _network(address))[:MARK_CHARS]


def _network(address: str) -> str:
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return f"{IPv6Address(int(found) >> 64 << 64)}/64"
    return str(found)

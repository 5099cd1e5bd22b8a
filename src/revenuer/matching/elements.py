"""What of a value takes part in matching: a keyed digest, and the bucket that it lies in."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address

from revenuer.matching.canonical import CanonicalError, MatchKind, canonical
from revenuer.matching.keyring import GroupKey
from revenuer.matching.randomness import Randomness

LEAST_BITS, MOST_BITS = 12, 16
"""Bits of a digest that name its bucket: fewer make answers long, more narrow a value down."""

SPACES: dict[MatchKind, int] = {
    MatchKind.ADDRESS: 2**32,
    MatchKind.ADDRESS_BLOCK: 2**24,
    MatchKind.PHONE: 10**10,
}
"""How many values there are of a kind that somebody could go through: all of IPv4, its /24
blocks, and about the numbers that plans can have. The other kinds cannot be gone through."""


@dataclass(frozen=True, slots=True)
class Element:
    """A value as it takes part in matching; the value itself is no part of it.

    Attributes:
        digest: Under the group key; 32 bytes.
        bucket: The first bits of another function of the same.
    """

    digest: bytes
    bucket: int


def element_of(key: GroupKey, kind: MatchKind, value: str, bits: int) -> Element:
    """The element of a value in its canonical form.

    Its bucket comes from a function of its own: who sees buckets learns nothing of digests.

    Args:
        key: The group's.
        kind: What the value is; equal texts of two kinds are two elements.
        value: Canonical.
        bits: Of the bucket.
    """
    said = kind.encode() + b"\0" + value.encode()
    front = int.from_bytes(key.keyed(b"bucket", said)[:2], "big")
    return Element(key.keyed(b"element", said), front >> (16 - bits))


def read_element(key: GroupKey, kind: MatchKind, text: str, bits: int) -> Element | None:
    """The element of a value as it was logged; None where it has no canonical form."""
    try:
        return element_of(key, kind, canonical(kind, text), bits)
    except CanonicalError:
        return None


def decoy(key: GroupKey, kind: MatchKind, bits: int, rng: Randomness) -> Element:
    """The element of a value that nobody chose, like one of the kind.

    It is asked among the true ones so that their number does not show, and it is a probe: a peer
    that claims a large share of all values claims this one too.
    """
    if kind is MatchKind.ADDRESS:
        value = str(IPv4Address(rng.randrange(2**32)))
    elif kind is MatchKind.ADDRESS_BLOCK:
        value = f"{IPv4Address(rng.randrange(2**24) << 8)}/24"
    elif kind is MatchKind.PHONE:
        value = f"+{rng.randrange(10**9, 10**12)}"
    else:
        value = rng.randbytes(16).hex()
    return element_of(key, kind, value, bits)

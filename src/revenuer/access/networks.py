"""What kind of network an address is in, and its block; tables are passed in."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address
from operator import itemgetter

IP = IPv4Address | IPv6Address
V4_BLOCK_BITS = 24
V6_BLOCK_BITS = 48
"""What one site gets (RFC 6177, section 2); as in `features.addresses`."""
V6_HOME_BITS = 64
"""One line's; a device changes the other half by itself (RFC 8981)."""


class NetworkKind(StrEnum):
    """Kinds of networks that are told from others; an ordinary line has none."""

    TOR = "tor"
    PROXY = "proxy"
    VPN = "vpn"
    HOSTING = "hosting"
    RELAY = "relay"
    SERVER = "server"
    """A list says "VPN or data centre", and no other list says which."""


STRONGEST = (
    NetworkKind.TOR,
    NetworkKind.RELAY,
    NetworkKind.PROXY,
    NetworkKind.VPN,
    NetworkKind.HOSTING,
    NetworkKind.SERVER,
)
"""Where tables overlap, the earlier kind holds: an exit is in some hoster's range too, and a
privacy relay of a device's maker is no VPN of somebody who hides."""


@dataclass(frozen=True, slots=True)
class Range:
    """Addresses from `first` to `last`, both included, of one kind."""

    first: int
    last: int
    kind: NetworkKind


class RangeTable:
    """Ranges of one family of addresses, flattened: at most one holds an address.

    Args:
        ranges: In any order; they may overlap.

    Examples:
        >>> table = RangeTable([Range(0, 99, NetworkKind.HOSTING), Range(10, 19, NetworkKind.TOR)])
        >>> [table.kind(number) for number in (9, 15, 20, 100)]
        [<NetworkKind.HOSTING: 'hosting'>, <NetworkKind.TOR: 'tor'>,
         <NetworkKind.HOSTING: 'hosting'>, None]
    """

    def __init__(self, ranges: Iterable[Range]) -> None:
        self._starts: list[int] = []
        self._kinds: list[NetworkKind | None] = []
        for start, kind in _flattened(list(ranges)):
            if not self._kinds or self._kinds[-1] is not kind:
                self._starts.append(start)
                self._kinds.append(kind)

    def __len__(self) -> int:
        return sum(kind is not None for kind in self._kinds)

    def kind(self, number: int) -> NetworkKind | None:
        """The kind that holds an address; None for an ordinary one."""
        at = bisect_right(self._starts, number) - 1
        return self._kinds[at] if at >= 0 else None


class SystemTable:
    """Autonomous systems of one family of addresses.

    Args:
        starts: First address of each range, ascending. Shape (n,).
        ends: Last address. Shape (n,).
        systems: Number of the autonomous system. Shape (n,).
    """

    def __init__(self, starts: Sequence[int], ends: Sequence[int], systems: Sequence[int]) -> None:
        self._starts, self._ends = starts, ends
        self._systems = array("L", systems)

    def __len__(self) -> int:
        return len(self._starts)

    def system(self, number: int) -> int | None:
        """The system that announces an address."""
        at = bisect_right(self._starts, number) - 1
        return self._systems[at] if at >= 0 and number <= self._ends[at] else None


@dataclass(frozen=True, slots=True)
class NetworkTables:
    """Tables of networks.

    Attributes:
        v4: Kinds of IPv4 ranges.
        v6: Kinds of IPv6 ranges.
        v4_systems: Autonomous systems of IPv4 ranges.
        v6_systems: Autonomous systems of IPv6 ranges.
    """

    v4: RangeTable = field(default_factory=lambda: RangeTable(()))
    v6: RangeTable = field(default_factory=lambda: RangeTable(()))
    v4_systems: SystemTable = field(default_factory=lambda: SystemTable((), (), ()))
    v6_systems: SystemTable = field(default_factory=lambda: SystemTable((), (), ()))

    def kind(self, address: IP) -> NetworkKind | None:
        """The kind of network that holds an address; None for an ordinary one."""
        return (self.v4 if address.version == 4 else self.v6).kind(int(address))

    def system(self, address: IP) -> int | None:
        """The autonomous system that announces an address; None where unknown."""
        table = self.v4_systems if address.version == 4 else self.v6_systems
        return table.system(int(address))


def public(raw: str) -> IP | None:
    """A public address; None for any other text.

    IPv4 inside IPv6 comes back as IPv4. Private and shared ranges are some proxy's view.

    Examples:
        >>> public("::ffff:8.8.8.8"), public("10.0.0.1"), public("8.8.8.8%eth0"), public("one")
        (IPv4Address('8.8.8.8'), None, None, None)
    """
    text = raw.strip()
    if "%" in text:
        return None
    try:
        address: IP = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return address if address.is_global and not address.is_multicast else None


def home(address: IP) -> int:
    """One line's number: the address, or the 64 bits of a line that IPv6 gives out."""
    shift = 0 if address.version == 4 else 128 - V6_HOME_BITS
    return int(address) >> shift


def block(address: IP) -> int:
    """The block around an address: /24, or /48 of IPv6."""
    shift = 32 - V4_BLOCK_BITS if address.version == 4 else 128 - V6_BLOCK_BITS
    return int(address) >> shift


def _flattened(ranges: list[Range]) -> Iterable[tuple[int, NetworkKind | None]]:
    """Where the strongest kind changes, and to what."""
    events = [(each.first, 1, each.kind) for each in ranges]
    events += [(each.last + 1, -1, each.kind) for each in ranges]
    events.sort(key=itemgetter(0))
    open_ = dict.fromkeys(STRONGEST, 0)
    for place, (start, change, kind) in enumerate(events):
        open_[kind] += change
        if place + 1 == len(events) or events[place + 1][0] != start:
            yield start, next((each for each in STRONGEST if open_[each]), None)

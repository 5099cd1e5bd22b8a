"""Networks that people sign up from: public numbers and blocks, so that real tables know them.

Usage worlds invent their networks. A sign-up is judged by tables of real ones (which blocks are
a hosting firm's, which a VPN's), so these are public: large, stable allocations of access
providers, clouds, VPN hosts and universities. No applicant is a real person, and where a
network is says nothing: it is drawn, never used.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network

import numpy as np
from numpy.typing import NDArray

from revenuer.worlds.network import address_strings

HOME, MOBILE, CLOUD, VPN, CAMPUS = range(5)

_BLOCKS: dict[int, str] = {
    HOME: """7922 73.32.0.0/11 7922 98.192.0.0/11 701 71.160.0.0/12 701 96.224.0.0/12
        7018 99.0.0.0/11 20115 75.128.0.0/12 20001 76.80.0.0/12 22773 68.96.0.0/12
        3320 79.192.0.0/11 3320 84.128.0.0/11 3209 88.64.0.0/12 6805 77.0.0.0/12
        3215 90.0.0.0/11 12322 82.224.0.0/12 2856 86.128.0.0/11 5089 82.0.0.0/12
        5607 90.192.0.0/12 3269 79.0.0.0/12 3352 83.32.0.0/12 1136 77.160.0.0/12
        3301 81.224.0.0/12 3303 83.76.0.0/14 5617 83.0.0.0/12 4134 114.80.0.0/12
        4134 183.0.0.0/11 4837 123.112.0.0/12 4837 112.224.0.0/12 4766 121.128.0.0/11
        9318 58.120.0.0/13 4713 153.128.0.0/11 17676 126.0.0.0/9 2516 106.128.0.0/12
        3462 114.32.0.0/12 9829 117.192.0.0/11 24560 122.160.0.0/12 28573 177.32.0.0/12
        27699 189.56.0.0/13 8151 189.128.0.0/11 7738 187.16.0.0/12 1221 101.160.0.0/11
        4804 49.176.0.0/12 812 99.224.0.0/12 577 70.48.0.0/13 9121 78.160.0.0/11
        7713 36.64.0.0/12 45899 14.160.0.0/11 18403 118.68.0.0/14 12389 95.24.0.0/13
        3243 82.154.0.0/15 17451 180.244.0.0/14 4760 219.76.0.0/14 9506 119.56.0.0/15
        4788 175.136.0.0/13 29465 105.112.0.0/12 3741 41.132.0.0/14 8452 41.32.0.0/12
        15704 85.48.0.0/12""",
    MOBILE: """21928 172.56.0.0/15 6167 174.192.0.0/11 20057 107.64.0.0/12 55836 49.32.0.0/11
        45609 106.192.0.0/11 12430 77.208.0.0/14 9605 49.96.0.0/12 45143 115.164.0.0/15
        23693 114.120.0.0/13 25135 148.252.128.0/17 26599 177.80.0.0/13 36903 105.128.0.0/12
        13280 188.28.0.0/14""",
    CLOUD: """14618 54.144.0.0/14 16509 3.64.0.0/12 396982 34.64.0.0/11 8075 20.32.0.0/12
        16276 51.68.0.0/15 24940 65.108.0.0/15 14061 159.65.0.0/16 14061 167.99.0.0/16
        63949 172.104.0.0/15 20473 45.76.0.0/15 51167 62.171.128.0/17 45102 47.88.0.0/14
        132203 43.128.0.0/14""",
    VPN: """9009 185.159.156.0/22 60068 89.187.160.0/19 212238 138.199.0.0/18 9009 146.70.0.0/16
        39351 185.213.152.0/22 39351 193.138.218.0/24 136787 192.145.112.0/20
        202425 92.223.89.0/24 9009 37.120.128.0/17 11878 66.90.72.0/23""",
    CAMPUS: """3 18.9.0.0/16 32 171.64.0.0/14 25 128.32.0.0/16 73 128.208.0.0/16
        36375 141.211.0.0/16 786 129.67.0.0/16 786 131.111.0.0/16 559 129.132.0.0/16
        12816 141.84.0.0/16 553 129.206.0.0/16 2200 129.175.0.0/16 1124 145.18.0.0/16
        2501 133.11.0.0/16 4538 166.111.0.0/16 9488 147.46.0.0/16 239 128.100.0.0/16
        7575 128.250.0.0/16 1653 130.237.0.0/16 2611 134.58.0.0/16 55847 14.139.0.0/16
        2907 133.5.0.0/16""",
}
"""Autonomous system and block, from public routing tables."""
CARRIER_GATES = 16
"""Addresses behind which a carrier puts the phones of one region. placeholder"""
CARRIER_REGIONS = 12
"""Regions of a carrier that have gates of their own. placeholder"""
VPN_EXITS = 24
"""Addresses through which the customers of one VPN host leave. placeholder"""


@dataclass(frozen=True)
class Spots:
    """Where applicants sit.

    Attributes:
        address: IPv4 addresses as numbers. Shape (n,).
        asn: Numbers of their networks. Shape (n,).
    """

    address: NDArray[np.uint64]
    asn: NDArray[np.int64]

    def __len__(self) -> int:
        return int(self.asn.size)

    def at(self, which: NDArray[np.int64]) -> Spots:
        """The spots of applicants that sit where `which` says."""
        return Spots(self.address[which], self.asn[which])

    def near(self, hosts: NDArray[np.int64]) -> Spots:
        """Other hosts in the /24 blocks of these spots."""
        base = self.address & ~np.uint64(255)
        return Spots(base + hosts.astype(np.uint64), self.asn)

    def shown(self) -> NDArray[np.object_]:
        """The addresses in dotted form."""
        text: NDArray[np.object_] = address_strings(self.address).to_numpy(zero_copy_only=False)
        return text


def spots(rng: np.random.Generator, kind: int, count: int) -> Spots:
    """Unrelated addresses on networks of one kind; a large block is drawn more often."""
    asns, firsts, sizes = _TABLE[kind]
    # By roots: a block four times as large has twice the customers who sign up.
    weights = np.sqrt(sizes.astype(np.float64))
    block = rng.choice(asns.size, count, p=weights / weights.sum())
    inside = (rng.random(count) * sizes[block]).astype(np.uint64)
    if kind == MOBILE:
        region = rng.integers(0, CARRIER_REGIONS, count).astype(np.uint64)
        gate = rng.integers(1, CARRIER_GATES + 1, count).astype(np.uint64)
        inside = region * np.uint64(1024) + gate
    elif kind == VPN:
        inside = rng.integers(2, VPN_EXITS + 2, count).astype(np.uint64)
    return Spots(firsts[block] + inside, asns[block])


def homes(rng: np.random.Generator, count: int, *, phones: float = 0.22) -> Spots:
    """Where private people are: mostly home lines, the others behind a carrier's gates."""
    wired, mobile = spots(rng, HOME, count), spots(rng, MOBILE, count)
    on_phone = rng.random(count) < phones
    return Spots(
        np.where(on_phone, mobile.address, wired.address), np.where(on_phone, mobile.asn, wired.asn)
    )


def _read(text: str) -> tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.uint64]]:
    words = text.split()
    nets = [IPv4Network(word) for word in words[1::2]]
    return (
        np.array([int(word) for word in words[::2]]),
        np.array([int(net.network_address) for net in nets], dtype=np.uint64),
        np.array([net.num_addresses for net in nets], dtype=np.uint64),
    )


_TABLE = {kind: _read(text) for kind, text in _BLOCKS.items()}

"""Networks and addresses: homes, offices, mobile carriers, clouds and residential proxies.

Networks are invented for each world; their numbers and blocks belong to nobody in particular.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from revenuer.worlds.draws import mix

HOUR_US = 3_600_000_000
COUNTRIES = ("US", "IN", "DE", "GB", "FR", "BR", "JP", "SG", "CN", "KR", "CA", "AU", "NL",
             "ES", "IT", "PL", "MX", "ID", "VN", "TR", "NG", "ZA", "AE", "SE", "CH")  # fmt: skip
COUNTRY_WEIGHTS = np.array([22, 11, 6, 6, 5, 5, 5, 4, 4, 3, 3, 3, 2, 3, 3, 2, 2, 2, 2, 2, 1, 1, 1,
                            1, 1], dtype=float)  # fmt: skip
# Hours ahead of UTC, in the order of COUNTRIES; one zone a country is a simplification.
OFFSETS = np.array([-6, 5, 1, 0, 1, -3, 9, 8, 8, 9, -5, 10, 1, 1, 1, 1, -6, 7, 7, 3, 1, 2, 4, 1, 1])
HOME, MOBILE, CLOUD = 0, 1, 2

STATIC, DYNAMIC, CARRIER, ROTATING, RUNNER, EGRESS, STICKY = range(7)


@dataclass(frozen=True)
class Places:
    """Where each account's requests come from.

    Attributes:
        address: An IPv4 address as a number. Shape (n,).
        network: Position of its network in `Internet`. Shape (n,).
        manner: How it changes: STATIC; DYNAMIC, a new lease every few days; CARRIER, one of
            16 addresses that thousands of phones share; ROTATING, another household for
            every request; STICKY, another one every six hours; RUNNER, another cloud machine
            for every session; EGRESS, one of a gateway's four addresses. Shape (n,).
    """

    address: NDArray[np.uint64]
    network: NDArray[np.int64]
    manner: NDArray[np.int64]

    def but(self, manner: int) -> Places:
        """The same places, all changing in another manner."""
        return replace(self, manner=np.full(self.manner.size, manner))

    def shared(self, count: int) -> Places:
        """`count` accounts behind the first address: one office, one class room."""
        return self.at(np.zeros(count, dtype=np.int64))

    def at(self, which: NDArray[np.int64]) -> Places:
        """Places of accounts that sit where `which` says."""
        return Places(self.address[which], self.network[which], self.manner[which])


@dataclass(frozen=True)
class Internet:
    """The networks of one world.

    Attributes:
        asns: Network numbers, from the range for private use. Shape (networks,).
        kinds: HOME, MOBILE or CLOUD. Shape (networks,).
        country: Position in `COUNTRIES`. Shape (networks,).
        blocks: First address of each network's /15. Shape (networks,).
    """

    asns: NDArray[np.int64]
    kinds: NDArray[np.int64]
    country: NDArray[np.int64]
    blocks: NDArray[np.uint64]

    def countries(self, network: NDArray[np.int64]) -> NDArray[np.object_]:
        """Country codes of networks."""
        return np.array(COUNTRIES, dtype=object)[self.country[network]]

    def offsets(self, network: NDArray[np.int64]) -> NDArray[np.int64]:
        """Hours ahead of UTC where networks are."""
        return OFFSETS[self.country[network]]

    def pick(self, rng: np.random.Generator, kind: int, count: int) -> NDArray[np.int64]:
        """Networks of a kind, the more often the more people live there."""
        candidates = np.flatnonzero(self.kinds == kind)
        weights = COUNTRY_WEIGHTS[self.country[candidates]]
        return rng.choice(candidates, count, p=weights / weights.sum())

    def places(self, rng: np.random.Generator, count: int, kind: int, manner: int) -> Places:
        """Unrelated places on networks of a kind."""
        network = self.pick(rng, kind, count)
        host = rng.integers(0, 2**17, count).astype(np.uint64)
        return Places(self.blocks[network] + host, network, np.full(count, manner))

    def homes(self, rng: np.random.Generator, count: int) -> Places:
        """Where private people are: mostly leased home lines, some phones, few fixed lines."""
        homes = self.places(rng, count, HOME, DYNAMIC)
        phones = self.places(rng, count, MOBILE, CARRIER)
        phone = rng.random(count) < 0.22
        fixed = rng.random(count) < 0.2
        return Places(
            np.where(phone, phones.address, homes.address),
            np.where(phone, phones.network, homes.network),
            np.where(phone, CARRIER, np.where(fixed, STATIC, DYNAMIC)),
        )

    def seen_from(
        self,
        places: Places,
        who: NDArray[np.int64],
        at: NDArray[np.int64],
        session: NDArray[np.uint64],
        item: NDArray[np.uint64],
    ) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
        """The address and network of each exchange.

        Args:
            who: Positions in `places`. Shape (n,).
            at: Microseconds since 1970. Shape (n,).
            session: Numbers that are equal within a session. Shape (n,).
            item: What each exchange is about. Shape (n,).
        """
        address, network = places.address[who].copy(), places.network[who].copy()
        manner = places.manner[who]
        lease = (at // (HOUR_US * 96)).astype(np.uint64)
        household = np.where(
            manner == STICKY,
            mix(address + (at // (HOUR_US * 6)).astype(np.uint64), "sticky"),
            mix(item + session, "rotating"),
        )
        keys = {
            DYNAMIC: (mix(address + lease, "lease"), 2**17),
            CARRIER: (mix(address + (at // (HOUR_US * 6)).astype(np.uint64), "carrier"), 16),
            EGRESS: (mix(item, "egress"), 4),
            RUNNER: (mix(session, "runner"), 2**17),
            ROTATING: (mix(household, "household"), 2**17),
            STICKY: (mix(household, "household"), 2**17),
        }
        homes = np.flatnonzero(self.kinds == HOME)
        spin = (manner == ROTATING) | (manner == STICKY)
        network[spin] = homes[mix(household[spin], "provider") % np.uint64(homes.size)]
        for kind, (number, size) in keys.items():
            there = manner == kind
            base = address[there] & ~np.uint64(3) if kind == EGRESS else self.blocks[network[there]]
            address[there] = base + number[there] % np.uint64(size)
        return address, network


def make_internet(rng: np.random.Generator) -> Internet:
    """Invent the networks of a world: 75 home providers, 30 carriers, 8 clouds."""
    counts = {HOME: 75, MOBILE: 30, CLOUD: 8}
    kinds = np.repeat(list(counts), list(counts.values()))
    # Every country has a home provider and a carrier before any has two.
    country = np.concatenate(
        [np.arange(75) % 25, np.arange(30) % 25, np.array([0, 0, 0, 2, 6, 7, 8, 3])]
    )
    prefixes = rng.choice(np.arange(11 << 7, 100 << 7), kinds.size, replace=False)
    asns = 4_200_000_000 + rng.choice(90_000, kinds.size, replace=False)
    return Internet(asns, kinds, country, prefixes.astype(np.uint64) << np.uint64(17))


def address_strings(addresses: NDArray[np.uint64]) -> pa.StringArray:
    """IPv4 addresses in dotted form."""
    octets = [pa.array([str(n) for n in range(256)])] * 4
    parts = [
        octet.take(pa.array(((addresses >> np.uint64(shift)) & np.uint64(255)).astype(np.int32)))
        for octet, shift in zip(octets, (24, 16, 8, 0), strict=True)
    ]
    return pc.binary_join_element_wise(*parts, ".")

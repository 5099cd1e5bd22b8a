"""What all who sign up in one world share: the window, clients, codes and proxy networks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from revenuer.worlds.draws import generator, mint
from revenuer.worlds.rhythm import DAY_US, HOUR_US
from revenuer.worlds.signups.atlas import HOME, Spots, spots
from revenuer.worlds.signups.clients import Clients, make_clients
from revenuer.worlds.signups.spec import SignupSpec

MODELS = 120
"""Models of devices that are so alike that their fingerprints are one. placeholder"""
PROXY_EXITS = 60_000
"""Homes whose line a residential proxy network sells, in one world. placeholder"""

# Sign-ups of each hour of the day, UTC; people of all time zones together. placeholder
HOURS = np.array([3, 3, 3, 3, 3, 3, 4, 5, 5, 5, 5, 5, 5, 6, 6, 6, 6, 5, 5, 4, 4, 4, 3, 3], float)
WEEKEND = 0.7
"""Sign-ups of a weekend day beside a weekday. placeholder"""


@dataclass(frozen=True)
class SignupStage:
    """What a world has before anyone signs up.

    Attributes:
        spec: What to build.
        clients: Browsers, and what farms use.
        codes: Referral codes that everybody has seen.
        exits: Homes that are exits of residential proxies. Shape (PROXY_EXITS,).
        devices: Fingerprints of devices of common models, commonest first. Shape (MODELS,).
    """

    spec: SignupSpec
    clients: Clients
    codes: tuple[str, ...]
    exits: Spots
    devices: NDArray[np.object_]

    def random(self, *labels: str | int) -> np.random.Generator:
        """The random stream of one part of this world."""
        return generator(self.spec.seed, "signups", *labels)

    def models(self, rng: np.random.Generator, count: int) -> NDArray[np.object_]:
        """Fingerprints that all devices of a model share, by how common the model is."""
        weight = 1.0 / (1 + np.arange(self.devices.size))
        return rng.choice(self.devices, count, p=weight / weight.sum())

    def through_proxies(self, rng: np.random.Generator, count: int) -> Spots:
        """Sign-ups through other people's home lines."""
        return self.exits.at(rng.integers(0, len(self.exits), count))


def set_stage(spec: SignupSpec) -> SignupStage:
    """Invent the clients, codes and proxies of a world."""
    rng = generator(spec.seed, "signups", "stage")
    codes = tuple(f"{word}{rng.integers(10, 99)}" for word in ("blog", "video", "news", "friend"))
    exits = spots(rng, HOME, PROXY_EXITS)
    return SignupStage(spec, make_clients(rng), codes, exits, mint(rng, "dev_", MODELS))


def ordinary_times(
    rng: np.random.Generator, count: int, first_us: int, last_us: int
) -> NDArray[np.int64]:
    """Times of unrelated people: the day's and the week's rhythm, in order of nothing.

    Args:
        rng: Source of chance.
        count: How many.
        first_us: Earliest, microseconds since 1970; a midnight UTC.
        last_us: Latest.
    """
    days = max(1, -(-(last_us - first_us) // DAY_US))
    weekday = (first_us // DAY_US + 3 + np.arange(days)) % 7
    weight = np.where(weekday >= 5, WEEKEND, 1.0)
    day = rng.choice(days, count, p=weight / weight.sum())
    hour = rng.choice(24, count, p=HOURS / HOURS.sum())
    at = first_us + day * DAY_US + hour * HOUR_US + rng.integers(0, HOUR_US, count)
    inside: NDArray[np.int64] = np.minimum(at, last_us - 1)
    return inside


def moments(rng: np.random.Generator, count: int, at_us: int, hours: float) -> NDArray[np.int64]:
    """Times of people who sign up together, within some hours. Shape (count,)."""
    return at_us + (rng.random(count) * hours * HOUR_US).astype(np.int64)

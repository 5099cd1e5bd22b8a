"""What all cohorts of one world share: the window, networks, clients, models and prompts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from revenuer.worlds.draws import generator
from revenuer.worlds.network import Internet, make_internet
from revenuer.worlds.rhythm import DAY_US, HOUR_US
from revenuer.worlds.software import Software, make_software
from revenuer.worlds.spec import WorldSpec
from revenuer.worlds.texts import Pools

OLD, SMALL, NEW = range(3)


@dataclass(frozen=True)
class Models:
    """The provider's models.

    Attributes:
        names: An old large one, a small one, and one that is released inside the window.
        released_us: When each became available.
    """

    names: tuple[str, str, str]
    released_us: tuple[int, int, int]


@dataclass(frozen=True)
class Stage:
    """What a world has before anyone signs up."""

    spec: WorldSpec
    internet: Internet
    software: Software
    models: Models
    pools: Pools

    def random(self, *labels: str | int) -> np.random.Generator:
        """The random stream of one part of this world."""
        return generator(self.spec.seed, *labels)

    def day_start(self, day: int) -> int:
        """Midnight UTC of a day of the window, microseconds since 1970."""
        return self.spec.start_us + day * DAY_US


def set_stage(spec: WorldSpec, pools: Pools) -> Stage:
    """Invent the networks, clients and models of a world."""
    rng = generator(spec.seed, "stage")
    release_day = int(spec.days * rng.uniform(0.45, 0.65))
    release = spec.start_us + release_day * DAY_US + int(rng.integers(14, 19)) * HOUR_US
    past = spec.start_us - int(rng.integers(60, 200)) * DAY_US
    models = Models(
        ("corvid-4-large", "corvid-4-mini", "corvid-5-large"), (past, past + 20 * DAY_US, release)
    )
    niche = max(2, spec.accounts // 400)
    internet = make_internet(rng)
    software = make_software(rng, niche=niche)
    return Stage(spec, internet, software, models, pools)

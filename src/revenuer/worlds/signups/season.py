"""One month of sign-ups, as honest cohorts are asked for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from revenuer.worlds.households import group_sizes
from revenuer.worlds.rhythm import HOUR_US
from revenuer.worlds.signups.applicants import Applicants, people
from revenuer.worlds.signups.stage import SignupStage, ordinary_times


@dataclass(frozen=True)
class Spoils:
    """What campaigns had that are known by now, and that honest people get into their hands.

    Attributes:
        devices: Fingerprints of handsets and machines that were sold on. Shape (n,).
        devices_us: When the campaign was known, microseconds since 1970. Shape (n,).
        phones: Numbers that carriers gave to somebody else. Shape (m,).
        phones_us: As `devices_us`. Shape (m,).
    """

    devices: NDArray[np.object_]
    devices_us: NDArray[np.int64]
    phones: NDArray[np.object_]
    phones_us: NDArray[np.int64]


@dataclass(frozen=True)
class Season:
    """A month of one cohort.

    Attributes:
        stage: The world.
        rng: Source of chance, the cohort's and the month's own.
        first_us: Begin, microseconds since 1970.
        last_us: End.
        spoils: What known campaigns left behind.
    """

    stage: SignupStage
    rng: np.random.Generator
    first_us: int
    last_us: int
    spoils: Spoils

    def times(self, count: int) -> NDArray[np.int64]:
        """Times of unrelated people. Shape (count,)."""
        return ordinary_times(self.rng, count, self.first_us, self.last_us)

    def people(self, count: int, cohort: str, persona: str) -> Applicants:
        """Unrelated people, at times of their own."""
        return people(self.stage, self.rng, self.times(count), cohort=cohort, persona=persona)

    def groups(
        self, count: int, sizes: tuple[int, int], cohort: str, persona: str, *, hours: float
    ) -> tuple[Applicants, NDArray[np.int64]]:
        """People in groups that sign up together.

        Args:
            count: In all.
            sizes: Fewest and most of a group.
            cohort: Their cohort.
            persona: How they come through checks.
            hours: Within which a group signs up, on average.

        Returns:
            The people, and the group of each, counted from 0. Shape (count,).
        """
        rng = self.rng
        group = group_sizes(rng, count, *sizes)
        number = int(group.max()) + 1
        begin = self.times(number)
        lag = rng.exponential(hours / 2 * HOUR_US, count).astype(np.int64)
        who = people(self.stage, rng, begin[group] + lag, cohort=cohort, persona=persona)
        labels = np.array(
            [f"{cohort} {self.first_us // 10**12}.{n}" for n in range(number)], object
        )
        who.put("group", labels[group])
        return who, group

"""How the categories of one habit speak for a campaign, and how that is learnt.

Each habit's categories are numbered once; the rounds of learning only count.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STRONGEST_RATIO = 3.0
"""Nats that one habit of an exchange may add. placeholder"""
PRIOR_WEIGHT = 20.0
"""Exchanges' worth of ordinary habit that is mixed into a campaign's. placeholder"""
CUSTOMER_PRIOR = 0.1
"""Ordinary habit that is mixed into the customers', as a share of all exchanges: fewer
customers than that say nothing about how they differ. placeholder"""


@dataclass(frozen=True, slots=True)
class Ratios:
    """How the categories of one habit speak for the campaign.

    Attributes:
        categories: Those that were seen, ascending. Shape (n_categories,).
        nats: What each adds. Shape (n_categories,).
        unseen: What any other adds.
    """

    categories: NDArray[np.uint64]
    nats: NDArray[np.float64]
    unseen: float

    def of(self, values: NDArray[np.uint64]) -> NDArray[np.float64]:
        """Nats of each exchange's category. Shape as `values`."""
        place = np.searchsorted(self.categories, values)
        place = np.minimum(place, self.categories.size - 1)
        return np.where(self.categories[place] == values, self.nats[place], self.unseen)


@dataclass(frozen=True, slots=True)
class Habit:
    """One habit's categories, numbered once for every round.

    Attributes:
        categories: Those of either side, ascending. Shape (n_categories,).
        there: Ordinary exchanges of each. Shape (n_categories,).
        manner: Number of each exchange's category in its owner's hands. Shape (n,).
        category: Number of each exchange's category. Shape (n,).
        begins: First manner of each category that is seen here. Shape (n_seen,).
        seen: Numbers of those categories. Shape (n_seen,).
    """

    categories: NDArray[np.uint64]
    there: NDArray[np.int64]
    manner: NDArray[np.int64]
    category: NDArray[np.int64]
    begins: NDArray[np.int64]
    seen: NDArray[np.int64]

    @classmethod
    def of(
        cls,
        here: NDArray[np.uint64],
        there: tuple[NDArray[np.uint64], NDArray[np.int64]],
        owner: NDArray[np.int64],
    ) -> Habit:
        """Number the categories of both sides.

        Args:
            here: Category of each of the campaign's exchanges. Shape (n,).
            there: Categories of ordinary exchanges, ascending, and how many show each.
            owner: Number from 0 of the owner of each. Shape (n,).
        """
        shown, place = np.unique(here, return_inverse=True)
        categories = np.union1d(shown, there[0])
        counts = np.zeros(categories.size, np.int64)
        counts[np.searchsorted(categories, there[0])] = there[1]
        seen = np.searchsorted(categories, shown)
        owners = int(owner.max(initial=0)) + 1
        manners, manner = np.unique(place * owners + owner, return_inverse=True)
        begins = np.searchsorted(manners, np.arange(shown.size) * owners)
        return cls(categories, counts, manner, seen[place], begins, seen)

    def ratios(self, chance: NDArray[np.float64], *, alone: bool, customers_differ: bool) -> Ratios:
        """Log ratios of the categories, the campaign's own against customers'.

        The owner who shows a category most does not count towards the campaign's own: what
        one account does alone is no habit of the operator's.

        Args:
            chance: Of each exchange to be the campaign's own. Shape (n,).
            alone: There is one owner, who counts.
            customers_differ: Customers may have habits of their own, and not ordinary ones.
        """
        by_owner = np.bincount(self.manner, chance)
        own = np.zeros(self.categories.size)
        own[self.seen] = np.add.reduceat(by_owner, self.begins)
        if not alone:
            own[self.seen] -= np.maximum.reduceat(by_owner, self.begins)
        customers = np.bincount(self.category, 1 - chance, minlength=self.categories.size)
        ordinary = (self.there + 0.5) / (self.there.sum() + 0.5 * self.there.size)
        theirs = customers * float(customers_differ)
        weight = max(CUSTOMER_PRIOR * chance.size, 1.0)
        ours_mixed = (own + PRIOR_WEIGHT * ordinary) / (own.sum() + PRIOR_WEIGHT)
        theirs_mixed = (theirs + weight * ordinary) / (theirs.sum() + weight)
        unseen = np.log(PRIOR_WEIGHT / (own.sum() + PRIOR_WEIGHT)) - np.log(
            weight / (theirs.sum() + weight)
        )
        return Ratios(
            self.categories,
            np.clip(np.log(ours_mixed / theirs_mixed), -STRONGEST_RATIO, STRONGEST_RATIO),
            float(np.clip(unseen, -STRONGEST_RATIO, STRONGEST_RATIO)),
        )

"""A share of trials with its exact interval."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.stats import binomtest


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with its exact 95 % interval (Clopper and Pearson 1934).

    Examples:
        By hand: of none in 30 the upper end solves (1 - p)^30 = 0.025.

        >>> str(Rate.of(0, 30))
        '0 of 30 (0.0% to 11.6%)'
    """

    count: int
    total: int
    low: float
    high: float

    @classmethod
    def of(cls, count: int, total: int) -> Rate:
        """Count something; nothing of nothing may be any share."""
        if not total:
            return cls(0, 0, 0.0, 1.0)
        interval = binomtest(count, total).proportion_ci(method="exact")
        return cls(count, total, float(interval.low), float(interval.high))

    def __str__(self) -> str:
        """Say the count and the interval."""
        return f"{self.count} of {self.total} ({self.low:.1%} to {self.high:.1%})"

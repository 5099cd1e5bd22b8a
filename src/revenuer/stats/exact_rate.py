"""A share of trials with its exact interval."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.special import betaincinv


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
        # The ends as quantiles of beta distributions; at 0 and at all they are those themselves.
        low = betaincinv(count, total - count + 1, 0.025) if count else 0.0
        high = betaincinv(count + 1, total - count, 0.975) if count < total else 1.0
        return cls(count, total, float(low), float(high))

    def __str__(self) -> str:
        """Say the count and the interval."""
        return f"{self.count} of {self.total} ({self.low:.1%} to {self.high:.1%})"

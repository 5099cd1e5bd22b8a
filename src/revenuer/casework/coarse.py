"""Counts of people that may be published: small ones are not told, others are rounded.

Rounded one by one, so that a total less its parts gives no small count away.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Count:
    """A count as it is published.

    Attributes:
        told: The number, rounded; None where it is too small to be told.
        below: What it is less than, where it is not told; 0 otherwise.
    """

    told: int | None
    below: int = 0

    def __str__(self) -> str:
        """As a report says it."""
        return f"fewer than {self.below}" if self.told is None else f"{self.told:,}"


def coarse(count: int, smallest: int) -> Count:
    """A count as it may be published.

    Args:
        count: As it is.
        smallest: Below it none is told but zero, and all are multiples of it.

    Examples:
        >>> [str(coarse(count, 5)) for count in (0, 1, 4, 5, 7, 8, 1234)]
        ['0', 'fewer than 5', 'fewer than 5', '5', '5', '10', '1,235']
        >>> str(coarse(7, 1))
        '7'
    """
    if 0 < count < smallest:
        return Count(None, smallest)
    return Count((2 * count + smallest) // (2 * smallest) * smallest)

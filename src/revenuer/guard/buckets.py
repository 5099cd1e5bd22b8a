"""Token buckets for many callers in bounded memory, one number a caller.

A bucket is kept as the time at which it is full again, which says the same as its level and
the time of it.
"""

from __future__ import annotations

from collections.abc import Hashable

LEAST_WAIT_S = 1e-6
"""Seconds since the epoch are told to a quarter of this: a shorter wait is a rounding error."""


class Buckets:
    """Buckets of one or several rates, the longest unused forgotten first.

    Whatever asks come when, a bucket that is not forgotten admits at most `burst` plus
    `rate_per_s` times the time that went by; `forgotten` counts those that were forgotten
    while they were not full, each of which may have admitted up to one burst more.

    Args:
        most: Buckets kept at most.

    Attributes:
        forgotten: Buckets given up while they were not full.

    Source:
        ATM Forum (1996), "Traffic Management Specification 4.0", section 4.4.2: the virtual
        scheduling form of the generic cell rate algorithm.

    Examples:
        Two at once, then one each second:

        >>> buckets = Buckets(10)
        >>> [buckets.take("a", at, 1.0, rate_per_s=1, burst=2) for at in (0.0, 0.0, 0.0, 1.0)]
        [0.0, 0.0, 1.0, 0.0]
    """

    __slots__ = ("_full_at", "_most", "forgotten")

    def __init__(self, most: int) -> None:
        if most < 1:
            raise ValueError(f"at least one bucket must be kept, not {most}")
        self._full_at: dict[Hashable, float] = {}
        self._most = most
        self.forgotten = 0

    def __len__(self) -> int:
        return len(self._full_at)

    def wait(
        self, key: Hashable, now: float, cost: float, *, rate_per_s: float, burst: float
    ) -> float:
        """How long until there is enough in a bucket, seconds; 0 if there is.

        What costs more than a whole burst needs a full bucket, or it could never be had.
        """
        full_at = self._full_at.get(key, now)
        over = max(full_at, now) + min(cost, burst) / rate_per_s - now - burst / rate_per_s
        return over if over > LEAST_WAIT_S else 0.0

    def charge(self, key: Hashable, now: float, cost: float, *, rate_per_s: float) -> None:
        """Take out of a bucket, over its bottom if need be: the answer is out already."""
        full_at = self._full_at.pop(key, now)
        if len(self._full_at) >= self._most:
            oldest = next(iter(self._full_at))
            if self._full_at.pop(oldest) > now:
                self.forgotten += 1
        self._full_at[key] = max(full_at, now) + cost / rate_per_s

    def take(
        self, key: Hashable, now: float, cost: float, *, rate_per_s: float, burst: float
    ) -> float:
        """Take out of a bucket if there is enough.

        Returns:
            0 if it was taken, else how long until there is enough, seconds.
        """
        wait = self.wait(key, now, cost, rate_per_s=rate_per_s, burst=burst)
        if not wait:
            self.charge(key, now, cost, rate_per_s=rate_per_s)
        return wait

    def clear(self) -> None:
        """Fill every bucket, as after a clock that was set back."""
        self._full_at.clear()

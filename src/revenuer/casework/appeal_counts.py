"""How appeals went, counted: how often decisions did not stand, and how long it took."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from revenuer.casework.appeals import Against, Outcome, Times

NINETY = 0.9


@dataclass(frozen=True, slots=True)
class Closed:
    """An appeal as it is counted.

    Attributes:
        against: What it was against.
        outcome: What became of that; None while it is open or where it was withdrawn.
        action: What was done, such as `block`; empty where nothing was.
        programme: Of the account; empty for none.
        rules: Detectors, checks or purposes that the decision rested on.
        times: When what happened.
    """

    against: Against
    outcome: Outcome | None
    action: str
    programme: str
    rules: tuple[str, ...]
    times: Times


@dataclass(frozen=True, slots=True)
class Rate:
    """How often decisions of one kind did not stand.

    Attributes:
        decided: Appeals that were decided.
        overturned: Those of them that took the decision back.
        partly: Those that took some of it back.
    """

    decided: int
    overturned: int
    partly: int

    @property
    def share(self) -> float | None:
        """Share that did not stand as it was, 0 to 1; None without any."""
        return (self.overturned + self.partly) / self.decided if self.decided else None


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long things took, hours.

    Attributes:
        count: How many.
        median: Half took no longer.
        ninety: Nine in ten took no longer.
    """

    count: int
    median: float | None
    ninety: float | None


def rates(appeals: Sequence[Closed]) -> dict[tuple[str, str], Rate]:
    """How often decisions did not stand, by (`against`, `action`, `programme` or `rule`, name).

    An appeal counts under each rule that its decision rested on.
    """
    keys: dict[tuple[str, str], list[Outcome]] = {}
    for one in appeals:
        if one.outcome is None:
            continue
        named = [("all", "all"), ("against", one.against.value)]
        named += [("action", one.action)] if one.action else []
        named += [("programme", one.programme or "none")]
        named += [("rule", rule) for rule in dict.fromkeys(one.rules)]
        for key in named:
            keys.setdefault(key, []).append(one.outcome)
    return {
        key: Rate(len(found), found.count(Outcome.OVERTURNED), found.count(Outcome.PARTLY))
        for key, found in sorted(keys.items())
    }


def lengths(spans: Iterable[timedelta]) -> Lengths:
    """Median and 90th percentile of lengths of time: the least that so many do not exceed.

    Examples:
        >>> lengths(timedelta(hours=n) for n in (1, 2, 3, 4, 30))
        Lengths(count=5, median=3.0, ninety=30.0)
        >>> lengths([])
        Lengths(count=0, median=None, ninety=None)
    """
    hours = sorted(span.total_seconds() / 3600 for span in spans)
    if not hours:
        return Lengths(0, None, None)
    return Lengths(len(hours), _quantile(hours, 0.5), _quantile(hours, NINETY))


def _quantile(ranked: Sequence[float], share: float) -> float:
    """The least of the ranked values that this share of them does not exceed."""
    place = -(-len(ranked) * round(share * 100) // 100)
    return ranked[max(place, 1) - 1]

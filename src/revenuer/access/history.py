"""What is known of earlier applicants, as an index that answers at once.

One process holds it in memory; `applicants` may come from a table in the order of their
numbers, so that several processes that follow one table hold the same. About a kilobyte an
applicant.
"""

from __future__ import annotations

import heapq
from bisect import insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from revenuer.access.profile import POPULAR, Kind, Profile
from revenuer.access.signals import Family, Signal

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
STANDING_US = 30 * DAY_US
"""So long an account must have stood unconvicted to count as honest company. placeholder"""
CROWD_US = 7 * DAY_US
"""The longest time over which applications come together. placeholder"""
MOST_NEAR = 512
"""Applicants who are looked at of those who share a value, the latest; more is many."""


class Standing(IntEnum):
    """What is known of an applicant."""

    OPEN = 0
    GOOD = 1
    BAD = 2
    CONVICTED = 3


@dataclass(slots=True, eq=False)
class Applicant:
    """One earlier applicant.

    Attributes:
        at_us: When it was applied.
        party, crowd, links, traits, known: As in `Profile`.
        standing: What is known.
        campaign: The convicted campaign, or empty.
        counted: Whether it counts among those of long standing.
        innocent_until_us: Until when no finding convicts it; 0 for no such time.
    """

    at_us: int
    party: int
    crowd: int
    links: tuple[tuple[Kind, int], ...]
    traits: tuple[Signal, ...] = ()
    known: frozenset[Family] = frozenset()
    standing: Standing = Standing.OPEN
    campaign: str = ""
    counted: bool = False
    innocent_until_us: int = 0

    def __lt__(self, other: Applicant) -> bool:
        return self.at_us < other.at_us


@dataclass(slots=True)
class Shared:
    """Who shares one value.

    Attributes:
        near: Applicants who are not of long standing, by time.
        standing: How many are of long standing.
        convicted: Campaign to how many of its accounts.
        hours: For popular values: hour to how many applied in it.
    """

    near: list[Applicant] = field(default_factory=list)
    standing: int = 0
    convicted: dict[str, int] = field(default_factory=dict)
    hours: dict[int, int] = field(default_factory=dict)


NOBODY = Shared()


class History:
    """Earlier applicants, by what they share."""

    def __init__(self) -> None:
        self._shared: dict[int, Shared] = {}
        self._applicants: dict[str, Applicant] = {}
        self._young: list[Applicant] = []
        self._now_us = 0
        self.hours: dict[int, int] = {}
        """Hour to how many applied in it, all together."""

    def __len__(self) -> int:
        return len(self._applicants)

    def __contains__(self, name: str) -> bool:
        return name in self._applicants

    def add(
        self,
        name: str,
        seen: Profile,
        *,
        at_us: int,
        standing: Standing = Standing.OPEN,
        campaign: str = "",
    ) -> Applicant:
        """Take in an applicant; one who is known already only changes standing.

        Args:
            name: Of the application or account.
            seen: What it shows.
            at_us: When it was applied.
            standing: What is known.
            campaign: The convicted campaign, for `CONVICTED`.
        """
        known = self._applicants.get(name)
        if known is not None:
            self.settle(name, standing, campaign=campaign)
            return known
        found = Applicant(at_us, seen.party, seen.crowd, seen.links, seen.traits, seen.known)
        self._applicants[name] = found
        self._enter(found)
        self.settle(name, standing, campaign=campaign)
        if not found.counted and found.standing is not Standing.CONVICTED:
            heapq.heappush(self._young, found)
        return found

    def settle(
        self, name: str, standing: Standing, *, campaign: str = "", at_once: bool = False
    ) -> None:
        """Note what became known of an applicant. A conviction stays.

        Args:
            name: Of the application or account.
            standing: What is known now.
            campaign: The convicted campaign, for `CONVICTED`.
            at_once: Whether a good one counts as of long standing from now on, as somebody
                does whose identity or institution was confirmed.
        """
        found = self._applicants.get(name)
        if found is None or found.standing is Standing.CONVICTED:
            return
        if standing is Standing.CONVICTED:
            self._uncount(found)
            found.standing, found.campaign = standing, campaign
            for kind, key in found.links:
                shared = self._shared[key]
                shared.convicted[campaign] = shared.convicted.get(campaign, 0) + 1
                if kind in POPULAR:
                    _less(shared.hours, found.at_us // HOUR_US)
                elif found in shared.near:
                    shared.near.remove(found)
            return
        found.standing = standing
        if standing is Standing.GOOD and (at_once or self._old(found)):
            self._count(found)
        elif standing is Standing.BAD:
            self._uncount(found)

    def acquit(self, name: str, *, innocent_until_us: int = 0) -> None:
        """Take a conviction back; where a person does, no finding convicts until that time."""
        found = self._applicants.get(name)
        if found is None or found.standing is not Standing.CONVICTED:
            return
        found.innocent_until_us = innocent_until_us
        for _, key in found.links:
            _less(self._shared[key].convicted, found.campaign)
        found.standing, found.campaign = Standing.GOOD, ""
        self._count(found)

    def forget(self, name: str) -> None:
        """Let go of an applicant and of all that they shared."""
        found = self._applicants.pop(name, None)
        if found is None:
            return
        self._uncount(found)
        for kind, key in found.links:
            shared = self._shared[key]
            if found.standing is Standing.CONVICTED:
                _less(shared.convicted, found.campaign)
            elif kind in POPULAR:
                _less(shared.hours, found.at_us // HOUR_US)
            elif found in shared.near:
                shared.near.remove(found)
            if not (shared.near or shared.standing or shared.convicted or shared.hours):
                del self._shared[key]
        # It may wait to grow old; then it has nothing left to count.
        found.links, found.standing = (), Standing.BAD
        _less(self.hours, found.at_us // HOUR_US)

    def advance(self, now_us: int) -> None:
        """Let time pass: who has stood for long enough counts as honest company."""
        self._now_us = max(self._now_us, now_us)
        while self._young and self._old(self._young[0]):
            found = heapq.heappop(self._young)
            if found.standing is Standing.GOOD:
                self._count(found)

    def shared(self, key: int) -> Shared:
        """Who shares a value."""
        return self._shared.get(key, NOBODY)

    def find(self, name: str) -> Applicant | None:
        """An applicant by name."""
        return self._applicants.get(name)

    def items(self) -> Iterator[tuple[str, Applicant]]:
        """All applicants with their names."""
        return iter(self._applicants.items())

    def everybody(self) -> Iterator[Applicant]:
        """All applicants."""
        return iter(self._applicants.values())

    def _old(self, found: Applicant) -> bool:
        return found.at_us <= self._now_us - STANDING_US

    def _enter(self, found: Applicant) -> None:
        hour = found.at_us // HOUR_US
        self.hours[hour] = self.hours.get(hour, 0) + 1
        if len(self.hours) > 2_000:
            _forget(self.hours, hour - 1_000)
        for kind, key in found.links:
            shared = self._shared.get(key)
            if shared is None:
                shared = self._shared[key] = Shared()
            if kind in POPULAR:
                shared.hours[hour] = shared.hours.get(hour, 0) + 1
                if len(shared.hours) > 400:
                    _forget(shared.hours, hour - 2 * CROWD_US // HOUR_US)
            else:
                insort(shared.near, found)
                if len(shared.near) > MOST_NEAR:
                    del shared.near[0]

    def _count(self, found: Applicant) -> None:
        if found.counted:
            return
        found.counted = True
        for kind, key in found.links:
            shared = self._shared[key]
            shared.standing += 1
            if kind not in POPULAR and found in shared.near:
                shared.near.remove(found)

    def _uncount(self, found: Applicant) -> None:
        if found.counted:
            found.counted = False
            for _, key in found.links:
                self._shared[key].standing -= 1


def _less(counts: dict[Any, int], key: object) -> None:
    left = counts.get(key, 0) - 1
    if left > 0:
        counts[key] = left
    else:
        counts.pop(key, None)


def _forget(hours: dict[int, int], before: int) -> None:
    for hour in [hour for hour in hours if hour < before]:
        del hours[hour]


def parties_near(shared: Shared, now_us: int, window_us: int, *, but: int, crowd: bool) -> int:
    """How many other parties, none of long standing, share a value within a time.

    Args:
        shared: Who shares it.
        now_us: Until when.
        window_us: How far back.
        but: The party that is judged.
        crowd: Whether a class counts as one party.
    """
    found: set[int] = set()
    for each in reversed(shared.near):
        if each.at_us < now_us - window_us:
            break
        if each.at_us <= now_us:
            party = each.crowd if crowd else each.party
            if party != but:
                found.add(party)
    return len(found)


def applied_near(hours: dict[int, int], now_us: int, window_us: int) -> int:
    """How many applied within a time, from counts by the hour."""
    last = now_us // HOUR_US
    span = window_us // HOUR_US
    if len(hours) <= span:
        return sum(count for hour, count in hours.items() if last - span < hour <= last)
    return sum(hours.get(hour, 0) for hour in range(last - span + 1, last + 1))

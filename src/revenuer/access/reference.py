"""How honest applicants look: how often they show a trait, and how many share a thing."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from revenuer.access.catalogue import TRAITS
from revenuer.access.history import History
from revenuer.access.profile import PERSONAL, Kind
from revenuer.access.signals import Signal

PRIOR_APPLICANTS = 400
"""So many applicants weigh as much as the rates that we came with. placeholder"""
FARTHEST = 10.0
"""The operator's own history moves a rate by no more than this factor: some of those who have
stood for long are undetected. placeholder"""
LEAST_STANDING = 200
"""Applicants of long standing without whom nobody can say how many come together. placeholder"""
MOST_SHARERS = 64
"""Sharers beyond which the count no longer matters."""


@dataclass(frozen=True, slots=True)
class Tail:
    """How many honest parties share a thing: a power law, since households are small.

    Attributes:
        base: Chance that an honest applicant shares it with somebody at all.
        head: How many sharers are next to nothing.
        fall: How fast more become rarer.
    """

    base: float
    head: float
    fall: float

    def chance(self, sharers: float) -> float:
        """Chance that an honest applicant has so many sharers, or more.

        Examples:
            By hand: 0.2 * ((7 + 3) / (1 + 3)) ** -2 is 0.2 / 6.25.

            >>> round(Tail(0.2, 3, 2).chance(7), 6), Tail(0.2, 3, 2).chance(0)
            (0.032, 1.0)
        """
        if sharers < 1:
            return 1.0 - (1.0 - self.base) * max(sharers, 0.0)
        return float(self.base * ((sharers + self.head) / (1.0 + self.head)) ** -self.fall)


HOUSEHOLD: Mapping[Kind, int] = {
    Kind.PAYMENT: 3,
    Kind.PHONE: 3,
    Kind.DEVICE: 3,
    Kind.DOCUMENT: 1,
    Kind.MAILBOX: 2,
}
"""So many other parties are a household, which shares all these things at once, so that it would
show in every family: it counts nothing in any. placeholder"""
TAILS: Mapping[Kind, Tail] = {
    Kind.PAYMENT: Tail(0.03, 2, 3),
    Kind.PHONE: Tail(0.03, 2, 3),
    Kind.DEVICE: Tail(0.1, 3, 2.5),
    Kind.DOCUMENT: Tail(0.01, 2, 3),
    Kind.MAILBOX: Tail(0.03, 3, 3),
}
"""How many share a personal thing beyond a household, until the operator's own history says.
placeholder"""


@dataclass(frozen=True)
class Reference:
    """How honest applicants look, fixed while applications are judged.

    It is not moved by those who are judged: a flood cannot make itself usual.

    Attributes:
        shown: Trait to how many of long standing show it.
        asked: Trait to about how many of them it was known.
        sharers: Kind to how many have so many other parties beside them, or more.
        holders: Kind to how many of them have such a value.
    """

    shown: Mapping[str, int] = field(default_factory=dict)
    asked: Mapping[str, int] = field(default_factory=dict)
    sharers: Mapping[Kind, tuple[int, ...]] = field(default_factory=dict)
    holders: Mapping[Kind, int] = field(default_factory=dict)

    @cached_property
    def _nats(self) -> dict[str, float]:
        return {trait.code: nats(self.rate(trait)) for trait in TRAITS}

    def rate(self, trait: Signal) -> float:
        """Share of honest applicants who show a trait."""
        shown, asked = self.shown.get(trait.code, 0), self.asked.get(trait.code, 0)
        return _moved(trait.rate, shown, asked)

    def trait(self, trait: Signal) -> float:
        """Evidence of a trait, nats."""
        return self._nats[trait.code]

    def shared(self, kind: Kind, sharers: float) -> float:
        """Chance that an honest applicant shares a personal thing with so many.

        Args:
            kind: What is shared.
            sharers: Other parties; a fraction where company of long standing excuses some.
        """
        prior = TAILS[kind].chance(sharers - HOUSEHOLD[kind])
        counts, whole = self.sharers.get(kind, ()), int(sharers)
        if whole <= HOUSEHOLD[kind] or not counts:
            return prior
        return _moved(prior, counts[min(whole, MOST_SHARERS)], counts[0])

    def knows(self, kind: Kind) -> bool:
        """Whether enough of long standing have such a value to say what is usual."""
        return self.holders.get(kind, 0) >= LEAST_STANDING

    def share(self, kind: Kind, standing: int) -> float:
        """Share of honest applicants who have one popular value."""
        # One more than were seen: a value that nobody has had yet is not impossible.
        return (standing + 1) / (self.holders.get(kind, 0) + LEAST_STANDING)


def fit(history: History) -> Reference:
    """Take the rates from those of long standing."""
    shown: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    holders: Counter[Kind] = Counter()
    parties: defaultdict[int, set[int]] = defaultdict(set)
    honest = [each for each in history.everybody() if each.counted]
    by_family: defaultdict[object, list[str]] = defaultdict(list)
    for trait in TRAITS:
        by_family[trait.family].append(trait.code)
    for each in honest:
        shown.update({trait.code for trait in each.traits})
        for family in each.known:
            asked.update(by_family[family])
        for kind, key in each.links:
            holders[kind] += 1
            if kind in PERSONAL and history.shared(key).standing > 1:
                parties[key].add(each.party)
    sharers: dict[Kind, list[int]] = {kind: [0] * (MOST_SHARERS + 1) for kind in PERSONAL}
    for each in honest:
        for kind, key in each.links:
            if kind in PERSONAL:
                sharers[kind][min(max(len(parties.get(key, ())) - 1, 0), MOST_SHARERS)] += 1
    tails = {kind: _at_least(counts) for kind, counts in sharers.items()}
    return Reference(dict(shown), dict(asked), tails, dict(holders))


def nats(chance: float) -> float:
    """Evidence of something that honest applicants show with this chance, never negative.

    Source:
        Vovk and Wang (2021), as `stats.calibrators.log_e_from_p`, for one number.

    Examples:
        By hand for 0.01: ln 4.451.

        >>> round(nats(0.01), 3), nats(0.5), nats(1.0)
        (1.493, 0.0, 0.0)
    """
    chance = max(chance, 1e-12)
    if chance > 0.2:
        return 0.0
    log_p = math.log(chance)
    return max(math.log(1 - chance * (1 - log_p)) - log_p - 2 * math.log(-log_p), 0.0)


def _moved(prior: float, shown: int, asked: int) -> float:
    """A rate that the operator's own history moves, within bounds."""
    rate = (shown + PRIOR_APPLICANTS * prior) / (asked + PRIOR_APPLICANTS)
    return min(max(rate, prior / FARTHEST), prior * FARTHEST, 1.0)


def _at_least(counts: list[int]) -> tuple[int, ...]:
    total, found = 0, []
    for count in reversed(counts):
        total += count
        found.append(total)
    return tuple(reversed(found))

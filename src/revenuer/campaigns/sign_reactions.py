"""Reactions: what a campaign does after a decision about it stands.

Failover: owners that resemble its accounts, and were there, rise more often than others do.
Return: newcomers that resemble them begin after it, and newcomers do not begin so otherwise.
Retreat: its accounts fall silent for three days, more of them than of others as busy.
Adaptation: they are slower, on other models or elsewhere, more of them than of others as busy.

All of it is evidence for a person who looks at a decision: innocents who are blocked stop, too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.campaigns.around import FEWEST, Around, around
from revenuer.campaigns.early_signs import Draft, bar
from revenuer.campaigns.population import Population
from revenuer.campaigns.sign_changes import (
    FEWEST_OTHERS,
    FEWEST_OWNERS,
    adaptation,
    retreat,
    tail_of,
)
from revenuer.campaigns.sign_returns import (
    Heirs,
    Likeness,
    Lives,
    draft_of,
    heirs_of,
    likeness,
    lives_of,
)
from revenuer.records import SignKind

RISES_BY = 3.0
"""How many times its exchanges an hour an owner makes that rises. placeholder"""
WAITS_H = (24, 72, 336)
"""Waits for newcomers that are tried, each as a hypothesis. placeholder"""
COMPARED = 400
"""Other owners that are compared with at most. placeholder"""
Ask = Callable[[NDArray[np.int64], float], pl.DataFrame]
"""Fetches `owner`, `hour`, `model`, `block`, `exchanges` of owners since a time."""


@dataclass(frozen=True, slots=True)
class Struck:
    """The owners that one decision acts on.

    Attributes:
        decision: Its id.
        at_s: When it was made, seconds since 1970.
        owners: Rising and distinct.
    """

    decision: str
    at_s: float
    owners: NDArray[np.int64]


def reactions(
    population: Population,
    struck: Sequence[Struck],
    ask: Ask,
    at: datetime,
    share_of_month: float,
) -> list[Draft]:
    """What campaigns did after decisions about them, a draft for each thing that they did.

    Args:
        population: The accounts.
        struck: Whom decisions act on.
        ask: For what owners did.
        at: The time of the look.
        share_of_month: Time since the look before.
    """
    every = np.unique(np.concatenate([np.empty(0, np.int64), *(one.owners for one in struck)]))
    if not every.size:
        return []
    lives, alike = lives_of(population, at), likeness(population, every)
    nearest = _nearest(struck, alike, population.n_owners)
    drafts = []
    for number, one in enumerate(struck):
        if one.owners.size and one.at_s < at.timestamp():
            here = np.isin(alike.suspended, one.owners) & (nearest[alike.other] == number)
            mine = Likeness(alike.suspended[here], alike.other[here], alike.kinds[here])
            case = _Case.of(population, one, every, lives, mine, ask, at.timestamp())
            found = case.drafts(bar(len(struck), share_of_month))
            drafts += [replace(draft, decision_id=one.decision) for draft in found]
    return drafts


@dataclass(frozen=True, slots=True)
class _Case:
    """One decision.

    Attributes:
        population: The accounts.
        struck: The decision.
        lives: When owners began; stopped is when the decision was made.
        alike: Who resembles its owners, more of them than of any other decision's.
        own: What its owners did.
        kin: What those did that resemble them, and were there.
        others: What owners did that are in no decision and resemble none of its owners.
        since_h: Hours since it was made.
    """

    population: Population
    struck: Struck
    lives: Lives
    alike: Likeness
    own: Around
    kin: Around
    others: Around
    since_h: float

    @classmethod
    def of(
        cls,
        population: Population,
        struck: Struck,
        every: NDArray[np.int64],
        lives: Lives,
        mine: Likeness,
        ask: Ask,
        at_s: float,
    ) -> _Case:
        """Put together what is known of it."""
        stopped = np.full(population.n_owners, np.nan)
        stopped[struck.owners] = struck.at_s
        begun = lives.first < struck.at_s
        late = lives.new & ~begun
        resembling = np.setdiff1d(mine.other, every)
        kin = resembling[~late[resembling] & np.isnan(lives.stopped[resembling])]
        rest = np.setdiff1d(np.flatnonzero(begun), np.union1d(every, mine.other))
        others = _spread(rest[np.argsort(population.volume[rest], kind="stable")], COMPARED)
        busy = rest[np.argsort(-population.volume[rest], kind="stable")][: COMPARED // 4]
        compared = np.union1d(others, busy)
        asked = np.union1d(np.union1d(struck.owners, kin), compared)
        rows = ask(asked, struck.at_s)
        told = around(rows, asked, struck.at_s, at_s)
        return cls(
            population=population,
            struck=struck,
            lives=Lives(lives.first, stopped, lives.new),
            alike=mine,
            own=told.of(struck.owners),
            kin=told.of(kin),
            others=told.of(compared),
            since_h=(at_s - struck.at_s) / 3600,
        )

    def drafts(self, most: float) -> list[Draft]:
        """What it shows; a campaign that goes on through others did not retreat.

        Args:
            most: The largest p-value that is told, of one hypothesis.
        """
        moved = [*self.failover(most), *self.returned(most)]
        own, others = self.own, self.others
        still = [] if moved else retreat(own, others, self.since_h, most)
        return [*moved, *still, *adaptation(own, others, self.since_h, most)]

    def failover(self, most: float) -> list[Draft]:
        """Owners that were there take over."""
        kin = self.kin
        risen = _risen(kin)
        # The quietest others where too few are as quiet: they rise most easily.
        quiet = np.sort(self.others.before)[: 3 * FEWEST_OTHERS].max(initial=0.0)
        usual = self.others.before <= max(kin.before.max(initial=0.0), quiet)
        if risen.sum() < FEWEST_OWNERS or usual.sum() < FEWEST_OTHERS:
            return []
        rising = _risen(self.others)[usual]
        chance = (1 + rising.sum()) / (1 + rising.size)
        p_value = tail_of(risen, chance)
        if p_value > most:
            return []
        waited = kin.tenth_h[risen]
        numbers = {
            "risen": int(risen.sum()),
            "alike": int(risen.size),
            "hours_to_first": float(np.nanmin(waited)),
            "hours_to_median": float(np.nanmedian(waited)),
            "times": float(kin.after[risen].sum() / max(kin.before[risen].sum(), 1 / 168)),
            "expected_by_chance": float(chance * risen.size),
            "p_value": p_value,
        }
        statement = (
            f"Of {risen.size} owners that were there and resemble its accounts {risen.sum()} rose "
            f"after the decision, {numbers['times']:.1f} times their requests; the first had sent "
            f"ten within {numbers['hours_to_first']:.1f} hours, half within "
            f"{numbers['hours_to_median']:.1f}; {numbers['expected_by_chance']:.1f} by chance."
        )
        owners = kin.owners[risen]
        return [Draft(SignKind.FAILOVER, None, owners, p_value, statement, numbers)]

    def returned(self, most: float) -> list[Draft]:
        """Newcomers take over."""
        pairs = np.flatnonzero(
            self.lives.new[self.alike.other]
            & (self.lives.first[self.alike.other] > self.struck.at_s)
        )
        if not pairs.size:
            return []
        tried = [
            heirs_of(pairs, self.alike, self.lives, longest_s=hours * 3600) for hours in WAITS_H
        ]
        found = [one for one in tried if one is not None]
        best = min(found, key=lambda one: one.p_value, default=None)
        if best is None or best.p_value > most / len(WAITS_H) or self._grew(best):
            return []
        return [draft_of(best, self.population, whom="of its owners", after="the decision")]

    def _grew(self, heirs: Heirs) -> bool:
        """Whether as many, or half as many, began in as long a time before the decision."""
        longest_s = heirs.waits_h.max() * 3600
        older = np.union1d(self.struck.owners, self.alike.other)
        waits = self.struck.at_s - self.lives.first[older[self.lives.new[older]]]
        return bool(2 * ((waits > 0) & (waits <= longest_s)).sum() >= heirs.heirs.size)


def _nearest(struck: Sequence[Struck], alike: Likeness, size: int) -> NDArray[np.int64]:
    """The decision of whose owners each owner resembles the largest share; -1 of none."""
    share = np.zeros((len(struck), size))
    for number, one in enumerate(struck):
        here = np.isin(alike.suspended, one.owners)
        share[number] = np.bincount(alike.other[here], minlength=size) / max(one.owners.size, 1)
    return np.where(share.max(axis=0) > 0, share.argmax(axis=0), -1)


def _risen(one: Around) -> NDArray[np.bool_]:
    """Who makes several times the requests of before."""
    return (one.made >= FEWEST) & (one.after >= RISES_BY * one.before)


def _spread(owners: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Some of many, at even steps."""
    if owners.size <= most:
        return owners
    return owners[np.linspace(0, owners.size - 1, most).astype(np.int64)]

"""Which exchanges of a campaign's accounts are the campaign's own.

A reseller's accounts carry innocent customers too. What marks a campaign is what many of
its accounts do and others do not: its templates, its client, its parameters. What one
account does alone is a customer's, and what everybody does may be anybody's.

Two components are fitted to the campaign's exchanges: its own, and customers, who are like
ordinary people until enough of them show to say how they differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.campaigns.habits import MARKED, WORN, Sample
from revenuer.campaigns.marks import UNREAD, Known, Spoken, find_marks, mark_level
from revenuer.campaigns.pooling import pooled_log_odds, sigmoid
from revenuer.campaigns.ratios import Habit, Ratios

ROUNDS = 6
SETTLED = 0.01
"""Change of the chances below which another round would change nothing that is reported."""
MARKED_SHARE = 0.1
"""Share of a campaign's exchanges with marks from which marks decide which are its own, and
not its client and parameters. placeholder"""
MARKED_SHARE_ALONE = 0.3
"""The same where every account wears the same all the time, as it does without customers.
placeholder"""
GUEST_SHARE = 0.05
"""Share of exchanges beside an account's main client and parameters from which customers
may show. placeholder"""
TOLD_APART = 0.05
"""Nats that `TELLING` tells of whether a prompt is marked, from which marked prompts are another
kind of traffic. placeholder"""
TELLING = ("turns", "replay", "length", "model", "shape", "system")
"""Habits that two kinds of traffic behind one client may differ in."""
EXTREME_SHARES = (0.02, 0.98)
"""Bounds of the share that is taken for the campaign's own before looking. placeholder"""
DOUBT = 1.5
"""Nats against the campaign in every label: two components fit better than they are. With it
a probability comes true on simulated worlds. placeholder"""
UNREAD_AT_MOST = 3.0
"""Nats for an exchange without text or sketch, at most: customers who leave through the
campaign's own client show in nothing else. placeholder"""


@dataclass(frozen=True, slots=True)
class Ordinary:
    """Exchanges of ordinary accounts, to compare with.

    Attributes:
        sample: The exchanges.
        habits: For each habit but `MARKED`, its categories and how often each is shown.
        known: What their prompts say.
    """

    sample: Sample
    habits: dict[str, tuple[NDArray[np.uint64], NDArray[np.int64]]]
    known: Known

    @classmethod
    def of(cls, sample: Sample) -> Ordinary:
        """Count once, for every campaign."""
        shown = {
            name: np.unique(values.to_numpy(), return_counts=True)
            for name, values in sample.categories.to_dict().items()
        }
        return cls(sample, shown, Known.of(sample.said))


@dataclass(frozen=True, slots=True)
class Evidence:
    """What exchanges show for the campaign.

    Attributes:
        said, worn, cell, talk: The arguments of `pooled_log_odds`. Shape (n,).
        readable: Which have text or a sketch. Shape (n,).
    """

    said: NDArray[np.float64]
    worn: NDArray[np.float64]
    cell: NDArray[np.uint64]
    talk: NDArray[np.uint64]
    readable: NDArray[np.bool_]

    def alone(self) -> NDArray[np.float64]:
        """Nats for "the campaign's own" by each exchange for itself. Shape (n,)."""
        return self.said + self.worn

    def pooled(self) -> NDArray[np.float64]:
        """Nats for "the campaign's own", once neighbours have been heard. Shape (n,)."""
        nats = pooled_log_odds(self.said, self.worn, self.cell, self.talk) - DOUBT
        return np.where(self.readable, nats, np.minimum(nats, UNREAD_AT_MOST))


@dataclass(frozen=True, slots=True)
class StreamModel:
    """What marks the exchanges of one campaign.

    Attributes:
        prior: Nats for the campaign before an exchange is looked at.
        ratios: How each habit speaks.
        marks: Hashes of the shingles that mark it, sorted.
    """

    prior: float
    ratios: dict[str, Ratios]
    marks: NDArray[np.uint64]

    def evidence(self, sample: Sample) -> Evidence:
        """What each exchange shows for the campaign, before its neighbours are heard."""
        values = sample.values(self.marks)
        nats = {name: ratios.of(values[name]) for name, ratios in self.ratios.items()}
        nothing = np.zeros(len(sample))
        return Evidence(
            said=nothing + sum(nats[name] for name in nats if name not in WORN),
            worn=nothing + self.prior + sum(nats[name] for name in WORN),
            cell=sample.neighbours["cell"].to_numpy(),
            talk=sample.neighbours["talk"].to_numpy(),
            readable=sample.said.readable,
        )


def learn_stream(sample: Sample, ordinary: Ordinary) -> StreamModel:
    """Learn what marks a campaign's exchanges, by expectation and maximisation.

    Args:
        sample: Exchanges of the campaign's accounts.
        ordinary: To compare with.
    """
    lesson = Lesson.of(sample, ordinary)
    chance = _first_guess(lesson)
    model = lesson.fit(chance)
    for _ in range(ROUNDS - 1):
        before, chance = chance, sigmoid(model.evidence(sample).alone())
        if np.abs(chance - before).max(initial=0.0) < SETTLED:
            break
        model = lesson.fit(chance)
    return model


@dataclass(frozen=True, slots=True)
class Lesson:
    """A campaign's sample beside the ordinary one, numbered once for every round.

    Attributes:
        sample: Exchanges of the campaign's accounts.
        ordinary: To compare with.
        owner: Number from 0 of the owner of each exchange. Shape (n,).
        habits: By name, all but `MARKED`.
        spoken: What the prompts say.
        there: Ordinary prompts with each of those shingles. Shape (n_shingles,).
    """

    sample: Sample
    ordinary: Ordinary
    owner: NDArray[np.int64]
    habits: dict[str, Habit]
    spoken: Spoken
    there: NDArray[np.int64]

    @classmethod
    def of(cls, sample: Sample, ordinary: Ordinary) -> Lesson:
        """Number what both samples show."""
        owner = np.unique(sample.said.whose, return_inverse=True)[1]
        habits = {
            name: Habit.of(values.to_numpy(), ordinary.habits[name], owner)
            for name, values in sample.categories.to_dict().items()
        }
        spoken = Spoken.of(sample.said)
        there = ordinary.known.with_shingles(spoken.shingles)
        return cls(sample, ordinary, owner, habits, spoken, there)

    def marks(self, own: NDArray[np.bool_]) -> NDArray[np.uint64]:
        """What a campaign's own exchanges say again and again and ordinary ones do not."""
        alone = np.unique(self.owner[own]).size < 2
        return find_marks(self.spoken, own, self.there, self.ordinary.known.size, alone=alone)

    def fit(self, chance: NDArray[np.float64]) -> StreamModel:
        """The model that fits best, if these are the chances."""
        marks = self.marks(chance > 0.5)
        there = np.unique(mark_level(self.ordinary.sample.said, marks), return_counts=True)
        marked = Habit.of(mark_level(self.sample.said, marks), there, self.owner)
        alone = bool((self.owner == 0).all())
        fitted = {
            name: habit.ratios(chance, alone=alone, customers_differ=name != MARKED)
            for name, habit in (self.habits | {MARKED: marked}).items()
        }
        share = float(np.clip(chance.mean(), *EXTREME_SHARES))
        return StreamModel(float(np.log(share / (1 - share))), fitted, marks)


def _first_guess(lesson: Lesson) -> NDArray[np.float64]:
    """Chance that each exchange is the campaign's own, to begin with. Shape (n,).

    Marked prompts, where these look like one of two kinds of traffic; else what speaks for
    it when customers are taken for ordinary people: a relay's users have prompts that are
    marked by chance, and those are like its others in all else.
    """
    sample = lesson.sample
    every = np.ones(len(sample), dtype=bool)
    level = mark_level(sample.said, lesson.marks(every))
    marked = (level > 0) & (level != UNREAD)
    needed = MARKED_SHARE if _guests_show(sample) else MARKED_SHARE_ALONE
    if marked.mean() >= needed and _told_apart(lesson.habits, marked) >= TOLD_APART:
        return np.where(marked, 0.95, 0.1)
    return sigmoid(lesson.fit(every.astype(float)).evidence(sample).alone())


def _guests_show(sample: Sample) -> bool:
    """Whether accounts wear more than one client, set of parameters or system prompt."""
    cells = pl.DataFrame({"owner": sample.said.whose, "cell": sample.neighbours["cell"]})
    sizes = cells.group_by("owner", "cell").len().group_by("owner").agg(pl.col("len").max())
    return int(sizes["len"].sum()) <= (1 - GUEST_SHARE) * len(sample)


def _told_apart(habits: Mapping[str, Habit], marked: NDArray[np.bool_]) -> float:
    """How much an exchange's other habits tell of whether it is marked: information, nats."""
    told = 0.0
    for name in TELLING:
        category = habits[name].category
        n = np.bincount(category)[habits[name].seen].astype(float)
        yes = np.bincount(category[marked], minlength=category.max() + 1)[habits[name].seen]
        table = np.stack([yes, n - yes])
        expected = table.sum(axis=1, keepdims=True) * n / n.sum()
        ratio = np.divide(table, expected, out=np.ones_like(table), where=table > 0)
        # What chance alone brings (Miller 1955) is taken off.
        told += float((table * np.log(ratio)).sum() - (n.size - 1) / 2) / n.sum()
    return told

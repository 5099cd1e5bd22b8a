"""Which exchanges of a campaign's accounts are the campaign's own.

A reseller's accounts carry innocent customers too. What marks a campaign is what many of
its accounts do and others do not: its templates, its client, its parameters. What one
account does alone is a customer's, and what everybody does may be anybody's.

Two components are fitted to the campaign's exchanges: its own, and customers, who are like
ordinary people until enough of them show to say how they differ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.campaigns.habits import MARKED, WORN, Sample
from revenuer.campaigns.marks import find_marks, mark_level, prompts_with
from revenuer.campaigns.pooling import pooled_log_odds, sigmoid

STRONGEST_RATIO = 3.0
"""Nats that one habit of an exchange may add. placeholder"""
PRIOR_WEIGHT = 20.0
"""Exchanges' worth of ordinary habit that is mixed into a campaign's. placeholder"""
CUSTOMER_PRIOR = 0.1
"""Ordinary habit that is mixed into the customers', as a share of all exchanges: fewer
customers than that say nothing about how they differ. placeholder"""
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
"""Nats that turns, lengths and models tell of whether a prompt is marked, from which marked
prompts are another kind of traffic. placeholder"""
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
        prompts_with: `shingle` and in how many of their prompts it stands.
    """

    sample: Sample
    prompts_with: pl.DataFrame

    @classmethod
    def of(cls, sample: Sample) -> Ordinary:
        """Count the shingles once, for every campaign."""
        return cls(sample, prompts_with(sample.said, np.ones(len(sample), dtype=bool)))

    def marks_of(self, sample: Sample, own: NDArray[np.bool_]) -> NDArray[np.uint64]:
        """What a campaign's own exchanges say again and again and ordinary ones do not."""
        return find_marks(sample.said, own, self.prompts_with, len(self.sample))


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
        ratios: For each habit, the nats by which each category speaks for the campaign.
        unseen: For each habit, the nats of a category that the samples did not show.
        marks: Hashes of the shingles that mark it, sorted.
    """

    prior: float
    ratios: dict[str, dict[str, float]]
    unseen: dict[str, float]
    marks: NDArray[np.uint64]

    def evidence(self, sample: Sample) -> Evidence:
        """What each exchange shows for the campaign, before its neighbours are heard."""
        full = sample.with_marks(self.marks)
        nats = {name: self._nats(name, full[name]) for name in self.ratios}
        nothing = np.zeros(len(sample))
        return Evidence(
            said=nothing + sum(nats[name] for name in nats if name not in WORN),
            worn=nothing + self.prior + sum(nats[name] for name in WORN),
            cell=sample.neighbours["cell"].to_numpy(),
            talk=sample.neighbours["talk"].to_numpy(),
            readable=sample.said.readable,
        )

    def _nats(self, habit: str, values: pl.Series) -> NDArray[np.float64]:
        ratios = self.ratios[habit]
        return values.replace_strict(
            list(ratios),
            list(ratios.values()),
            default=self.unseen[habit],
            return_dtype=pl.Float64,
        ).to_numpy()


def learn_stream(sample: Sample, ordinary: Ordinary) -> StreamModel:
    """Learn what marks a campaign's exchanges, by expectation and maximisation.

    Args:
        sample: Exchanges of the campaign's accounts.
        ordinary: To compare with.
    """
    chance = _first_guess(sample, ordinary)
    model = _fit(sample, chance, ordinary)
    for _ in range(ROUNDS - 1):
        before, chance = chance, sigmoid(model.evidence(sample).alone())
        if np.abs(chance - before).max(initial=0.0) < SETTLED:
            break
        model = _fit(sample, chance, ordinary)
    return model


def _first_guess(sample: Sample, ordinary: Ordinary) -> NDArray[np.float64]:
    """Chance that each exchange is the campaign's own, to begin with. Shape (n,).

    Marked prompts, where these look like one of two kinds of traffic; else what speaks for
    it when customers are taken for ordinary people: a relay's users have prompts that are
    marked by chance, and those are like its others in all else.
    """
    every = np.ones(len(sample), dtype=bool)
    marks = ordinary.marks_of(sample, every)
    marked = mark_level(sample.said, marks).is_in(["1", "2", "3"]).to_numpy()
    needed = MARKED_SHARE if _guests_show(sample) else MARKED_SHARE_ALONE
    if marked.mean() >= needed and _told_apart(sample.categories, marked) >= TOLD_APART:
        return np.where(marked, 0.95, 0.1)
    return sigmoid(_fit(sample, every.astype(float), ordinary).evidence(sample).alone())


def _guests_show(sample: Sample) -> bool:
    """Whether accounts wear more than one client, set of parameters or system prompt."""
    cells = pl.DataFrame({"owner": sample.said.whose, "cell": sample.neighbours["cell"]})
    sizes = cells.group_by("owner", "cell").len().group_by("owner").agg(pl.col("len").max())
    return int(sizes["len"].sum()) <= (1 - GUEST_SHARE) * len(sample)


def _told_apart(categories: pl.DataFrame, marked: NDArray[np.bool_]) -> float:
    """How much an exchange's other habits tell of whether it is marked: information, nats."""
    told = 0.0
    for habit in ("turns", "replay", "length", "model"):
        counts = (
            pl.DataFrame({"value": categories[habit], "marked": marked})
            .group_by("value")
            .agg(yes=pl.col("marked").sum(), all=pl.len())
            .sort("value")
        )
        yes, n = counts["yes"].to_numpy().astype(float), counts["all"].to_numpy().astype(float)
        table = np.stack([yes, n - yes])
        expected = table.sum(axis=1, keepdims=True) * n / n.sum()
        ratio = np.divide(table, expected, out=np.ones_like(table), where=table > 0)
        # What chance alone brings (Miller 1955) is taken off.
        told += float((table * np.log(ratio)).sum() - (n.size - 1) / 2) / n.sum()
    return told


def _fit(sample: Sample, chance: NDArray[np.float64], ordinary: Ordinary) -> StreamModel:
    marks = ordinary.marks_of(sample, chance > 0.5)
    here, there = sample.with_marks(marks), ordinary.sample.with_marks(marks)
    fitted = {
        habit: _ratios(here[habit], there[habit], chance, sample.said.whose, habit != MARKED)
        for habit in here.columns
    }
    share = float(np.clip(chance.mean(), *EXTREME_SHARES))
    return StreamModel(
        prior=float(np.log(share / (1 - share))),
        ratios={habit: ratios for habit, (ratios, _) in fitted.items()},
        unseen={habit: unseen for habit, (_, unseen) in fitted.items()},
        marks=marks,
    )


def _ratios(
    here: pl.Series,
    there: pl.Series,
    chance: NDArray[np.float64],
    whose: NDArray[np.int64],
    customers_differ: bool,
) -> tuple[dict[str, float], float]:
    """Log ratios of a habit's categories, the campaign's own against customers'."""
    counts = _own_counts(here, chance, whose).join(
        there.alias("value").value_counts(name="there"), on="value", how="full", coalesce=True
    )
    counts = counts.fill_null(0).sort("value")
    own, customers, everybody = (counts[n].to_numpy() for n in ("own", "customers", "there"))
    ordinary = (everybody + 0.5) / (everybody.sum() + 0.5 * everybody.size)
    theirs = customers * float(customers_differ)
    weight = max(CUSTOMER_PRIOR * len(here), 1.0)
    ours_mixed = (own + PRIOR_WEIGHT * ordinary) / (own.sum() + PRIOR_WEIGHT)
    theirs_mixed = (theirs + weight * ordinary) / (theirs.sum() + weight)
    nats = np.clip(np.log(ours_mixed / theirs_mixed), -STRONGEST_RATIO, STRONGEST_RATIO)
    unseen = np.log(PRIOR_WEIGHT / (own.sum() + PRIOR_WEIGHT)) - np.log(
        weight / (theirs.sum() + weight)
    )
    names = counts["value"].to_list()
    bounded = float(np.clip(unseen, -STRONGEST_RATIO, STRONGEST_RATIO))
    return dict(zip(names, nats.tolist(), strict=True)), bounded


def _own_counts(
    here: pl.Series, chance: NDArray[np.float64], whose: NDArray[np.int64]
) -> pl.DataFrame:
    """Of each category: exchanges of the campaign's `own`, and of `customers`.

    The owner who shows a category most does not count towards the campaign's own: what one
    account does alone is no habit of the operator's.
    """
    alone = np.unique(whose).size < 2
    frame = pl.DataFrame({"value": here, "owner": whose, "chance": chance})
    by_owner = frame.group_by("value", "owner").agg(
        own=pl.col("chance").sum(), customers=(1 - pl.col("chance")).sum()
    )
    kept = pl.col("own").sum() if alone else pl.col("own").sum() - pl.col("own").max()
    return by_owner.group_by("value").agg(own=kept, customers=pl.col("customers").sum())

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

from revenuer.campaigns.marks import Said, find_marks, mark_level, prompts_with
from revenuer.campaigns.pooling import pooled_log_odds, sigmoid
from revenuer.features.words import Words

STRONGEST_RATIO = 3.0
"""Nats that one habit of an exchange may add. placeholder"""
PRIOR_WEIGHT = 20.0
"""Exchanges' worth of ordinary habit that is mixed into a campaign's. placeholder"""
CUSTOMER_PRIOR = 0.1
"""Ordinary habit that is mixed into the customers', as a share of all exchanges: fewer
customers than that say nothing about how they differ. placeholder"""
ROUNDS = 6
MARKED_SHARE = 0.1
"""Share of a campaign's exchanges with marks from which marks decide which are its own, and
not its client and parameters. placeholder"""
EXTREME_SHARES = (0.02, 0.98)
"""Bounds of the share that is taken for the campaign's own before looking. placeholder"""
DOUBT = 1.5
"""Nats against the campaign in every label: two components fit better than they are. With it
a probability comes true on simulated worlds. placeholder"""
UNREAD_AT_MOST = 3.0
"""Nats for an exchange without text or sketch, at most: customers who leave through the
campaign's own client show in nothing else. placeholder"""

HABITS: dict[str, tuple[str, ...]] = {
    "client": ("tls_fingerprint", "user_agent"),
    "shape": (
        "temperature",
        "max_output_tokens",
        "n",
        "reasoning_effort",
        "response_format",
        "streamed",
        "logprobs",
    ),
    "system": ("system_prompt", "system_prompt_sketch"),
    "model": ("model",),
}
"""Columns that make up each habit as they are."""
WORN = ("client", "shape", "system", "tools")
"""Habits that all exchanges of one origin in one account share."""
MARKED = "marked"


def habits(frame: pl.DataFrame) -> pl.DataFrame:
    """The habits of each exchange as categories, without text.

    Args:
        frame: Columns of the contract's exchanges.

    Returns:
        One column a habit, opaque numbers or short names; a row an exchange.
    """
    session = pl.when(pl.col("session_id").is_null()).then(pl.lit("no session"))
    return frame.select(
        *(
            pl.struct(columns).hash(seed=0).cast(pl.String).alias(habit)
            for habit, columns in HABITS.items()
        ),
        tools=(pl.col("tool_count") > 0).cast(pl.String).fill_null("?"),
        turns=pl.concat_str(
            pl.col("message_count").clip(0, 4).cast(pl.String).fill_null("?"),
            pl.col("turn_kind").fill_null("?"),
            session.otherwise(pl.lit("session")),
            separator="|",
        ),
        replay=pl.col("reasoning_signature").is_not_null().cast(pl.String),
        length=(pl.col("output_tokens") + 1).log(4.0).floor().cast(pl.String).fill_null("?"),
    )


def neighbours(frame: pl.DataFrame, categories: pl.DataFrame) -> pl.DataFrame:
    """Which exchanges are likely of one origin: `cell` and `talk`, opaque numbers.

    Args:
        frame: Columns of the contract's exchanges.
        categories: From `habits`.
    """
    alone = pl.col("session_id").is_null()
    return (
        frame.select("account_id", "exchange_id", "session_id", "tool_count")
        .with_columns(categories.select(WORN))
        .select(
            "exchange_id", "session_id", cell=pl.struct("account_id", "tool_count", *WORN).hash(0)
        )
        .select(
            "cell",
            talk=pl.struct(
                "cell", pl.when(alone).then("exchange_id").otherwise("session_id"), alone
            ).hash(0),
        )
    )


@dataclass(frozen=True, slots=True)
class Sample:
    """Some exchanges as habits and shingles.

    Attributes:
        categories: From `habits`.
        neighbours: From `neighbours`.
        said: Shingles of their prompts, and whose they are.
    """

    categories: pl.DataFrame
    neighbours: pl.DataFrame
    said: Said

    @classmethod
    def of(
        cls,
        frame: pl.DataFrame,
        shingles: Words,
        readable: NDArray[np.bool_],
        whose: NDArray[np.int64] | None = None,
    ) -> Sample:
        """Read habits, and put them beside what prompts say.

        Args:
            frame: Columns of the contract's exchanges, n rows.
            shingles: Of n prompts.
            readable: Which prompts have text or a sketch. Shape (n,).
            whose: A number for the owner of each; None to score what others taught. Shape (n,).
        """
        found = habits(frame)
        owners = np.zeros(len(shingles), np.int64) if whose is None else whose
        return cls(found, neighbours(frame, found), Said(shingles, owners, readable))

    def __len__(self) -> int:
        return self.categories.height

    def with_marks(self, marks: NDArray[np.uint64]) -> pl.DataFrame:
        """The habits, and how much of each prompt is marked."""
        return self.categories.with_columns(mark_level(self.said, marks).alias(MARKED))


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
        chance = sigmoid(model.evidence(sample).alone())
        model = _fit(sample, chance, ordinary)
    return model


def _first_guess(sample: Sample, ordinary: Ordinary) -> NDArray[np.float64]:
    """Chance that each exchange is the campaign's own, to begin with. Shape (n,).

    Marked prompts, where a good part is marked; else what speaks for it when customers are
    taken for ordinary people.
    """
    every = np.ones(len(sample), dtype=bool)
    marks = ordinary.marks_of(sample, every)
    marked = mark_level(sample.said, marks).is_in(["1", "2", "3"]).to_numpy()
    if marked.mean() >= MARKED_SHARE:
        return np.where(marked, 0.95, 0.1)
    return sigmoid(_fit(sample, every.astype(float), ordinary).evidence(sample).alone())


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

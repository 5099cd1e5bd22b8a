"""What a method says about a world, and how right that is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from measure_worlds import is_found
from peers.logs import Logs


@dataclass(frozen=True, slots=True)
class Alarm:
    """Accounts that a method names together. One alarm is one thing for a person to act on.

    A method that flags accounts one by one raises one alarm: all that it flags.
    """

    account_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Score:
    """How right some alarms are.

    Attributes:
        found: Decidable campaigns half of whose accounts are in one alarm that is nine
            tenths guilty: the measure of `make bench-worlds`.
        touched: Decidable campaigns half of whose accounts are in any alarms, however many
            innocents are in them too.
        decidable: Of so many.
        named: Accounts in any alarm.
        wanted: Accounts of decidable campaigns.
        hits: Of the wanted, so many are named.
        innocents: Named accounts that are innocent, by cohort.
    """

    found: int
    touched: int
    decidable: int
    named: int
    wanted: int
    hits: int
    innocents: dict[str, int]

    @property
    def wronged(self) -> int:
        """Innocent accounts that are named."""
        return sum(self.innocents.values())

    @property
    def precision(self) -> float:
        """Share of the named accounts that are guilty; 1 where none is named."""
        return 1 - self.wronged / self.named if self.named else 1.0

    @property
    def recall(self) -> float:
        """Share of the decidable campaigns' accounts that are named."""
        return self.hits / self.wanted if self.wanted else 1.0

    def __add__(self, other: Score) -> Score:
        """Both worlds together."""
        innocents = Counter(self.innocents) + Counter(other.innocents)
        counts = (getattr(self, f) + getattr(other, f) for f in COUNTS)
        return Score(*counts, innocents=dict(innocents))


COUNTS = ("found", "touched", "decidable", "named", "wanted", "hits")


def score(logs: Logs, alarms: Sequence[Alarm]) -> Score:
    """Hold alarms against the truth of their world."""
    named = frozenset().union(*(alarm.account_ids for alarm in alarms))
    decidable = [one for one in logs.planted if one.decidable]
    wanted = frozenset().union(*(one.account_ids for one in decidable))
    guilty = set(logs.guilty)
    return Score(
        found=sum(is_found(set(one.account_ids), alarms, guilty) for one in decidable),
        touched=sum(2 * len(one.account_ids & named) >= len(one.account_ids) for one in decidable),
        decidable=len(decidable),
        named=len(named),
        wanted=len(wanted),
        hits=len(named & wanted),
        innocents=dict(Counter(logs.cohort[account] for account in named - guilty)),
    )


def leaked(logs: Logs, flagged_us: dict[str, int]) -> float:
    """Share of the decidable campaigns' own exchanges that passed before their account was named.

    Args:
        logs: The whole world.
        flagged_us: When each account was first named, microseconds; absent if never.
    """
    own = logs.own.filter(pl.col("campaign").is_in([c.id for c in logs.planted if c.decidable]))
    if not own.height:
        return 0.0
    never = np.iinfo(np.int64).max
    stopped = own["account_id"].replace_strict(flagged_us, default=never, return_dtype=pl.Int64)
    return float((own["at_us"] <= stopped).mean() or 0.0)


def best_recall(logs: Logs, scores: dict[str, float], *, precision: float = 0.9) -> float:
    """Recall of the best threshold that keeps `precision`: what no operator could set.

    The truth chooses the threshold, so this is the most that a score of accounts can do.
    """
    wanted = frozenset().union(*(one.account_ids for one in logs.planted if one.decidable))
    ranked = sorted((value, account) for account, value in scores.items() if np.isfinite(value))
    values = np.array([value for value, _ in ranked])[::-1]
    guilty = np.cumsum([account in logs.guilty for _, account in reversed(ranked)])
    hits = np.cumsum([account in wanted for _, account in reversed(ranked)])
    # Accounts of one value fall on the same side of every threshold.
    last = np.append(values[1:] != values[:-1], True) if len(values) else np.array([], bool)
    allowed = last & (guilty >= precision * np.arange(1, len(values) + 1))
    return float(hits[allowed].max() / len(wanted)) if allowed.any() and wanted else 0.0

"""Ordinary use, as this log shows it, and how far each account is from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from revenuer.campaigns.ladders import Ladders, Pool, make_ladders, rank_each, rank_together
from revenuer.stats.calibrators import log_e_from_p

Earlier = Callable[[str, NDArray[np.float64]], NDArray[np.float64]]
"""From a detector's id and its statistic to p-values; 0 where nothing is known."""

MADE_BY_CLIENT = frozenset({"stripped-metadata", "client-mismatch"})
"""What a client does for all who use it: members with equal values are one observation, and
no part of the composite, whose members would otherwise all depend on one choice."""

MADE_AT_THE_DOOR = frozenset({"throwaway-identity"})
"""How accounts came to be: a class on vouchers, people whose cards are all prepaid or virtual.
Members came by one door and are one observation. In the composite it stays a sign among others:
left out there as well, 83 instead of 85 of 88 simulated campaigns were convicted."""

STRONGEST_Z = 3.5
"""Normal score at which one statistic's part in the composite is cut off. placeholder"""


@dataclass(frozen=True, slots=True)
class AxisEvidence:
    """Each account's evidence on one axis, detector by detector.

    Attributes:
        detectors: Ids; the last is `composite`, all of them together.
        values: What is ranked; NaN is no evidence. Shape (n_accounts, n_detectors).
        ladders: Whom accounts are compared with, by detector.
        at_least: What an earlier baseline says: p-values below which none falls. Shape
            (n_accounts, n_detectors).
        p_values: Each account's, itself left out. Shape (n_accounts, n_detectors).
        log_e_values: Nats. Shape (n_accounts, n_detectors).
    """

    detectors: tuple[str, ...]
    values: NDArray[np.float64]
    ladders: tuple[Ladders, ...]
    at_least: NDArray[np.float64]
    p_values: NDArray[np.float64]
    log_e_values: NDArray[np.float64]

    def leaving_out(
        self, accounts: NDArray[np.int64], group: NDArray[np.int64] | None = None
    ) -> NDArray[np.float64]:
        """The accounts' log e-values against a baseline that nobody of their group is part of.

        Args:
            accounts: One may be in several groups. Shape (k,).
            group: The group of each, from 0; None if they are one. Shape (k,).

        Returns:
            Nats. Shape (k, n_detectors).
        """
        of = np.zeros_like(accounts) if group is None else group
        columns = [
            rank_together(column, accounts, of, ladders)
            for column, ladders in zip(self.values.T, self.ladders, strict=True)
        ]
        p_values = np.array(columns).reshape(len(columns), accounts.size).T
        return log_e_from_p(np.maximum(p_values, self.at_least[accounts]))


def axis_evidence(
    statistics: dict[str, NDArray[np.float64]],
    pools: tuple[Pool, ...],
    earlier: Earlier,
    *,
    fewest: int,
) -> AxisEvidence:
    """Rank every account's statistics among the ordinary accounts.

    The composite adds the normal scores of what is out of the ordinary, so that several
    weak signs of one account count together; it is ranked like any other statistic, so
    the detectors may depend on each other.

    Args:
        statistics: By detector id; larger is less ordinary, NaN is no evidence. Each of
            shape (n_accounts,).
        pools: Whom accounts are compared with; the first is everyone.
        earlier: Turns a statistic into what an earlier baseline says of it.
        fewest: Ordinary accounts with a value below which a cohort is not compared with.
    """
    baseline = pools[0].baseline
    seen = {
        name: values for name, values in statistics.items() if (~np.isnan(values[baseline])).any()
    }
    ladders = {name: make_ladders(values, pools, fewest) for name, values in seen.items()}
    at_least = {name: earlier(name, values) for name, values in seen.items()}
    ranks = {
        name: np.maximum(rank_each(values, ladders[name]), at_least[name])
        for name, values in seen.items()
    }
    if ranks:
        own = [p for name, p in ranks.items() if name not in MADE_BY_CLIENT] or [*ranks.values()]
        scores = np.column_stack([_excess(p) for p in own])
        total = np.where(np.isnan(scores).all(axis=1), np.nan, np.nansum(scores, axis=1))
        seen["composite"] = total
        ladders["composite"] = make_ladders(total, pools, fewest)
        at_least["composite"] = np.zeros(total.size)
        ranks["composite"] = rank_each(total, ladders["composite"])
    values, floors, p_values = (
        np.array(list(columns.values())).reshape(-1, baseline.size).T
        for columns in (seen, at_least, ranks)
    )
    return AxisEvidence(
        tuple(seen), values, tuple(ladders.values()), floors, p_values, log_e_from_p(p_values)
    )


def _excess(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Normal scores, 0 for the ordinary half: lacking one sign does not excuse another."""
    return np.clip(-ndtri(p_values), 0.0, STRONGEST_Z)

"""Ordinary use, as this log shows it, and how far each account is from it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from revenuer.stats.calibrators import log_e_from_p
from revenuer.stats.upper_ranks import upper_rank_p

STRONGEST_Z = 3.5
"""Normal score at which one statistic's part in the composite is cut off. placeholder"""


@dataclass(frozen=True, slots=True)
class AxisEvidence:
    """Each account's evidence on one axis, detector by detector.

    Attributes:
        detectors: Ids; the last is `composite`, all of them together.
        p_values: NaN is no evidence. Shape (n_accounts, n_detectors).
        log_e_values: Nats. Shape (n_accounts, n_detectors).
    """

    detectors: tuple[str, ...]
    p_values: NDArray[np.float64]
    log_e_values: NDArray[np.float64]


def axis_evidence(
    statistics: dict[str, NDArray[np.float64]], baseline: NDArray[np.bool_]
) -> AxisEvidence:
    """Rank every account's statistics among the baseline accounts.

    The composite adds the normal scores of what is out of the ordinary, so that several
    weak signs of one account count together; it is ranked like any other statistic, so
    the detectors may depend on each other.

    Args:
        statistics: By detector id; larger is less ordinary, NaN is no evidence. Each of
            shape (n_accounts,).
        baseline: Accounts taken for ordinary use. Shape (n_accounts,).
    """
    ranks = {
        name: upper_rank_p(values, values[baseline])
        for name, values in statistics.items()
        if (~np.isnan(values[baseline])).any()
    }
    if ranks:
        scores = np.column_stack([_excess(p) for p in ranks.values()])
        total = np.where(np.isnan(scores).all(axis=1), np.nan, np.nansum(scores, axis=1))
        ranks["composite"] = upper_rank_p(total, total[baseline])
    p_values = np.column_stack(list(ranks.values())) if ranks else np.empty((baseline.size, 0))
    return AxisEvidence(tuple(ranks), p_values, log_e_from_p(p_values))


def _excess(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Normal scores, 0 for the ordinary half: lacking one sign does not excuse another."""
    return np.clip(-ndtri(p_values), 0.0, STRONGEST_Z)

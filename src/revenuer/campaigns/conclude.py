"""From a case and its own exchanges to the campaign that is reported."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime

import numpy as np
import polars as pl

from revenuer.campaigns.cases import Case
from revenuer.campaigns.methods import TAXONOMY
from revenuer.campaigns.pivots import find_pivots
from revenuer.records import Axis, Campaign, Evidence, Leak, Method, Verdict
from revenuer.settings import Release

PRIOR = 0.1
"""Share of campaigns among reported groups. The logistic curve through 109 reported groups of
eight simulated worlds, which are full of campaigns, asks for 0.25; logs are emptier. placeholder"""

PRIOR_ALONE = 0.0024
"""Share of guilty accounts where no group holds them: 24,000 of 10 million (docs/judging.md)."""


def probability_of(log_e_value: float, prior: float = PRIOR) -> float:
    """The e-value read as a likelihood ratio, against a prior share of campaigns.

    Examples:
        By hand: odds of 1 to 9 times e^2.197 = 9 are even.

        >>> round(probability_of(math.log(9)), 3)
        0.5
    """
    log_odds = math.log(prior / (1 - prior)) + min(log_e_value, 700.0)
    return 1 / (1 + math.exp(-max(log_odds, -700.0)))


def conclude(
    case: Case,
    *,
    name: tuple[str, tuple[str, ...]],
    account_ids: Sequence[str],
    own: pl.DataFrame,
    detected_at: datetime,
    methods: tuple[Method, ...],
    capabilities: dict[str, float],
    evidence: tuple[Evidence, ...],
    innocents_nearby: int,
    releases: tuple[Release, ...],
) -> Campaign:
    """Put a campaign's record together.

    Args:
        case: The group and its verdict.
        name: The campaign's id, and the ids that it supersedes.
        account_ids: Its accounts.
        own: Its own exchanges; not empty.
        detected_at: When it was found.
        methods: How it harvests.
        capabilities: Share of its prompts by capability.
        evidence: Why it is believed.
        innocents_nearby: Ordinary accounts that share something with it.
        releases: Known model releases.
    """
    first, last = own["occurred_at"].min(), own["occurred_at"].max()
    assert isinstance(first, datetime)
    assert isinstance(last, datetime)
    output_tokens = int(own["output_tokens"].sum())
    # An explanation that won leaves nothing of what it explains.
    cleared = case.verdict is Verdict.CLEARED
    believed = min(case.group.log_e_value, 0.0) if cleared else case.group.log_e_value
    return Campaign(
        id=name[0],
        supersedes=name[1],
        verdict=case.verdict,
        probability=round(probability_of(believed), 6),
        log_e_value=round(case.group.log_e_value, 4),
        axes={axis: round(case.group.axes[axis], 4) for axis in Axis},
        methods=methods,
        capabilities=capabilities,
        taxonomy=dict(TAXONOMY),
        account_ids=tuple(account_ids),
        innocents_nearby=innocents_nearby,
        exchanges=own.height,
        tasks=own["task_id"].drop_nulls().n_unique() + own["task_id"].null_count(),
        output_tokens=output_tokens,
        reasoning_tokens=int(own["reasoning_tokens"].sum()),
        first_seen=first,
        last_seen=last,
        detected_at=detected_at,
        leaked_before_detection=Leak(
            exchanges=own.height,
            output_tokens=output_tokens,
            hours=round((detected_at - first).total_seconds() / 3600, 2),
        ),
        pivots=find_pivots(own, releases),
        evidence=evidence,
        innocent_explanations=case.explanations,
    )


def capability_mix(shares: np.ndarray, names: Sequence[str]) -> dict[str, float]:
    """Mean share of each capability over some prompts, the largest first.

    Args:
        shares: Shape (n_prompts, n_capabilities); rows of which nothing is known are 0 or NaN.
        names: Of the capabilities. Shape (n_capabilities,).
    """
    read = shares[np.nan_to_num(shares).sum(axis=1) > 0]
    if not len(read):
        return {}
    mean = read.mean(axis=0)
    order = sorted(range(len(names)), key=lambda place: (-mean[place], names[place]))
    return {names[place]: round(float(mean[place]), 4) for place in order if mean[place] >= 0.005}

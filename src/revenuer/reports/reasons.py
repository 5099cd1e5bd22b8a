"""Why a campaign has its verdict: the axis that decides, and the reason to name first."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from revenuer.records import Axis, Campaign, Evidence, Findings, Verdict
from revenuer.reports.wording import nats

GRAVITY = tuple(Verdict)
# Nats below what is printed: a difference of rounding, not a step.
ROUNDING = 0.05


def by_gravity(findings: Findings) -> tuple[Campaign, ...]:
    """The campaigns, gravest verdict first, then the heaviest evidence."""
    return tuple(sorted(findings.campaigns, key=_gravity))


def _gravity(campaign: Campaign) -> tuple[int, float, int, str]:
    weight = campaign.log_e_value
    return (
        GRAVITY.index(campaign.verdict),
        math.inf if math.isnan(weight) else -weight,
        -campaign.exchanges,
        campaign.id,
    )


def weakest_axis(campaign: Campaign) -> Axis:
    """The axis with the least evidence, which decides; the first of equals."""
    return weakest(campaign.axes)


def weakest(axes: Mapping[Axis, float]) -> Axis:
    """The axis with the least nats; the first of equals."""
    return min(Axis, key=lambda axis: axes.get(axis, 0.0))


def least_for_conviction(fdr: float) -> float:
    """Nats below which nothing is convicted however few campaigns are tested.

    e-BH asks the k-th largest of n e-values for n / (k * fdr), and k is at most n.
    """
    return -math.log(fdr)


def main_reason(campaign: Campaign) -> str:
    """One sentence: what speaks loudest for this verdict."""
    if campaign.verdict in (Verdict.CLEARED, Verdict.UNDECIDED):
        for explanation in campaign.innocent_explanations:
            if explanation.holds:
                return f"{explanation.name}: {explanation.why_rejected}"
    if campaign.verdict is Verdict.CONVICTED and campaign.evidence:
        return max(campaign.evidence, key=lambda evidence: evidence.log_e_value).statement
    weakest = weakest_axis(campaign)
    return f"Too little evidence of {weakest}: {nats(campaign.axes.get(weakest, 0.0))} nats."


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of an axis in its waterfall.

    Attributes:
        evidence: The piece; None for the correction that closes the sum.
        start: Nats before it.
        end: Nats after it.
    """

    evidence: Evidence | None
    start: float
    end: float

    @property
    def change(self) -> float:
        """Nats that it adds."""
        return self.end - self.start

    @property
    def is_small(self) -> bool:
        """It would be printed as 0.0."""
        return abs(self.change) < ROUNDING


def waterfall(campaign: Campaign, axis: Axis) -> tuple[Step, ...]:
    """Steps from 0 to the axis's nats, largest piece first; see `steps_to`."""
    return steps_to(campaign.axes.get(axis, 0.0), campaign.evidence, axis)


def steps_to(total: float, evidence: Sequence[Evidence], axis: Axis) -> tuple[Step, ...]:
    """Steps from 0 to an axis's nats, largest piece first.

    Pieces of one axis may share their cause and then count once, not twice; what that
    takes away (or what pieces too small to list add) is a last step without evidence, so
    the steps always end at the axis's value.

    Args:
        total: The axis's value, nats.
        evidence: Of all axes.
        axis: Which.
    """
    pieces = sorted(_pieces(evidence, axis), key=lambda piece: -piece.log_e_value)
    steps: list[Step] = []
    level = 0.0
    for piece in pieces:
        steps.append(Step(piece, level, level + piece.log_e_value))
        level += piece.log_e_value
    if abs(total - level) >= ROUNDING:
        steps.append(Step(None, level, total))
    return tuple(steps)


def _pieces(evidence: Sequence[Evidence], axis: Axis) -> list[Evidence]:
    return [piece for piece in evidence if piece.axis == axis]

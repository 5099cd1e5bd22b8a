"""A campaign prepared for the page: charts drawn, reasons chosen, long lists cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from revenuer.records import Axis, Campaign, Evidence, Exhibit, Findings, Verdict
from revenuer.reports.charts.bars import Scale, draw_axis, draw_share, draw_step, draw_total
from revenuer.reports.charts.histogram import draw_histogram
from revenuer.reports.charts.incidence import Incidence, draw_incidence
from revenuer.reports.charts.timeline import draw_timeline
from revenuer.reports.reasons import (
    Step,
    by_gravity,
    least_for_conviction,
    main_reason,
    steps_to,
    weakest,
)
from revenuer.reports.wording import percent

MOST_ACCOUNTS = 50
MOST_EXAMPLES = 40


@dataclass(frozen=True, slots=True)
class AxisView:
    """One axis: its total beside the other axes, and the steps that lead to it.

    `folded` are the steps too small to see, which the page folds away.
    """

    axis: Axis
    value: float
    decides: bool
    bar: Markup
    steps: tuple[tuple[Step, Markup], ...]
    folded: tuple[tuple[Step, Markup], ...]
    total: Markup


@dataclass(frozen=True, slots=True)
class AccountList:
    """The first accounts of a campaign with their exchanges (None if unknown)."""

    shown: tuple[tuple[str, int | None], ...]
    total: int


@dataclass(frozen=True, slots=True)
class CampaignView:
    """What the page says of one campaign.

    Attributes:
        campaign: The record.
        exhibit: What is drawn beside it; None where a scan kept none.
        reason: The sentence that explains the verdict.
        axes: In the order of `Axis`.
        capabilities: (name, share, bar), largest first.
        incidence: What ties the accounts; None without ties.
        timeline: Exchanges per day; empty without days.
        histogram: Exchanges an account; empty without volumes.
        accounts: The list at the end.
    """

    campaign: Campaign
    exhibit: Exhibit | None
    reason: str
    axes: tuple[AxisView, ...]
    capabilities: tuple[tuple[str, float, Markup], ...]
    incidence: Incidence | None
    timeline: Markup
    histogram: Markup
    accounts: AccountList


def campaign_views(findings: Findings) -> tuple[CampaignView, ...]:
    """Every campaign, gravest first."""
    exhibits = {exhibit.campaign_id: exhibit for exhibit in findings.exhibits}
    least = least_for_conviction(findings.scanned.fdr)
    return tuple(campaign_view(one, exhibits.get(one.id), least) for one in by_gravity(findings))


def verdict_counts(campaigns: Sequence[Campaign]) -> tuple[tuple[Verdict, int], ...]:
    """How many campaigns have each verdict, gravest first."""
    return tuple((v, sum(c.verdict is v for c in campaigns)) for v in Verdict)


def campaign_view(campaign: Campaign, exhibit: Exhibit | None, least: float) -> CampaignView:
    """One campaign.

    Args:
        campaign: Its record.
        exhibit: What is drawn beside it; None for nothing.
        least: From `least_for_conviction`.
    """
    return CampaignView(
        campaign=campaign,
        exhibit=exhibit,
        reason=main_reason(campaign),
        axes=axis_views(campaign.axes, campaign.evidence, least),
        capabilities=share_views(campaign.capabilities),
        incidence=draw_incidence(campaign, exhibit) if exhibit and exhibit.ties else None,
        timeline=draw_timeline(exhibit) if exhibit else Markup(""),
        histogram=draw_histogram(_volumes(exhibit)),
        accounts=_accounts(campaign, exhibit),
    )


def axis_views(
    axes: Mapping[Axis, float], evidence: Sequence[Evidence], least: float
) -> tuple[AxisView, ...]:
    """The axes of a verdict: totals on one scale, to be compared; the steps of each on its own.

    Args:
        axes: Nats of each.
        evidence: The pieces of all of them.
        least: From `least_for_conviction`.
    """
    shared = Scale([least, *axes.values()])
    decides = weakest(axes)
    return tuple(
        _axis(axis, axes.get(axis, 0.0), evidence, shared, least, axis is decides) for axis in Axis
    )


def _axis(
    axis: Axis,
    value: float,
    evidence: Sequence[Evidence],
    shared: Scale,
    least: float,
    decides: bool,
) -> AxisView:
    steps = steps_to(value, evidence, axis)
    own = Scale([least, value, *(step.end for step in steps)])
    drawn = tuple((step, draw_step(step, own)) for step in steps)
    return AxisView(
        axis=axis,
        value=value,
        decides=decides,
        bar=draw_axis(axis, value, scale=shared, least=least, decides=decides),
        steps=tuple(pair for pair in drawn if not pair[0].is_small),
        folded=tuple(pair for pair in drawn if pair[0].is_small),
        total=draw_total(value, scale=own, least=least),
    )


def share_views(shares: Mapping[str, float]) -> tuple[tuple[str, float, Markup], ...]:
    """Shares with a bar each, largest first."""
    largest_first = sorted(shares.items(), key=lambda item: (-item[1], item[0]))
    return tuple(
        (name, share, draw_share(share, f"{name}: {percent(share)}"))
        for name, share in largest_first
    )


def _volumes(exhibit: Exhibit | None) -> list[int]:
    return [volume for _, volume in exhibit.account_volumes] if exhibit else []


def _accounts(campaign: Campaign, exhibit: Exhibit | None) -> AccountList:
    """Busiest accounts first; those without a known volume last, as given."""
    volumes = dict(exhibit.account_volumes) if exhibit else {}
    ordered = sorted(campaign.account_ids, key=lambda account: -volumes.get(account, -1))
    shown = tuple((account, volumes.get(account)) for account in ordered[:MOST_ACCOUNTS])
    return AccountList(shown, len(ordered))

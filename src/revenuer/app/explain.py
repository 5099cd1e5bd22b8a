"""`explain`: why an account or a campaign has its verdict, convicted or not."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from revenuer.app.details import Details, read_details
from revenuer.app.sample import examples_of
from revenuer.app.saved import read_findings
from revenuer.app.without import Without, axes_of, bar_of, group_of, parts_of, without_each
from revenuer.campaigns.waterfall import axis_waterfall
from revenuer.detectors import load_detectors
from revenuer.errors import NotFoundError
from revenuer.records import Axis, Campaign, Example, Findings, Tie


@dataclass(frozen=True, slots=True)
class Sign:
    """What one account shows by itself.

    Attributes:
        axis: It speaks to.
        detector: Id.
        p_value: How rarely an ordinary account shows as much.
        log_e_value: The same as evidence, nats.
    """

    axis: Axis
    detector: str
    p_value: float
    log_e_value: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a verdict is what it is.

    Attributes:
        target: The account or campaign that was asked about.
        campaign: Its record; None if it is in no reported campaign.
        accounts: Members of the group that was judged; 0 if it is in none.
        bar: Nats that a group needed to be convicted in this scan; None if no group passed
            and so no bar was set by others.
        least_bar: Nats that even the only group of all would have needed.
        axes: The group's axes.
        weakest: The axis that decides; None without a group.
        waterfall: For each axis, what each piece adds; they sum to the axis.
        without: The verdict without each piece.
        signs: For an account, what it shows by itself.
        ties: What ties the campaign, with the number of outsiders that share each; for an
            account, only what ties it.
        telling: Exchanges that show it best; for an account, its own.
        random: Exchanges drawn at random; for an account, ten of its own.
        settles: What data would settle the weakest axis.
    """

    target: str
    campaign: Campaign | None
    accounts: int
    bar: float | None
    least_bar: float
    axes: dict[Axis, float]
    weakest: Axis | None
    waterfall: dict[Axis, dict[str, float]]
    without: tuple[Without, ...]
    signs: tuple[Sign, ...]
    ties: tuple[Tie, ...]
    telling: tuple[Example, ...]
    random: tuple[Example, ...]
    settles: tuple[str, ...]


def explain(target: str, *, out_dir: Path) -> Explanation:
    """Explain the verdict on an account or a campaign of an earlier scan.

    Raises:
        NotFoundError: The scan knows no such account or campaign.
    """
    findings, details = read_findings(out_dir), read_details(out_dir)
    campaign = _campaign(target, findings)
    signs = _signs(target, details)
    group = group_of(target, campaign, details.groups)
    if campaign is None and not signs and group is None and not _known(target, out_dir):
        raise NotFoundError(
            f"This scan knows no account or campaign {target!r}.",
            "Campaign ids are in campaigns.json, account ids in accounts.parquet.",
        )
    found = _explanation(target, findings, details, campaign, signs, group)
    if campaign is not None and campaign.id == target:
        return found
    return _of_account(found, out_dir)


def _of_account(found: Explanation, out_dir: Path) -> Explanation:
    """The same with the account's own exchanges, and only with ties that it has."""
    telling, random = examples_of(found.target, out_dir)
    cited = {one.exchange_id for one in found.telling}
    return replace(
        found,
        ties=tuple(tie for tie in found.ties if found.target in tie.account_ids),
        telling=found.telling + tuple(one for one in telling if one.exchange_id not in cited),
        random=random or found.random,
    )


def _explanation(
    target: str,
    findings: Findings,
    details: Details,
    campaign: Campaign | None,
    signs: tuple[Sign, ...],
    group: dict[str, object] | None,
) -> Explanation:
    parts, axes = parts_of(group), axes_of(group)
    weakest = min(axes, key=lambda axis: axes[axis]) if axes else None
    bar = bar_of(details.groups)
    exhibit = next(
        (one for one in findings.exhibits if campaign and one.campaign_id == campaign.id), None
    )
    mine = target if campaign is None or target != campaign.id else None
    telling = exhibit.telling if exhibit else ()
    random = exhibit.random if exhibit else ()
    return Explanation(
        target=target,
        campaign=campaign,
        accounts=len(group["account_ids"]) if group else 0,  # type: ignore[arg-type]
        bar=bar,
        least_bar=-math.log(findings.scanned.fdr),
        axes=axes,
        weakest=weakest,
        waterfall={axis: axis_waterfall(axis, pieces) for axis, pieces in parts.items() if pieces},
        without=without_each(parts, axes, bar),
        signs=signs,
        ties=exhibit.ties if exhibit else (),
        telling=tuple(one for one in telling if mine is None or one.account_id == mine),
        random=tuple(one for one in random if mine is None or one.account_id == mine),
        settles=_settles(weakest, findings),
    )


def _campaign(target: str, findings: Findings) -> Campaign | None:
    for campaign in findings.campaigns:
        # The first eight signs are how tables name it.
        named = campaign.id.removeprefix("campaign--").startswith(target) and len(target) >= 8
        if named or target == campaign.id or target in campaign.account_ids:
            return campaign
    return None


def _signs(target: str, details: Details) -> tuple[Sign, ...]:
    rows = details.evidence.filter(pl.col("account_id") == target).sort(
        "log_e_value", "detector", descending=[True, False]
    )
    return tuple(
        Sign(Axis(axis), detector, p_value, nats)
        for axis, detector, p_value, nats in rows.select(
            "axis", "detector", "p_value", "log_e_value"
        ).iter_rows()
    )


def _settles(weakest: Axis | None, findings: Findings) -> tuple[str, ...]:
    """The blind detectors of the weakest axis: what to log so that they can see."""
    if weakest is None:
        return ()
    cards = {detector.card.id: detector.card for detector in load_detectors()}
    return tuple(
        line
        for line in findings.scanned.blind
        if (card := cards.get(line.split(":")[0])) is not None and card.axis is weakest
    )


def _known(target: str, out_dir: Path) -> bool:
    accounts = pl.scan_parquet(out_dir / "accounts.parquet")
    return accounts.filter(pl.col("account_id") == target).head(1).collect().height > 0

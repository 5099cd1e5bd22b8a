"""What earlier looks found, in the findings of this one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from revenuer.records import Campaign, Exhibit, Findings, Leak, Verdict


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the looks before told.

    Attributes:
        findings: Of the last one; None before the first.
        since: Campaigns that were last seen before it are told no more.
        at: Time of this look.
        horizon: How long the weeks are in each of which the promise holds for all looks together.
    """

    findings: Findings | None
    since: datetime
    at: datetime
    horizon: timedelta

    @property
    def campaigns(self) -> tuple[Campaign, ...]:
        """The campaigns of the last look."""
        return () if self.findings is None else self.findings.campaigns


def with_earlier(findings: Findings, earlier: Earlier) -> Findings:
    """The findings with the time at which each conviction was first made.

    A campaign that was convicted, and of which no group is left to judge, stays as it was.
    """
    before = {one.id: one for one in earlier.campaigns if one.verdict is Verdict.CONVICTED}
    now = tuple(_first_detected(one, before, earlier.at) for one in findings.campaigns)
    kept = carried(now, before, earlier.since)
    names = {one.id for one in kept}
    exhibits: tuple[Exhibit, ...] = () if earlier.findings is None else earlier.findings.exhibits
    promise = (
        f"looks: this holds for all looks of each {_week(earlier.horizon)} together, however "
        "many there are"
    )
    scanned = replace(findings.scanned, promise=(*findings.scanned.promise, promise))
    return replace(
        findings,
        scanned=scanned,
        campaigns=(*now, *kept),
        exhibits=(*findings.exhibits, *(one for one in exhibits if one.campaign_id in names)),
    )


def _week(horizon: timedelta) -> str:
    days = horizon / timedelta(days=1)
    return "calendar week" if days == 7 else f"{days:g} days, counted from Monday, 1970-01-05,"


def _first_detected(campaign: Campaign, before: dict[str, Campaign], at: datetime) -> Campaign:
    """A campaign as of its first conviction, if it was convicted under one of its names."""
    known = [before[name] for name in (campaign.id, *campaign.supersedes) if name in before]
    if campaign.verdict is not Verdict.CONVICTED or not known:
        hours = round((at - campaign.first_seen).total_seconds() / 3600, 2)
        leaked = replace(campaign.leaked_before_detection, hours=hours)
        return replace(campaign, detected_at=at, leaked_before_detection=leaked)
    leaks = [one.leaked_before_detection for one in known]
    leaked = Leak(
        sum(one.exchanges for one in leaks),
        sum(one.output_tokens for one in leaks),
        max(one.hours for one in leaks),
    )
    first = min(one.detected_at for one in known)
    return replace(campaign, detected_at=first, leaked_before_detection=leaked)


def carried(
    now: Sequence[Campaign], before: dict[str, Campaign], since: datetime
) -> list[Campaign]:
    """Convicted campaigns that this look says nothing of, without accounts that it places."""
    told = {name for one in now for name in (one.id, *one.supersedes)}
    placed = {account for one in now for account in one.account_ids}
    kept = []
    for name, campaign in before.items():
        rest = tuple(account for account in campaign.account_ids if account not in placed)
        if name not in told and rest and campaign.last_seen >= since:
            kept.append(replace(campaign, account_ids=rest))
    return kept

"""`diff`: what changed from one scan to the next."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from revenuer.app.saved import read_findings
from revenuer.records import Campaign, Verdict


@dataclass(frozen=True, slots=True)
class Change:
    """A campaign that both scans hold.

    Attributes:
        id: Its id.
        verdict_before: In the old scan.
        verdict_after: In the new one.
        joined: Accounts that it has now only.
        left: Accounts that it had then only.
        exchanges_more: Exchanges gained; negative if lost.
    """

    id: str
    verdict_before: Verdict
    verdict_after: Verdict
    joined: int
    left: int
    exchanges_more: int


@dataclass(frozen=True, slots=True)
class Diff:
    """The campaigns of two scans, side by side.

    Attributes:
        came: Campaigns of the new scan only.
        went: Campaigns of the old scan only, merged ones left out.
        changed: Campaigns of both that differ.
        merged: (old id, new id) of campaigns that ended in another.
        same: Campaigns of both that do not differ.
    """

    came: tuple[Campaign, ...]
    went: tuple[Campaign, ...]
    changed: tuple[Change, ...]
    merged: tuple[tuple[str, str], ...]
    same: int


def diff(old: Path, new: Path) -> Diff:
    """Compare two scans' folders.

    Campaigns meet by id, so the new scan should have been given `--previous`.
    """
    before = {campaign.id: campaign for campaign in read_findings(old).campaigns}
    after = {campaign.id: campaign for campaign in read_findings(new).campaigns}
    merged = tuple(
        (ended, campaign.id)
        for campaign in after.values()
        for ended in campaign.supersedes
        if ended in before
    )
    gone = {ended for ended, _ in merged}
    both = [(before[key], after[key]) for key in before if key in after]
    changes = [_change(then, now) for then, now in both]
    changed = tuple(change for change in changes if _differs(change))
    return Diff(
        came=tuple(c for key, c in after.items() if key not in before),
        went=tuple(c for key, c in before.items() if key not in after and key not in gone),
        changed=changed,
        merged=merged,
        same=len(changes) - len(changed),
    )


def _change(then: Campaign, now: Campaign) -> Change:
    old, new = set(then.account_ids), set(now.account_ids)
    return Change(
        id=now.id,
        verdict_before=then.verdict,
        verdict_after=now.verdict,
        joined=len(new - old),
        left=len(old - new),
        exchanges_more=now.exchanges - then.exchanges,
    )


def _differs(change: Change) -> bool:
    moved = change.joined or change.left or change.exchanges_more
    return bool(moved) or change.verdict_before is not change.verdict_after

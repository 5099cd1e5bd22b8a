"""What changed between two scans."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from revenuer.app.diff import Change, Diff
from revenuer.records import Campaign
from revenuer.reports.wording import counted


def print_diff(diff: Diff, console: Console) -> None:
    """Print campaigns that came, changed, merged and went, one line each."""
    lines = [
        *(f"+ {_campaign(each)}" for each in diff.came),
        *(f"~ {_change(each)}" for each in diff.changed),
        *(f"> {old} went into {new}" for old, new in diff.merged),
        *(f"- {_campaign(each)}" for each in diff.went),
    ]
    for line in lines:
        console.print(Text(line), soft_wrap=True)
    same = counted(diff.same, "campaign")
    console.print(Text(f"{same} unchanged." if lines else f"Nothing changed: {same} in both."))


def _campaign(campaign: Campaign) -> str:
    accounts = counted(len(campaign.account_ids), "account")
    return f"{campaign.id}  {campaign.verdict.value}, {accounts}, {campaign.exchanges:,} exchanges"


def _change(change: Change) -> str:
    moves = []
    if change.verdict_before is not change.verdict_after:
        moves.append(f"{change.verdict_before.value}, now {change.verdict_after.value}")
    if change.joined:
        moves.append(f"{counted(change.joined, 'account')} joined")
    if change.left:
        moves.append(f"{counted(change.left, 'account')} left")
    if change.exchanges_more:
        moves.append(f"{change.exchanges_more:+,} exchanges")
    return f"{change.id}  {'; '.join(moves)}"

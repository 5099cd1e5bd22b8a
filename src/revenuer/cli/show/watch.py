"""What a watch prints: a line a look, and what was taken."""

from __future__ import annotations

import json

import click

from revenuer.app.watch.taking import Counted
from revenuer.app.watch.watching import Told
from revenuer.cli.session import Session
from revenuer.records import Campaign, Verdict


def print_look(told: Told, *, as_json: bool) -> None:
    """When, how many exchanges and accounts; then what is new: convictions and early signs."""
    scanned = told.findings.scanned
    convicted = [one for one in told.findings.campaigns if one.verdict is Verdict.CONVICTED]
    suspected = sum(one.verdict is Verdict.SUSPECTED for one in told.findings.campaigns)
    new = [one for one in convicted if one.detected_at == told.due.at]
    signs = [one for one in told.signs if one.first_seen == told.due.at]
    if as_json:
        click.echo(
            json.dumps(
                {
                    "look": told.due.number,
                    "at": told.due.at.isoformat(),
                    "exchanges": scanned.exchanges,
                    "accounts": scanned.accounts,
                    "convicted": [one.id for one in convicted],
                    "new": [one.id for one in new],
                    "suspected": suspected,
                    "signs": [one.id for one in told.signs],
                    "new_signs": [one.id for one in signs],
                    "newly_blind": list(told.newly_blind),
                    "late": told.counted.late,
                    "seconds": round(told.seconds, 3),
                }
            )
        )
        return
    click.echo(
        f"{told.due.at:%Y-%m-%d %H:%M}  {scanned.exchanges:,} exchanges of "
        f"{scanned.accounts:,} accounts: {len(convicted)} convicted, {suspected} suspected"
        f"  ({told.seconds:.1f} s)"
    )
    for one in new:
        click.echo(f"  new: {_said(one)}")
    for said in told.newly_blind:
        click.echo(f"  no early sign of {said}")
    for sign in signs:
        click.echo(f"  sign, no verdict: {sign.kind}: {sign.statement}")


def _said(campaign: Campaign) -> str:
    leak = campaign.leaked_before_detection
    return (
        f"{campaign.id}, {len(campaign.account_ids)} accounts; {leak.exchanges:,} exchanges and "
        f"{leak.output_tokens:,} output tokens leaked in {leak.hours:,.0f} hours"
    )


def print_taken(counted: Counted, session: Session) -> None:
    """What was taken in this run, and what could not be."""
    session.say(f"Taken in this run: {counted.exchanges:,} exchanges")
    if counted.quarantined:
        session.say(f"  {counted.quarantined:,} rows quarantined")
    if counted.late:
        session.say(f"  {counted.late:,} came after the look at their time")
    if counted.rejected:
        session.say(f"  {counted.rejected:,} batches rejected; they lie in the state's `rejected`")

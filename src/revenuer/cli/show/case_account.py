"""All that the casebook has on an account, as text and as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rich.console import Console

from revenuer.app.casebook.accounts import AccountView
from revenuer.cli.show.cases import at_minute, iso, say_line, short
from revenuer.cli.show.enforce import plain_decision
from revenuer.reports.wording import counted, moment, visible


def plain_account(view: AccountView, now: datetime) -> dict[str, Any]:
    """All on an account, as JSON has it."""
    return {
        "schema": "revenuer/account/1",
        "subject": view.subject,
        "erased": view.is_erased,
        "cases": [
            {
                "case": one.row.case_id,
                "state": one.row.state,
                "verdict": one.row.verdict,
                "joined": iso(one.joined_us),
                "sighting": one.sighting,
                "member_now": one.is_member,
                "dismissed_as": one.dismissed or None,
            }
            for one in view.memberships
        ],
        "decisions": [
            {**plain_decision(one.decision, now), "snapshot": str(one.snapshot)}
            for one in view.made
        ],
        "permits": [
            {"permit": one.id, "purpose": one.purpose, "state": one.state} for one in view.permits
        ],
        "appeals": [
            {"appeal": one.appeal_id, "state": one.stage, "target": one.target}
            for one in view.appeals
        ],
        "signups": [
            {
                "application": one.application,
                "assessed": iso(one.assessed_us),
                "answer": one.answer,
                "checks": list(one.checks),
                "log_evidence": one.log_evidence,
                "decided": one.decided or None,
                "decided_by": one.decided_by or None,
                "reasons": None if one.reasons is None else list(one.reasons),
            }
            for one in view.signups
        ],
        "texts": view.texts,
    }


def print_account(view: AccountView, console: Console) -> None:
    """Print all on an account."""
    say_line(console, view.subject + (", erased" if view.is_erased else ""))
    for each in view.signups:
        decided = f", {each.decided} by {visible(each.decided_by)}" if each.decided else ""
        say_line(console, f"  applied: {each.answer} at {at_minute(each.assessed_us)} UTC{decided}")
        for reason in each.reasons or ():
            say_line(console, f"    {visible(reason)}")
    for one in view.memberships:
        now = "in" if one.is_member else "was in"
        dismissed = f", dismissed as {one.dismissed}" if one.dismissed else ""
        say_line(
            console,
            f"  {now} {short(one.row.case_id)}, {one.row.verdict}, {one.row.state}{dismissed}; "
            f"joined {at_minute(one.joined_us)} UTC",
        )
    for made in view.made:
        decision = made.decision
        say_line(
            console,
            f"  {decision.id}: {decision.action}, {decision.status}, by {visible(decision.by)}, "
            f"until {moment(decision.until)} UTC",
        )
    for permit in view.permits:
        say_line(console, f"  permit {permit.id}: {permit.purpose}, {permit.state}")
    for appeal in view.appeals:
        say_line(console, f"  appeal {appeal.appeal_id}: {appeal.stage}, against {appeal.target}")
    if view.texts:
        say_line(console, f"  {counted(view.texts, 'text')} of it kept, masked")

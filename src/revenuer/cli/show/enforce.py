"""Plans and decisions, as text and as JSON; ids are masked unless somebody asks for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.text import Text

from revenuer.app.countermeasures import cards_of
from revenuer.app.enforce import Done
from revenuer.app.enforce_limits import WEAKEST_SHOWN, Plan, Planned
from revenuer.app.enforce_shown import sample_notice, standing
from revenuer.app.settling import Settled
from revenuer.casework.decisions import Decision, Proposal
from revenuer.guard.policy import Policy
from revenuer.reports.wording import counted, moment, nats, percent, visible
from revenuer.store.docket import Reaction

SHOWN_DIGITS = 12
"""Letters of a digest that are printed; `approve` takes them."""


def masked(one: Planned, show_ids: bool) -> str:
    """How an account is named: by its fingerprint, as the guard's logs do, or by its id."""
    return visible(one.account_id) if show_ids else f"{one.member[:11]}…"


def plain_plan(plan: Plan, policy: Policy, *, show_ids: bool) -> dict[str, Any]:
    """A plan as JSON has it."""
    campaign, wish = plan.campaign, plan.wish
    members = [
        {
            "account": one.account_id if show_ids else one.member,
            "organization": (one.organization_id or None) if show_ids else None,
            "action": one.action.word,
            "holds_now": one.holds.word,
            "spared": one.spared or None,
            "log_e_value": one.log_e_value,
            "cited": one.cited,
        }
        for one in plan.members
    ]
    return {
        "schema": "revenuer/plan/1",
        "digest": plan.digest,
        "campaign": campaign.id,
        "verdict": campaign.verdict.value,
        "probability": campaign.probability,
        "action": wish.action.word,
        "countermeasures": [
            {"id": card.id, "changes_for_customers": card.changes_for_customers}
            for card in cards_of(wish.countermeasures)
        ],
        "until": plan.until.isoformat(),
        "whole_campaign": wish.whole_campaign,
        "why": wish.why,
        "ladder": plan.ladder.word,
        "approvers_needed": plan.persons,
        "accounts": len(plan.hit),
        "customers": plan.customers,
        "organizations_listed": len(plan.organizations),
        "spared": len(plan.spared),
        "cleared": plan.cleared,
        "innocents_nearby": campaign.innocents_nearby,
        "changes": plan.changes(),
        "obstacles": list(plan.obstacles),
        "notes": list(plan.notes),
        "notice": sample_notice(plan, policy, show_ids=show_ids),
        "members": members,
    }


def print_plan(plan: Plan, policy: Policy, console: Console, *, show_ids: bool) -> None:
    """Print what would be done, to whom, and what speaks against it."""
    campaign, wish = plan.campaign, plan.wish
    weight = f"{percent(campaign.probability)}, {nats(campaign.log_e_value)} nats"
    lines = [
        f"Plan {plan.digest[:SHOWN_DIGITS]}: {wish.action} {campaign.id}",
        f"  campaign    {campaign.verdict.value}, {weight}; the policy's ladder: {plan.ladder}",
        f"  whom        {counted(len(plan.hit), 'account')} of "
        f"{counted(plan.customers, 'customer')}{_joiners(plan)}",
        f"  until       {moment(plan.until)} UTC",
    ]
    for card in cards_of(wish.countermeasures):
        lines.append(f"  gets        {card.id}, version {card.version}")
        lines.append(f"    | {card.changes_for_customers}")
    if plan.organizations:
        lines.append(
            f"  too         {counted(len(plan.organizations), 'organization')} listed whole, for "
            "the accounts that they open next"
        )
    lines += [f"  {count:>9,}  {change}" for change, count in plan.changes().items()]
    lines += _spared(plan, show_ids)
    lines += _weakest(plan, show_ids)
    lines += [f"  note        {note}" for note in plan.notes]
    notice = sample_notice(plan, policy, show_ids=show_ids)
    if notice is not None:
        lines += ["  Each customer would read:"]
        lines += [f"    | {line}".rstrip() for line in notice["text"].splitlines()]
    lines += [f"  OBSTACLE    {obstacle}" for obstacle in plan.obstacles]
    if plan.persons:
        lines.append(f"  approval    by {counted(plan.persons, 'named person')} at least")
    _print(lines, console)


def _joiners(plan: Plan) -> str:
    return ", and accounts that join the campaign later" if plan.wish.whole_campaign else ""


def _spared(plan: Plan, show_ids: bool) -> list[str]:
    if not plan.spared:
        return []
    lines = [f"  spared      {counted(len(plan.spared), 'account')} get a tag at most:"]
    lines += [f"              {masked(one, show_ids)}  {one.spared}" for one in plan.spared[:20]]
    return lines


def _weakest(plan: Plan, show_ids: bool) -> list[str]:
    lines = ["  weakest evidence among those who are hit:"] if plan.hit else []
    for one in plan.hit[:WEAKEST_SHOWN]:
        weight = "unknown" if one.log_e_value is None else f"{nats(one.log_e_value)} nats"
        lines.append(
            f"              {masked(one, show_ids)}  {weight}, named by "
            f"{counted(one.cited, 'piece')} of evidence"
        )
    return lines


def print_done(done: Done, console: Console) -> None:
    """Print what came of a plan."""
    if done.missing:
        short = done.plan[:SHOWN_DIGITS]
        _print(
            [
                f"Nothing was done yet: {counted(done.missing, 'approval')} missing. Whoever looks "
                f"at it approves with `revenuer enforce approve {short} --by NAME`."
            ],
            console,
        )
        return
    _print([f"Done: {done.decision}", *_settled(done.settled)], console)


def print_undone(decision: Decision, settled: Settled, console: Console) -> None:
    """Print what was taken back."""
    lifted = (
        f"; until {moment(decision.until)} UTC no scan's verdict reaches these accounts either"
        if decision.releases
        else "; what the newest scan's policy asks for holds again"
    )
    _print([f"Taken back: {decision.id}{lifted}", *_settled(settled)], console)


def print_released(decision: Decision, accounts: int, settled: Settled, console: Console) -> None:
    """Print who was let go."""
    left = len(set(decision.members) - decision.released)
    lines = [
        f"Let go: {counted(accounts, 'account')} of {decision.id}, which goes on for "
        f"{counted(left, 'member')}; until {moment(decision.until)} UTC no scan's verdict reaches "
        f"{'it' if accounts == 1 else 'them'} either"
    ]
    _print([*lines, *_settled(settled)], console)


def print_settled(settled: Settled, console: Console) -> None:
    """Print what was put in order."""
    _print(_settled(settled) or ["All is in order."], console)


def _settled(settled: Settled | None) -> list[str]:
    if settled is None:
        return []
    lines = [f"  expired     {name}" for name in settled.expired]
    if settled.sequence is not None:
        lines.append(f"  snapshot    number {settled.sequence}, for every guard within two seconds")
    if settled.notices:
        lines.append(f"  notices     {counted(settled.notices, 'customer')} to be told")
    return lines


def plain_decision(one: Decision, now: datetime) -> dict[str, Any]:
    """A decision as JSON has it, without its members."""
    return {
        "id": one.id,
        "plan": one.plan,
        "campaign": one.campaign,
        "action": one.action,
        "countermeasures": list(one.countermeasures),
        "status": standing(one, now),
        "made_at": one.made_at.isoformat(),
        "until": one.until.isoformat(),
        "whole_campaign": one.whole_campaign,
        "by": one.by,
        "approvers": list(one.approvers),
        "why": one.why,
        "members": len(one.members),
        "tagged": len(one.tagged),
        "released": len(one.released & set(one.members)),
        "ended_at": one.ended_at.isoformat() if one.ended_at else None,
        "ended_by": one.ended_by or None,
        "ended_why": one.ended_why or None,
        "releases": one.releases,
    }


def print_list(
    decisions: Iterable[Decision], proposals: Iterable[Proposal], now: datetime, console: Console
) -> None:
    """Print decisions and plans, a line each."""
    lines = [
        f"{one.id}  {standing(one, now):<8}  {one.action:<9}  {_beside(one.countermeasures)}"
        f"{counted(len(one.members), 'member')} of {one.campaign}, "
        f"until {moment(one.until)} UTC, by {visible(one.by)}"
        for one in decisions
    ]
    lines += map(_proposal, proposals)
    _print(lines or ["Nothing is decided."], console)


def _proposal(one: Proposal) -> str:
    stands = one.closed.how if one.closed is not None else "waits"
    line = (
        f"plan {one.plan[:SHOWN_DIGITS]}  {stands:<9} {one.action:<9}  "
        f"{_beside(one.countermeasures)}{one.campaign}, by "
        f"{visible(one.by)}; {counted(len(one.approvers), 'approval')}"
    )
    if one.closed is not None:
        line += f"; {one.closed.how} by {visible(one.closed.by)}: {visible(one.closed.why)}"
    return line


def _beside(countermeasures: Iterable[str]) -> str:
    given = ", ".join(countermeasures)
    return f"with {given}  " if given else ""


def print_decision(
    one: Decision,
    history: Iterable[tuple[str, str, str]],
    reactions: Iterable[Reaction],
    now: datetime,
    console: Console,
) -> None:
    """Print a decision, the steps that were taken, and what a watch saw the campaign do."""
    approved = ", ".join(map(visible, one.approvers)) or "nobody, as the policy allows"
    lines = [
        f"{one.id}: {one.action}, {standing(one, now)}",
        f"  campaign    {one.campaign}",
        f"  gets        {', '.join(one.countermeasures) or 'no countermeasure'}",
        f"  members     {len(one.members):,}, of which {len(one.tagged):,} get a tag at most",
        f"  until       {moment(one.until)} UTC",
        f"  proposed    by {visible(one.by)}; approved by {approved}",
        f"  why         {visible(one.why) or 'not said'}",
    ]
    lines += [
        f"  let go      {counted(len(gone.members), 'member')} by {visible(gone.by)}: "
        f"{visible(gone.why)}"
        for gone in one.let_go
    ]
    if one.ended_by:
        lines.append(f"  taken back  by {visible(one.ended_by)}: {visible(one.ended_why)}")
    lines += [f"  {at[:19]}  {kind:<11} {visible(said)}" for at, kind, said in history]
    for reaction in reactions:
        lines.append(
            f"  seen since, no verdict: {reaction.kind}, at {reaction.first_seen[:16]} UTC"
        )
        lines.append(f"    {visible(reaction.statement)}")
    _print(lines, console)


def _print(lines: Iterable[str], console: Console) -> None:
    for line in lines:
        console.print(Text(line), soft_wrap=True)

"""One case, as text and as JSON; accounts by their subjects unless somebody asked for their ids."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rich.console import Console

from revenuer.app.casebook.reading import Act, CampaignSeen, CaseView, SignSeen
from revenuer.app.casebook.told import Told
from revenuer.cli.show.cases import at_minute, iso, plain_row, say_line, say_lines, short
from revenuer.cli.show.enforce import plain_decision
from revenuer.records import Axis
from revenuer.reports.wording import amount, counted, moment, nats, percent, visible

MOST_EVIDENCE = 12
"""Pieces of evidence that are printed, the strongest; --json has all."""

Names = Mapping[int, str]


def plain_case(view: CaseView, now: datetime) -> dict[str, Any]:
    """A case as JSON has it."""
    return {
        "schema": "revenuer/case/1",
        **plain_row(view.row),
        "merged_cases": list(view.family),
        "campaign_ids": list(view.campaigns),
        "sightings": view.sightings,
        "campaigns": [plain_campaign(one, view.names) for one in view.seen],
        "signs": [_plain_sign(one, view.names) for one in view.signs],
        "decisions": [
            {
                **plain_decision(one.decision, now),
                "snapshot": str(one.snapshot),
                "reactions": [each.statement for each in one.reactions],
            }
            for one in view.made
        ],
        "acts": [plain_act(one) for one in view.acts],
        "related_cases": dict(view.related),
        "signups": dict(view.signups),
        "texts": view.texts,
    }


def plain_campaign(one: CampaignSeen, names: Names) -> dict[str, Any]:
    """A campaign as one sighting has it, as JSON has it."""
    row = one.figures
    return {
        "campaign": row.campaign_id,
        "sighting": row.sighting_id,
        "at": iso(row.at_us),
        "verdict": row.verdict,
        "probability": row.probability,
        "log_e_value": row.log_e_value,
        "axes": {axis.value: getattr(row, axis.value) for axis in Axis},
        "accounts": row.accounts,
        "innocents_nearby": row.innocents_nearby,
        "exchanges": row.exchanges,
        "tasks": row.tasks,
        "output_tokens": row.output_tokens,
        "reasoning_tokens": row.reasoning_tokens,
        "first_seen": iso(row.first_seen_us),
        "last_seen": iso(row.last_seen_us),
        "detected_at": iso(row.detected_us),
        "leaked_before_detection": {
            "exchanges": row.leaked_exchanges,
            "output_tokens": row.leaked_output_tokens,
            "hours": row.leaked_hours,
        },
        "methods": row.methods.split(),
        **(_plain_told(one.told, names) if one.told is not None else {"erased": True}),
    }


def _plain_told(told: Told, names: Names) -> dict[str, Any]:
    return {
        "capabilities": told.capabilities,
        "pivots": told.pivots,
        "actor": told.actor,
        "supersedes": list(told.supersedes),
        "evidence": [
            {
                "kind": piece.kind,
                "axis": piece.axis,
                "statement": piece.statement,
                "log_e_value": piece.log_e_value,
                "accounts": [names.get(number) for number in piece.members],
                "exchange_ids": list(piece.exchange_ids),
            }
            for piece in told.evidence
        ],
        "innocent_explanations": told.explanations,
    }


def _plain_sign(one: SignSeen, names: Names) -> dict[str, Any]:
    said = {
        "id": one.id,
        "kind": one.kind,
        "axis": one.axis or None,
        "decision_id": one.decision_id or None,
        "first_seen": iso(one.first_seen_us),
        "at": iso(one.at_us),
    }
    if one.told is None:
        return {**said, "erased": True}
    accounts = [names.get(number) for number in one.told.members]
    return {**said, "statement": one.told.statement, "accounts": accounts}


def plain_act(one: Act) -> dict[str, Any]:
    """Something that was done with a case, as JSON has it."""
    return {
        "act": one.number,
        "at": iso(one.at_us),
        "by": one.by,
        "kind": one.kind,
        **({"text": one.text} if one.text != "" else {}),
        **({"about": dict(one.about)} if one.about else {}),
    }


def print_case(view: CaseView, now: datetime, console: Console) -> None:
    """Print a case: what it is, what speaks for and against it, what was done."""
    row = view.row
    say_lines(
        console,
        [
            f"{row.case_id}  {row.state}, version {row.version}"
            + (f", {visible(row.assigned_to)}'s" if row.assigned_to else ""),
            f"  {counted(view.sightings, 'sighting')}, the newest of {at_minute(row.seen_us)} UTC; "
            f"opened {at_minute(row.opened_us)}",
        ],
    )
    if view.family:
        say_line(console, f"  has the history of {', '.join(map(short, view.family))} too")
    for one in view.seen:
        _print_campaign(one, view, console)
    for sign in view.signs:
        statement = "(erased)" if sign.told is None else sign.told.statement
        say_line(
            console,
            f"  sign, no verdict: {sign.kind}, {at_minute(sign.at_us)}: {visible(statement)}",
        )
    for made in view.made:
        one_ = made.decision
        say_line(
            console,
            f"  decision {one_.id}: {one_.action}, {one_.status}, by {visible(one_.by)}, until "
            f"{moment(one_.until)}",
        )
    for case, count in view.related.items():
        say_line(
            console, f"  related: {counted(count, 'account')} was or were in {short(case)} too"
        )
    if view.signups:
        said = ", ".join(f"{many} {answer}" for answer, many in view.signups.items())
        say_line(console, f"  its accounts applied here: {said}")
    if view.texts:
        say_line(
            console,
            f"  {counted(view.texts, 'text')} kept, masked: `revenuer casebook texts "
            f"{short(row.case_id)}`",
        )
    say_line(console, "  done so far:")
    say_lines(console, map(_act_line, view.acts))


def _print_campaign(one: CampaignSeen, view: CaseView, console: Console) -> None:
    row = one.figures
    axes = " ".join(f"{axis.value} {nats(getattr(row, axis.value))}" for axis in Axis)
    say_lines(
        console,
        [
            f"  {row.campaign_id}",
            f"    {row.verdict}, {percent(row.probability)}; {axes}",
            f"    {counted(row.accounts, 'account')}, {counted(row.exchanges, 'exchange')}, "
            f"{amount(row.output_tokens)} output tokens; "
            f"{counted(row.innocents_nearby, 'innocent')} nearby",
        ],
    )
    if one.told is None:
        say_line(console, "    what was said of it was erased")
        return
    strongest = sorted(one.told.evidence, key=lambda piece: -piece.log_e_value)
    for piece in strongest[:MOST_EVIDENCE]:
        say_line(console, f"    {nats(piece.log_e_value, signed=True)}  {visible(piece.statement)}")
    for explained in one.told.explanations:
        say_line(console, f"    not {visible(explained.name)}: {visible(explained.why_rejected)}")
    named = [view.names[n] for piece in strongest for n in piece.members if n in view.names]
    shown = [visible(name)[:40] for name in dict.fromkeys(named)][:8]
    if shown:
        say_line(console, f"    accounts that show it most: {', '.join(shown)}")


def _act_line(one: Act) -> str:
    about = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in one.about.items())
    words = "" if one.text == "" else f": {'(erased)' if one.text is None else visible(one.text)}"
    return (
        f"    {at_minute(one.at_us)}  {visible(one.by)}  {one.kind}"
        + (f" ({visible(about)})" if about else "")
        + words
    )

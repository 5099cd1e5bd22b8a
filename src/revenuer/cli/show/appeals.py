"""Appeals, on a terminal and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from revenuer.reports.wording import counted, duration, moment, nats, percent, visible

if TYPE_CHECKING:
    from rich.console import Console

    from revenuer.app.casebook.appeal_grounds import Evidence
    from revenuer.app.casebook.appeal_outcomes import Decided
    from revenuer.app.casebook.appeal_views import AppealCounts, Opened, Waiting
    from revenuer.casework.appeals import Due
    from revenuer.store.casebook.appeals import Appeal

SHOWN = 11
"""Letters of a fingerprint that are printed."""
LEAST = 0.05
"""Nats from which a piece of evidence is printed: less reads as 0.0."""


def plain_appeal(one: Appeal) -> dict[str, Any]:
    """An appeal as programs read it."""
    from revenuer.app.access import shown_us

    def when(us: int) -> str | None:
        return shown_us(us) if us else None

    return {
        "id": one.appeal_id,
        "against": one.against.value,
        "target": one.target,
        "campaign": one.campaign or None,
        "action": one.action or None,
        "programme": one.programme or None,
        "rules": list(one.rules),
        "subjects": list(one.subjects),
        "stage": one.stage.value,
        "opened_by": one.opened_by,
        "opened_at": when(one.opened_us),
        "assigned_to": one.assigned_to or None,
        "answered_at": when(one.answered_us),
        "outcome": None if one.outcome is None else one.outcome.value,
        "decided_by": one.decided_by or None,
        "decided_at": when(one.decided_us),
        "version": one.version,
    }


def plain_waiting(one: Waiting) -> dict[str, Any]:
    """An appeal and what is due of it, as programs read it."""
    return plain_appeal(one.appeal) | {"due": _plain_due(one.due)}


def _plain_due(due: Due) -> dict[str, Any] | None:
    if not due.what:
        return None
    return {
        "what": due.what,
        "at": due.at.isoformat(),
        "late": due.is_late,
        "late_hours": round(due.late.total_seconds() / 3600, 3),
    }


def plain_opened(seen: Opened, *, show_ids: bool) -> dict[str, Any]:
    """An appeal with all that is known of it, as programs read it."""
    from revenuer.app.access import shown_us

    evidence = None
    if seen.evidence is not None:
        evidence = {
            "source": seen.evidence.source or None,
            "verdict": seen.evidence.verdict or None,
            "probability": seen.evidence.probability,
            "accounts": seen.evidence.accounts,
            "innocents_nearby": seen.evidence.innocents_nearby,
            "own_exchanges": seen.evidence.own_exchanges,
            "own_log_e_values": [value for _, value in seen.evidence.own],
            "pieces": list(seen.evidence.pieces),
            "explanations": [
                {"name": name, "said": said, "holds": holds}
                for name, said, holds in seen.evidence.explanations
            ],
        }
    return plain_appeal(seen.appeal) | {
        "due": _plain_due(seen.due),
        "accounts": list(seen.names) if show_ids else [],
        "may_not_hear": [{"name": one.name, "why": one.what} for one in seen.parts],
        "said": [
            {"kind": one.kind, "at": shown_us(one.at_us), "by": one.by, "text": one.text}
            for one in seen.said
        ],
        "looks": [
            {"name": one.name, "view": one.view, "at": shown_us(one.at_us), "sha256": one.sha256}
            for one in seen.looks
        ],
        "evidence": evidence,
    }


def plain_counts(counts: AppealCounts) -> dict[str, Any]:
    """How appeals went, as programs read it."""
    return {
        "schema": "revenuer/appeal-counts/1",
        "from": counts.since.isoformat(),
        "until": counts.until.isoformat(),
        "opened": counts.opened,
        "open_now": counts.open_now,
        "late_now": counts.late_now,
        "withdrawn": counts.withdrawn,
        "rates": [
            {
                "by": what,
                "name": name,
                "decided": rate.decided,
                "overturned": rate.overturned,
                "partly": rate.partly,
                "share_changed": rate.share,
            }
            for (what, name), rate in counts.rates.items()
        ],
        "hours_to_first_answer": counts.answers,
        "hours_to_decision": counts.decisions,
    }


def print_waiting(rows: Sequence[Waiting], console: Console) -> None:
    """Print appeals, two lines each."""
    lines = []
    for row in rows:
        one = row.appeal
        whose = f"with {one.assigned_to}" if one.assigned_to else "NOBODY HAS IT"
        end = f"{one.outcome.value} by {one.decided_by}" if one.outcome else one.stage.value
        lines.append(f"{one.appeal_id}  {_due_line(row.due) or end}")
        lines.append(f"    {one.action} of {one.target}; came {_day(one.opened_us)} UTC, {whose}")
    _print(lines or ["No appeal is open."], console)


def _due_line(due: Due) -> str:
    if not due.what:
        return ""
    length = duration(abs(due.late) / timedelta(hours=1))
    if due.is_late:
        return f"LATE by {length}: the {due.what} was due {moment(due.at)} UTC"
    return f"{due.what} due {moment(due.at)} UTC, in {length}"


def _day(us: int) -> str:
    from revenuer.instants import moment as moment_of

    return moment(moment_of(us))


def print_opened(seen: Opened, console: Console, *, show_ids: bool) -> None:
    """Print an appeal with all that is known of it."""
    one = seen.appeal
    who = ", ".join(map(visible, seen.names)) if show_ids else ""
    who = who or ", ".join(f"{name[:SHOWN]}…" for name in one.subjects)
    lines = [
        f"{one.appeal_id}: against {one.target}, {one.action}",
        f"  who         {who}{f', programme {one.programme}' if one.programme else ''}",
        f"  stands      {_due_line(seen.due) or one.stage.value}; version {one.version}",
        f"  with        {one.assigned_to or 'nobody'}",
    ]
    if one.outcome is not None:
        lines.append(f"  outcome     {one.outcome.value}, by {one.decided_by}")
    lines += [f"  not by      {visible(part.name)}: {part.what}" for part in seen.parts]
    if seen.reader is not None:
        lines.append(f"  you         do not hear this one: {seen.reader}")
    for said in seen.said:
        lines.append(f"  {_day(said.at_us)} UTC, {said.kind} (by {said.by}):")
        text = "(sealed)" if said.text is None else visible(said.text)
        lines += [f"    | {line}".rstrip() for line in text.splitlines()]
    if seen.evidence is not None:
        lines += _evidence(seen.evidence)
    looked = [f"{look.name} ({look.view}, {_day(look.at_us)} UTC)" for look in seen.looks]
    if looked:
        lines.append(f"  looked      {'; '.join(looked)}")
    _print(lines, console)


def _evidence(evidence: Evidence) -> list[str]:
    if not evidence.source:
        return ["  evidence    none is left: neither the scan's folder nor a case has it"]
    campaign = (
        f", {percent(evidence.probability)}, {counted(evidence.accounts, 'account')}, "
        f"{counted(evidence.innocents_nearby, 'innocent account')} nearby"
    )
    # A sign-up is no campaign: it has no accounts.
    lines = [
        f"  evidence    {evidence.verdict}{campaign if evidence.accounts else ''}; "
        f"{evidence.source}"
    ]
    for _, value in evidence.own:
        weight = "unknown" if value is None else f"{nats(value)} nats"
        lines.append(f"    their account: {weight}")
    if evidence.own_exchanges is not None:
        lines.append(f"    it rests on {counted(evidence.own_exchanges, 'exchange')} of theirs")
    speaking = [one for one in evidence.pieces if abs(one.log_e_value) >= LEAST]
    for piece in speaking:
        named = {True: "; names them", False: "; does not name them", None: ""}[piece.names_them]
        weight = nats(piece.log_e_value, signed=True)
        lines.append(f"    {weight} {piece.axis}, {piece.kind}{named}")
        lines.append(f"      {visible(piece.statement)}")
    if silent := len(evidence.pieces) - len(speaking):
        lines.append(f"    {counted(silent, 'piece')} more that weigh nothing: --json has them")
    for name, said, holds in evidence.explanations:
        lines.append(f"    {'HOLDS' if holds else 'rejected'}: {visible(name)}: {visible(said)}")
    return lines


def print_decided(done: Decided, console: Console) -> None:
    """Print what came of an appeal."""
    outcome = done.appeal.outcome
    lines = [f"{done.appeal.appeal_id}: {outcome.value if outcome else ''}"]
    if done.lifted:
        lines.append(f"  let go      {counted(len(done.lifted), 'account')}")
    if done.innocent_until is not None:
        lines.append(
            f"  innocent    until {moment(done.innocent_until)} UTC: no scan convicts them with "
            "`--known-innocent casebook`, and no decision reaches them"
        )
    lines += [f"  still held  by {name}" for name in done.held_by]
    if done.sequence is not None:
        lines.append(f"  snapshot    number {done.sequence}, for every guard within two seconds")
    _print(lines, console)


def print_counts(counts: AppealCounts, console: Console) -> None:
    """Print how appeals went."""
    from rich.table import Table

    came = counted(counts.opened, "appeal")
    _print(
        [
            f"{moment(counts.since)} to {moment(counts.until)} UTC: {came} came, "
            f"{counts.open_now:,} open, {counts.late_now:,} late, {counts.withdrawn:,} withdrawn.",
            f"First answer: {_lengths(counts.answers)}. Decision: {_lengths(counts.decisions)}.",
        ],
        console,
    )
    if not counts.rates:
        return
    table = Table("by", "name", "decided", "overturned", "partly", box=None)
    for (what, name), rate in counts.rates.items():
        table.add_row(what, name, str(rate.decided), str(rate.overturned), str(rate.partly))
    console.print(table)


def _lengths(found: Any) -> str:
    if found.median is None:
        return "none yet"
    return f"median {duration(found.median)}, nine in ten within {duration(found.ninety)}"


def _print(lines: Iterable[str], console: Console) -> None:
    from rich.text import Text

    for line in lines:
        console.print(Text(line), soft_wrap=True)

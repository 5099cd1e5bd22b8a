"""What happened to a case, and what is new about it, as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from revenuer.app.casebook.comparing import CaseChange
from revenuer.app.casebook.timeline import Clock, Line
from revenuer.cli.show.case_page import plain_act
from revenuer.cli.show.cases import at_minute, iso, say_line, short
from revenuer.reports.wording import counted, visible

MOST_NAMED = 20
"""Accounts that are printed; --json has all."""


def plain_line(line: Line) -> dict[str, Any]:
    """Something that happened, as JSON has it."""
    return {
        "at": iso(line.at_us),
        "clock": line.clock,
        "kind": line.kind,
        "by": line.by or None,
        "said": line.said,
        "about": dict(line.about),
    }


def print_timeline(lines: Sequence[Line], console: Console) -> None:
    """Print what happened, a line each."""
    for line in lines:
        clock = "log " if line.clock is Clock.LOG else "wall"
        said = f": {visible(line.said)}" if line.said else ""
        by = f" by {visible(line.by)}" if line.by else ""
        say_line(console, f"{at_minute(line.at_us):<19} {clock}  {line.kind}{by}{said}")


def plain_change(found: CaseChange) -> dict[str, Any]:
    """What is new about a case, as JSON has it."""
    return {
        "case": found.row.case_id,
        "version": found.row.version,
        "since": iso(found.since_us),
        "verdict_before": found.verdict_before,
        "verdict": found.verdict,
        "joined": list(found.joined),
        "left": list(found.left),
        "exchanges_more": found.exchanges_more,
        "output_tokens_more": found.output_tokens_more,
        "evidence_new": list(found.families_new),
        "evidence_gone": list(found.families_gone),
        "statements_new": list(found.statements_new),
        "acts": [plain_act(one) for one in found.acts],
    }


def print_change(found: CaseChange, console: Console) -> None:
    """Print what is new about a case."""
    say_line(console, f"{short(found.row.case_id)} since {at_minute(found.since_us)} UTC:")
    lines = []
    if found.verdict is not found.verdict_before:
        lines.append(f"{found.verdict_before}, now {found.verdict}")
    for names, word in ((found.joined, "joined"), (found.left, "left")):
        if names:
            shown = ", ".join(visible(name)[:40] for name in names[:MOST_NAMED])
            more = ", …" if len(names) > MOST_NAMED else ""
            lines.append(f"{counted(len(names), 'account')} {word}: {shown}{more}")
    if found.exchanges_more or found.output_tokens_more:
        lines.append(
            f"{found.exchanges_more:+,} exchanges, {found.output_tokens_more:+,} output tokens"
        )
    lines += [f"evidence that is new: {visible(one)}" for one in found.statements_new]
    if found.families_gone:
        lines.append(f"evidence that is gone: {', '.join(found.families_gone)}")
    lines += [f"{visible(one.by)}: {one.kind}" for one in found.acts]
    for line in lines or ["nothing"]:
        say_line(console, f"  {line}")

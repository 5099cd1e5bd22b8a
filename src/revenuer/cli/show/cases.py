"""Cases, as text and as JSON; accounts by their subjects unless somebody asked for their ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from revenuer import instants
from revenuer.instants import moment as moment_of_us
from revenuer.records import Verdict
from revenuer.reports.terminal import COLOURS
from revenuer.reports.wording import amount, counted, day, moment, percent, visible

if TYPE_CHECKING:
    from revenuer.app.casebook.add import Added
    from revenuer.app.casebook.decisions import Synced
    from revenuer.store.casebook.cases import CaseRow

SHORT = 8
"""Letters of a case's id that are printed in tables; commands take them."""


def iso(us: int) -> str:
    """A time as JSON has it; empty for never."""
    return instants.iso(us) if us else ""


def short(case: str) -> str:
    """A case's id, to speak about it."""
    return case.removeprefix("case--")[:SHORT]


def plain_added(one: Added) -> dict[str, Any]:
    """What came of a folder, as JSON has it."""
    return {
        "folder": str(one.folder),
        "sighting": one.sighting,
        "new": one.is_new,
        "campaigns": one.campaigns,
        "opened": list(one.opened),
        "grown": list(one.grown),
        "merged": dict(one.merged or {}),
        "reopened": [
            {"case": back.case, "why": back.kind, "decided_by": back.decided_by}
            for back in one.reopened
        ],
    }


def print_added(done: Sequence[Added], console: Console) -> None:
    """Print what came of folders, a few lines each."""
    for one in done:
        if not one.is_new:
            say_line(console, f"{one.folder}: was added before; nothing changed.")
            continue
        say_line(
            console,
            f"{one.folder}: {counted(one.campaigns, 'campaign')}; "
            f"{counted(len(one.opened), 'case')} opened, {len(one.grown)} seen again.",
        )
        for gone, into in (one.merged or {}).items():
            say_line(
                console, f"  {short(gone)} turned out to be {short(into)}, which has its history"
            )
        for back in one.reopened:
            say_line(
                console,
                f"  {short(back.case)} came back ({back.kind}); {back.decided_by} had decided it",
            )


def plain_row(row: CaseRow) -> dict[str, Any]:
    """A case in short, as JSON has it."""
    return {
        "case": row.case_id,
        "state": row.state,
        "version": row.version,
        "assigned_to": row.assigned_to or None,
        "verdict": row.verdict,
        "probability": row.probability,
        "accounts": row.accounts,
        "exchanges": row.exchanges,
        "output_tokens": row.output_tokens,
        "output_tokens_a_day": row.tokens_a_day,
        "growth_a_week": row.growth,
        "methods": row.methods.split(),
        "first_seen": iso(row.first_seen_us),
        "last_seen": iso(row.last_seen_us),
        "seen": iso(row.seen_us),
        "opened": iso(row.opened_us),
        "since": iso(row.since_us),
    }


def print_rows(rows: Sequence[CaseRow], console: Console) -> None:
    """Print cases, a line each."""
    if not rows:
        say_line(
            console, "There are no such cases. `revenuer casebook add DIR` adds a scan's folder."
        )
        return
    names = ("case", "state", "verdict", "prob.", "accounts", "tokens a day", "seen", "whose")
    table = Table(*names, box=None, pad_edge=False)
    for row in rows:
        table.add_row(
            short(row.case_id),
            row.state,
            Text(row.verdict, style=COLOURS[Verdict(row.verdict)]),
            percent(row.probability),
            f"{row.accounts:,}",
            amount(row.tokens_a_day),
            day(moment_of_us(row.seen_us)),
            visible(row.assigned_to) or "-",
        )
    console.print(table)


def at_minute(us: int) -> str:
    """A time to the minute."""
    return moment(moment_of_us(us))


def say_line(console: Console, line: str) -> None:
    """Print a line, however long."""
    console.print(Text(line), soft_wrap=True)


def say_lines(console: Console, lines: Iterable[str]) -> None:
    """Print lines."""
    for line in lines:
        say_line(console, line)


def print_synced(done: Synced, console: Console) -> None:
    """Print what became of cases since decisions were made."""
    for case in done.actioned:
        say_line(console, f"{short(case)} is actioned")
    for case in done.undone:
        say_line(console, f"{short(case)} came back: what was done was taken back")
    for snapshot in done.anchored:
        say_line(console, f"{snapshot}: how far its decisions had got is written down")
    if not (done.actioned or done.undone or done.anchored):
        say_line(console, "Nothing was decided since.")

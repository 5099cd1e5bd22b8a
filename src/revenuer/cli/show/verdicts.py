"""Snapshots of verdicts, as text."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from revenuer.app.verdicts import Published, Shown
from revenuer.reports.wording import counted

MOST_EVIDENCE = 20


def print_published(done: Published, console: Console) -> None:
    """Print what was published, and which files the guard's host needs."""
    lines = [
        f"{done.file}  number {done.sequence}: {counted(done.accounts, 'account')} of "
        f"{counted(done.campaigns, 'campaign')}, until {done.expires_at:%Y-%m-%d %H:%M} UTC",
        *_actions(done.by_action),
    ]
    if done.organizations:
        whole = counted(done.organizations, "organization")
        lines.append(f"{whole} listed too, all of whose accounts are.")
    if done.decisions:
        kept = f"{counted(done.decisions, 'decision')} of `enforce` in force, and kept"
        more = f"; {counted(done.joined, 'account')} joined their campaigns" if done.joined else ""
        lines.append(f"{kept}{more}.")
    if done.permitted:
        lines.append(f"{counted(done.permitted, 'account')} left out: they hold a permit.")
    if done.cleared:
        lines.append(f"{counted(done.cleared, 'account')} left out: cleared in another campaign.")
    lines.append(f"The guard needs beside it: {', '.join(path.name for path in done.beside)}.")
    _print(lines, console)


def print_shown(shown: Shown, console: Console) -> None:
    """Print what is in a snapshot."""
    lines = [
        f"{shown.file}  number {shown.sequence}, signed by {shown.signing_key}, "
        f"made {shown.made_at:%Y-%m-%d %H:%M:%S} UTC, {_age(shown.age_s)} ago",
        f"{counted(shown.verdicts, 'verdict')} in {shown.bytes:,} bytes, "
        f"{shown.expired:,} of them over",
        *_actions(shown.by_action),
    ]
    evidence = list(shown.by_evidence.items())
    lines += [f"  {count:>9,}  {name}" for name, count in evidence[:MOST_EVIDENCE]]
    if len(evidence) > MOST_EVIDENCE:
        lines.append(f"  and {len(evidence) - MOST_EVIDENCE:,} more; --json has all")
    _print(lines, console)


def _actions(by_action: Mapping[str, int]) -> list[str]:
    return [f"  {count:>9,}  {action}" for action, count in by_action.items()]


def _age(seconds: float) -> str:
    for size, name in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            return counted(int(seconds // size), name)
    return counted(int(seconds), "second")


def _print(lines: list[str], console: Console) -> None:
    for line in lines:
        console.print(Text(line), soft_wrap=True)

"""Audit logs, as text."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from revenuer.app.audit import Audited
from revenuer.casework.chain import Entry
from revenuer.errors import AuditError
from revenuer.reports.wording import counted, visible

LISTS = ("members", "tagged")
"""Long lists, of which only the length is printed."""


def print_audited(found: Audited, console: Console) -> None:
    """Print what was found in a log."""
    lines = [f"{found.file}  {counted(found.entries, 'entry', 'entries')}"]
    lines += [
        f"  {f'line {flaw.line}' if flaw.line else 'the log'}: {flaw.text}" for flaw in found.flaws
    ]
    if found.witness:
        lines.append(f"as it was written; the newest entry is of {found.last_at}")
        lines.append(f"witness {found.witness}")
    for line in lines:
        console.print(Text(line), soft_wrap=True)


def refuse_flaws(found: Audited) -> None:
    """Fail where something is wrong.

    Raises:
        AuditError: It is.
    """
    if found.flaws:
        raise AuditError(
            f"The audit log {found.file} is not as it was written: "
            f"{counted(len(found.flaws), 'flaw')}.",
            "A line that is not whole at the very end may be a crash: the next step cuts it off "
            "and says so. Nothing else comes about by itself.",
        )


def print_entries(entries: Iterable[Entry], console: Console) -> None:
    """Print steps, a line each."""
    for entry in entries:
        parts = []
        for name, value in entry.body.items():
            if name in LISTS:
                value = len(value)
            elif isinstance(value, list):
                value = ", ".join(map(str, value))
            if value not in ("", None):
                parts.append(f"{name}={value}")
        text = f"{entry.number:>6}  {entry.at[:19]}  {entry.kind:<11} {'  '.join(parts)}"
        console.print(Text(visible(text)), soft_wrap=True)

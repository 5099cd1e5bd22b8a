"""Assessments as tables for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from revenuer.access.answers import Answer
from revenuer.access.catalogue import BY_CODE

if TYPE_CHECKING:
    from revenuer.app.admission.batch import Assessed
    from revenuer.app.admission.rechecked import Rechecked
    from revenuer.app.admission.showing import Held

MOST_REASONS = 12


def print_assessed(done: Assessed, console: Console) -> None:
    """Print what came of a batch: how many got which answer, and why."""
    answers = Table("Answer", "Applications", "Share", title="Assessed applications")
    for answer in Answer:
        count = done.answers[answer.value]
        answers.add_row(answer.value, f"{count:,}", f"{count / max(done.applications, 1):.1%}")
    console.print(answers)
    if done.checks:
        asked = ", ".join(f"{name} {count:,}" for name, count in done.checks.most_common())
        console.print(f"Asked for: {asked}")
    told = [(code, count) for code, count in done.reasons.most_common() if code in BY_CODE]
    if told:
        reasons = Table("Reason", "Applications", "What it is")
        for code, count in told[:MOST_REASONS]:
            reasons.add_row(code, f"{count:,}", BY_CODE[code].title)
        console.print(reasons)


def print_held(waiting: Sequence[Held], console: Console) -> None:
    """Print the queue of applications that wait for a person."""
    if not waiting:
        console.print("Nobody waits for a person.")
        return
    table = Table("Application", "Since", "Look by", "Nats", "Why")
    for each in waiting:
        until = f"{each.until:%Y-%m-%d %H:%M}" if each.until else ""
        table.add_row(
            each.application_id,
            f"{each.since:%Y-%m-%d %H:%M}",
            until,
            f"{each.log_evidence:.1f}",
            " ".join(each.reasons[:2]),
        )
    console.print(table)


def print_application(told: Mapping[str, Any], console: Console) -> None:
    """Print how one application stands."""
    asked = f", asks for {', '.join(told['checks'])}" if told["checks"] else ""
    console.print(
        f"{told['application_id']}: {told['answer']}{asked} "
        f"({told['log_evidence']:.1f} nats, judged {told['at']})"
    )
    for check, question in told["questions"].items():
        console.print(f"  {check} would tell: {question}")
    for reason in told["reasons"]:
        console.print(f"  {reason['code']}: {reason['analyst']}")
        console.print(f"    to the applicant: {reason['applicant']}")
    for each in told.get("outcomes", ()):
        console.print(f"  check {each['check']}: {each['result']} at {each['at']}")
    if programme := told.get("programme"):
        console.print(
            f"  programme {programme['programme']}: {programme['state']}, confirmed by "
            f"{', '.join(programme['asks'])}; until {programme['expires_at'] or 'it is confirmed'}"
        )
    if told.get("decided"):
        console.print(f"  decided by {told['decided_by']}: {told['decided']}. {told['note'] or ''}")


def print_statement(told: Mapping[str, Any], console: Console) -> None:
    """Print what the applicant may be told."""
    asked = f"; please confirm: {', '.join(told['checks'])}" if told["checks"] else ""
    console.print(f"{told['application_id']}: {told['answer']}{asked}")
    for reason in told["reasons"]:
        console.print(f"  {reason}")


def print_rechecked(done: Rechecked, console: Console) -> None:
    """Print what came of a recheck."""
    console.print(
        f"{done.accounts:,} accounts new to the history, {done.convicted:,} convicted, "
        f"{done.acquitted:,} acquitted; {done.judged:,} applications judged again."
    )
    if done.changed:
        table = Table("Application", "Was", "Is", "Why", title="Answers that changed")
        for each in done.changed:
            table.add_row(each.application_id, each.before, each.answer, " ".join(each.reasons[:2]))
        console.print(table)
    if done.due:
        table = Table("Application", "Programme", "State", "Confirmed by", "Why now")
        for due in done.due:
            table.add_row(
                due.application_id,
                due.programme,
                due.state,
                ", ".join(due.asks),
                "; ".join(due.misfits) or "its time",
            )
        console.print(table)

"""Assessments as tables for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from revenuer.access.answers import Answer
from revenuer.access.catalogue import BY_CODE

if TYPE_CHECKING:
    from revenuer.app.admission.batch import Assessed

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

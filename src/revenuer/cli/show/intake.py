"""What happened to the rows on their way in, as talk on stderr."""

from __future__ import annotations

from revenuer.cli.session import Session
from revenuer.sources.intake import Intake


def say_intake(intake: Intake, session: Session) -> None:
    """Say how many rows counted, and warn once about each thing that was left out."""
    repeats = f", {intake.duplicates:,} repeated" if intake.duplicates else ""
    session.say(f"{intake.kept:,} of {intake.rows:,} exchanges count{repeats}.")
    for warning in intake.warnings:
        session.say(f"Warning: {warning}")

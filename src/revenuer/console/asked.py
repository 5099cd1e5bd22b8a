"""What a form says, as what it should be; whatever it is not is refused with its name."""

from __future__ import annotations

from datetime import UTC, datetime

from revenuer.console.page import Asked
from revenuer.errors import ConfigError, NotAllowedError

LONGEST_WORDS = 20_000
"""Letters of what somebody writes into a form. placeholder"""


def words_in(form: Asked, name: str, label: str) -> str:
    """What somebody wrote, which must be something.

    Raises:
        ConfigError: It is nothing, or too long.
    """
    said = text_in(form, name)
    if not said:
        raise ConfigError(f"{label} is empty.", "Say it, and send the form again.")
    return said


def text_in(form: Asked, name: str) -> str:
    """What somebody wrote, in the line endings of this side; it may be nothing.

    Raises:
        ConfigError: It is too long.
    """
    said = form.get(name, "").replace("\r\n", "\n").strip()
    if len(said) > LONGEST_WORDS:
        raise ConfigError(f"{name} is too long.", f"{LONGEST_WORDS:,} letters are the most.")
    return said


def number_in(form: Asked, name: str, label: str) -> int | None:
    """A whole number from 1; None where the field was left empty.

    Raises:
        ConfigError: It is something else.
    """
    said = form.get(name, "").strip().replace(",", "").replace("_", "")
    if not said:
        return None
    if not (said.isascii() and said.isdecimal()) or len(said) > 15 or not int(said):
        raise ConfigError(f"{label} is no whole number from 1.", "Leave it empty for no bound.")
    return int(said)


def day_in(form: Asked, name: str, label: str) -> datetime | None:
    """The begin of a day, UTC; None where the field was left empty.

    Raises:
        ConfigError: It is no day.
    """
    said = form.get(name, "").strip()
    if not said:
        return None
    try:
        return datetime.strptime(said, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise ConfigError(f"{label} is no day.", "Write it as 2026-11-22.") from None


def hours_in(form: Asked, name: str, most: float) -> float:
    """A length of time, hours.

    Raises:
        ConfigError: It is none, or not bounded as it should be.
    """
    try:
        hours = float(form.get(name, ""))
    except ValueError:
        hours = 0.0
    if not 0 < hours <= most:
        raise ConfigError(
            "How long it lasts is not said.", f"Anything up to {most:g} hours; it can be renewed."
        )
    return hours


def version_in(form: Asked) -> int:
    """The version that was looked at, which every form of something that changes carries.

    Raises:
        NotAllowedError: It is missing.
    """
    said = form.get("version", "")
    if not (said.isascii() and said.isdecimal()) or len(said) > 9:
        raise NotAllowedError("The form is not whole.", "Load the page anew, and do it again.")
    return int(said)

"""What stream of sign-ups to build."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from revenuer.errors import ConfigError
from revenuer.worlds.rhythm import DAY_US, microseconds

OPERATOR_IDS = (*(f"S{number}" for number in range(1, 13)), "academic-mill", "tag-farm",
                "returning-pool", "slow-drip", "adaptive")  # fmt: skip
"""Who signs up in bulk: the campaigns of a usage world, and ways of registering beside them."""

HONEST_IDS = (
    "ordinary", "student-class", "student", "office", "enterprise", "startup", "researcher",
    "maintainer", "traveller", "private", "onion", "family", "second-account", "carrier",
    "used-device", "recycled-number", "hackathon", "public-computer", "school-laptops", "agency",
    "proxied-home", "colleagues", "regional-mail", "returner",
)  # fmt: skip
"""Honest cohorts; `ordinary` is what the others leave."""

MONTH_DAYS = 28
"""Sign-ups are made this many days at a time."""


@dataclass(frozen=True)
class SignupSpec:
    """A stream of sign-ups to build; equal specs give equal bytes.

    Every operator and honest cohort has a least number of applications, so a small stream has
    more than `applications`.

    Attributes:
        applications: In the stream, about.
        days: Length of the stream.
        history_days: Before the stream; who signed up then has an account by now.
        history: Sign-ups of that time for each one of the stream, by length. 1 is the same pace.
        fraudulent_share: Of the applications, [0, 1); 0 is a stream without.
        operators: Of `OPERATOR_IDS`.
        honest: Of `HONEST_IDS`; `ordinary` fills up whatever is chosen.
        start: First midnight of the stream, UTC.
        seed: Everything that is drawn follows from it.
    """

    applications: int = 20_000
    days: int = 84
    history_days: int = 84
    history: float = 0.5
    fraudulent_share: float = 0.05
    operators: tuple[str, ...] = OPERATOR_IDS
    honest: tuple[str, ...] = HONEST_IDS
    start: datetime = datetime(2026, 6, 1, tzinfo=UTC)
    seed: int = 0

    def __post_init__(self) -> None:
        problems = [f"unknown operator {n!r}" for n in self.operators if n not in OPERATOR_IDS]
        problems += [f"unknown cohort {n!r}" for n in self.honest if n not in HONEST_IDS]
        if self.applications < 100 or self.days < MONTH_DAYS or self.history_days < MONTH_DAYS:
            problems.append(
                f"a stream needs at least 100 applications, {MONTH_DAYS} days and {MONTH_DAYS} "
                "days of history"
            )
        if not 0 <= self.fraudulent_share < 1:
            problems.append(f"fraudulent_share must be in [0, 1), got {self.fraudulent_share}")
        if not 0 < self.history <= 10:
            problems.append(f"history must be in (0, 10], got {self.history}")
        if self.start.tzinfo is None:
            problems.append("start needs a time zone")
        if problems:
            known = ", ".join(OPERATOR_IDS + HONEST_IDS)
            raise ConfigError("; ".join(problems), f"Known operators and cohorts: {known}.")

    @property
    def start_us(self) -> int:
        """Midnight UTC of the first day, microseconds since 1970."""
        return microseconds(self.start) // DAY_US * DAY_US

    @property
    def end_us(self) -> int:
        """End of the stream, microseconds since 1970."""
        return self.start_us + self.days * DAY_US

    @property
    def first_us(self) -> int:
        """Begin of the history, microseconds since 1970."""
        return self.start_us - self.history_days * DAY_US

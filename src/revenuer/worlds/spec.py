"""What world to build."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from revenuer.errors import ConfigError
from revenuer.worlds.rhythm import DAY_US, microseconds

SCENARIO_IDS = tuple(f"S{number}" for number in range(1, 13))
INNOCENT_IDS = (*(f"N{number}" for number in range(1, 12)), "classroom", "sweep", "permitted",
                "office", "agency")  # fmt: skip

REACTIONS = ("none", "retreat", "adaptation", "failover", "return")
"""What a campaign may do after it was enforced against."""


@dataclass(frozen=True)
class WorldSpec:
    """A world to build; equal specs give equal bytes.

    Every cohort has a least number of accounts, so a world of fewer than a few hundred grows
    beyond `accounts`: choose fewer cohorts for a small one.

    Attributes:
        scenarios: Campaigns to hide in it, of `SCENARIO_IDS`; each appears once.
        innocents: Look-alikes to put beside them, of `INNOCENT_IDS`.
        accounts: Accounts in all, about.
        exchanges: Exchanges in all, about.
        days: Length of the window.
        start: First midnight of the window, UTC.
        seed: Everything that is drawn follows from it.
        text: False leaves prompts and answers out.
        guilty_share: Share of the accounts that campaigns run, [0, 1); 0 is a world without.
        reactions: Campaigns that are enforced against and what they do then, pairs of
            `SCENARIO_IDS` and `REACTIONS`; no campaign is enforced against otherwise.
        enforced_day: When that is, days after `start`.
    """

    scenarios: tuple[str, ...] = SCENARIO_IDS
    innocents: tuple[str, ...] = INNOCENT_IDS
    accounts: int = 3000
    exchanges: int = 200_000
    days: int = 21
    start: datetime = datetime(2026, 6, 1, tzinfo=UTC)
    seed: int = 0
    text: bool = True
    guilty_share: float = 0.10
    reactions: tuple[tuple[str, str], ...] = ()
    enforced_day: float = 6.5

    def __post_init__(self) -> None:
        problems = [
            f"unknown scenario {name!r}" for name in self.scenarios if name not in SCENARIO_IDS
        ]
        problems += [
            f"unknown look-alike {name!r}" for name in self.innocents if name not in INNOCENT_IDS
        ]
        problems += [
            f"unknown reaction {scenario}={kind}"
            for scenario, kind in self.reactions
            if scenario not in self.scenarios or kind not in REACTIONS
        ]
        if self.reactions and not 1 <= self.enforced_day < self.days:
            problems.append("enforced_day must lie a day or more into the window")
        if self.accounts < 50 or self.exchanges < 1 or self.days < 2:
            problems.append("a world needs at least 50 accounts, 1 exchange and 2 days")
        if not 0 <= self.guilty_share < 1:
            problems.append(f"guilty_share must be in [0, 1), got {self.guilty_share}")
        if self.start.tzinfo is None:
            problems.append("start needs a time zone")
        if problems:
            known = ", ".join(SCENARIO_IDS + INNOCENT_IDS)
            hint = f"Known scenarios and look-alikes: {known}."
            if self.reactions:
                hint += f" Known reactions: {', '.join(REACTIONS)}."
            raise ConfigError("; ".join(problems), hint)

    @property
    def start_us(self) -> int:
        """Midnight UTC of the first day, microseconds since 1970."""
        return microseconds(self.start) // DAY_US * DAY_US

    @property
    def end_us(self) -> int:
        """End of the window, microseconds since 1970."""
        return self.start_us + self.days * DAY_US

"""The bounds of a setting, said with its type: `Annotated[float, Between(0, 1)]`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Between:
    """The range a number must lie in, both ends excluded."""

    low: float
    high: float

    def __str__(self) -> str:
        """Say the range, to follow "must be"."""
        return f"between {self.low:g} and {self.high:g}, both excluded"

    def holds(self, value: float) -> bool:
        """Say whether the number is inside."""
        return self.low < value < self.high


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The least that a number may be."""

    least: float

    def __str__(self) -> str:
        """Say the range, to follow "must be"."""
        return f"{self.least:g} or more"

    def holds(self, value: float) -> bool:
        """Say whether the number is large enough."""
        return value >= self.least


@dataclass(frozen=True, slots=True)
class Within:
    """The range a number must lie in, both ends included."""

    low: float
    high: float

    def __str__(self) -> str:
        """Say the range, to follow "must be"."""
        return f"from {self.low:g} to {self.high:g}"

    def holds(self, value: float) -> bool:
        """Say whether the number is inside."""
        return self.low <= value <= self.high

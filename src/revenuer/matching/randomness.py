"""Where randomness comes from: it is passed, and in earnest it is the operating system's."""

from __future__ import annotations

from typing import Any, Protocol


class Randomness(Protocol):
    """What `random.SystemRandom` has, and a seeded generator in tests."""

    def randbytes(self, n: int) -> bytes:
        """So many random bytes."""
        ...

    def randrange(self, start: int, stop: int | None = None) -> int:
        """A whole number below the only bound, or from the first to below the second."""
        ...

    def shuffle(self, x: Any) -> None:
        """Bring a list into random order."""
        ...

"""How long work tells a face how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

Advance = Callable[[int], None]


class Progress(Protocol):
    """What a face offers: a named stage, and a callable that moves it forward."""

    def stage(self, name: str, total: int | None) -> AbstractContextManager[Advance]:
        """Show a stage while it lasts; `total` is None where it is not known."""
        ...


class Silent:
    """Progress that nobody watches."""

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Advance]:
        """Show nothing."""
        yield lambda done: None

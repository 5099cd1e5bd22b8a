"""Progress on stderr: a bar where a person watches, one line a stage where none does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)


class TerminalProgress:
    """Shows the stages of a long command, one after the other.

    Args:
        console: The console on stderr.
    """

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
        """Show one stage while the block runs.

        Args:
            name: What is being done, such as `Reading exchanges`.
            total: How many steps it takes, where that is known.

        Yields:
            A function that moves the bar on by a number of steps.
        """
        if self._console.is_terminal and not self._console.quiet:
            with self._bar(name, total) as advance:
                yield advance
        else:
            with self._line(name) as advance:
                yield advance

    @contextmanager
    def _bar(self, name: str, total: int | None) -> Iterator[Callable[[int], None]]:
        columns = [SpinnerColumn(), TextColumn("{task.description}"), BarColumn()]
        count = [MofNCompleteColumn()] if total is not None else []
        with Progress(*columns, *count, TimeElapsedColumn(), console=self._console) as bar:
            task = bar.add_task(name, total=total)
            yield lambda steps: bar.advance(task, steps)
            # A stage whose size was unknown ends with a full bar, not a pulsing one.
            bar.update(task, total=total or 1, completed=total or 1)

    @contextmanager
    def _line(self, name: str) -> Iterator[Callable[[int], None]]:
        done = 0

        def advance(steps: int) -> None:
            nonlocal done
            done += steps

        started = time.monotonic()
        yield advance
        steps = f", {done:,}" if done > 1 else ""
        self._console.print(f"{name}{steps} ({time.monotonic() - started:.1f} s)")

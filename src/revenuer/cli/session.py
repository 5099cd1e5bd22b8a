"""What every command is handed: where to print, how to show progress, what to keep."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.console import Console

    from revenuer.cli.progress import TerminalProgress


@dataclass(slots=True)
class Session:
    """One run of the command line.

    Attributes:
        debug: Show tracebacks.
        quiet: No progress and no talk, results only.
        out: The folder the command writes, once it is known.
        started: When the run began, seconds since the epoch.
    """

    debug: bool = False
    quiet: bool = False
    out: Path | None = None
    started: float = field(default_factory=time.time)

    def stdout(self) -> Console:
        """Return the console for results; 100 columns where nobody watches."""
        from rich.console import Console

        watched = sys.stdout.isatty()
        return Console(file=sys.stdout, highlight=False, width=None if watched else 100)

    def stderr(self) -> Console:
        """Return the console for talk."""
        from rich.console import Console

        return Console(file=sys.stderr, highlight=False, quiet=self.quiet)

    def progress(self) -> TerminalProgress:
        """Return what shows progress on stderr."""
        from revenuer.cli.progress import TerminalProgress

        return TerminalProgress(self.stderr())

    def say(self, text: str) -> None:
        """Tell the person something that is no result."""
        if not self.quiet:
            click.echo(text, err=True)

    def kept(self) -> str:
        """Say which files of this run are there after it broke off."""
        if self.out is None or not self.out.is_dir():
            return "Nothing was written."
        # Whole seconds, since some file systems keep no finer times.
        since = int(self.started)
        files = (path for path in self.out.rglob("*") if path.is_file())
        names = sorted(
            str(path.relative_to(self.out)) for path in files if path.stat().st_mtime >= since
        )
        if not names:
            return f"{self.out} is as it was before."
        more = f" and {len(names) - 5} more" if len(names) > 5 else ""
        return f"{self.out} keeps {', '.join(names[:5])}{more}."


pass_session = click.make_pass_decorator(Session, ensure=True)

"""`revenuer lab`: distil one's own models, and see what came of it.

Each command is a file `lab_<command>.py` beside this one; add its name to `COMMANDS`.
"""

from __future__ import annotations

import click

from revenuer.cli.group import CommandFiles

COMMANDS: tuple[str, ...] = ("distil", "check", "show")
"""In the order of the help: first what most people need."""


@click.group("lab", cls=CommandFiles, files=COMMANDS, prefix="lab_")
def command() -> None:
    """Distil one's own models, with the consent and the data card that this asks for."""

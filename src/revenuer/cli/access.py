"""`revenuer access`: who may have an account, and why.

Each command is a file `access_<command>.py` beside this one; add its name to `COMMANDS`.
"""

from __future__ import annotations

import click

from revenuer.cli.group import CommandFiles

COMMANDS: tuple[str, ...] = (
    "assess",
    "show",
    "outcome",
    "decide",
    "recheck",
    "simulate",
)
"""In the order of the help: first what most people need."""


@click.group("access", cls=CommandFiles, files=COMMANDS, prefix="access_")
def command() -> None:
    """Judge applications for accounts, with reasons that can be shown to the applicant."""

"""`revenuer permit`: use that a customer declared, and that was agreed to.

Each command is a file `permit_<command>.py` beside this one; add its name to `COMMANDS`.
"""

from __future__ import annotations

import click

from revenuer.cli.group import CommandFiles

COMMANDS: tuple[str, ...] = (
    "list",
    "show",
    "request",
    "grant",
    "refuse",
    "extend",
    "revoke",
    "check",
)
"""In the order of the help: first what most people need."""


@click.group("permit", cls=CommandFiles, files=COMMANDS, prefix="permit_")
def command() -> None:
    """Keep permits for declared use: distillation, evaluation, synthetic data, red teams.

    A permit is no bypass: what is used is counted against it, and one that is outgrown says so.
    """

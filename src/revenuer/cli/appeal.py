"""`revenuer appeal`: whoever is hit by a decision can have it looked at by somebody else.

Each command is a file `appeal_<command>.py` beside this one; add its name to `COMMANDS`.
"""

from __future__ import annotations

import click

from revenuer.cli.group import CommandFiles

COMMANDS: tuple[str, ...] = (
    "list",
    "open",
    "assign",
    "show",
    "receive",
    "answer",
    "decide",
    "withdraw",
    "remind",
    "counts",
)
"""In the order of the help: first what most people need."""


@click.group("appeal", cls=CommandFiles, files=COMMANDS, prefix="appeal_")
def command() -> None:
    """Hear appeals: against decisions of `enforce`, and permits refused or taken back.

    An appeal reaches a person who had no part in the decision, has a clock, and closes only when
    a person who has looked decides it.
    """

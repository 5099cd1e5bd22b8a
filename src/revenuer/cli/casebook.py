"""`revenuer casebook`: who decided what about which campaign, and how it is undone.

Each command is a file `casebook_<command>.py` beside this one; add its name to `COMMANDS`.
"""

from __future__ import annotations

import click

from revenuer.cli.group import CommandFiles

COMMANDS: tuple[str, ...] = (
    "add",
    "queue",
    "list",
    "show",
    "timeline",
    "diff",
    "assign",
    "note",
    "dismiss",
    "reopen",
    "close",
    "subject",
    "texts",
    "unmask",
    "innocents",
    "account",
    "sync",
    "hold",
    "release",
    "holds",
    "erase",
    "erasures",
    "retain",
    "places",
    "person",
    "token",
)
"""In the order of the help: first what most people need."""


@click.group("casebook", cls=CommandFiles, files=COMMANDS, prefix="casebook_")
def command() -> None:
    """Keep cases: what was seen, who decided what, and how it is undone."""

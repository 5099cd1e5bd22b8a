"""`revenuer provenance`: evidence that a model was distilled from yours.

Each command is a file `provenance_<command>.py` beside this one; add its name to `COMMANDS`.
"""

from __future__ import annotations

import click

from revenuer.cli.group import CommandFiles

COMMANDS: tuple[str, ...] = (
    "commit",
    "list",
    "key",
    "canaries",
    "ask",
    "test",
    "null",
    "attribute",
    "compare",
)
"""In the order of the help: as they follow one another."""


@click.group("provenance", cls=CommandFiles, files=COMMANDS, prefix="provenance_")
def command() -> None:
    """Look for evidence that a model was distilled from yours.

    What is tested, by which secret and at which threshold is committed in an audit log before
    anything is served; whoever chooses afterwards can accuse anybody. A test gives evidence, never
    proof.
    """

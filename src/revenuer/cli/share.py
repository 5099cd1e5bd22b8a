"""`revenuer share`: what other operators may know of a campaign, and what they tell of theirs.

Each command is a file `share_<command>.py` beside this one; add its name to `COMMANDS`.
"""

from __future__ import annotations

import click

from revenuer.cli.group import CommandFiles

COMMANDS: tuple[str, ...] = (
    "export",
    "revoke",
    "feed",
    "rules",
    "abuse",
    "report",
    "verify",
    "reply",
    "push",
    "pull",
    "import",
    "inbox",
    "accept",
    "reject",
    "match",
    "serve",
    "collection",
    "token",
)
"""In the order of the help: first what most people need."""


@click.group("share", cls=CommandFiles, files=COMMANDS, prefix="share_")
def command() -> None:
    """Share campaigns with other operators, and take in what they share.

    What leaves is shown to a person first. No prompt, no answer and no account id is in it.
    """

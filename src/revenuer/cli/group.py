"""`revenuer` itself; a command's file is loaded when that command is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from revenuer import __version__
from revenuer.cli.session import Session

COMMANDS = (
    "scan",
    "watch",
    "demo",
    "doctor",
    "inspect",
    "convert",
    "sketch",
    "explain",
    "pivot",
    "diff",
    "simulate",
    "baseline",
    "verdicts",
    "enforce",
    "share",
    "access",
    "casebook",
    "serve",
    "console",
    "permit",
    "appeal",
    "audit",
    "transparency",
    "compliance",
    "provenance",
    "policy",
    "gateway",
    "lab",
    "detectors",
    "countermeasures",
    "config",
)
"""In the order of the help: first what most people need."""


class CommandFiles(click.Group):
    """A group whose commands are files of this folder, each loaded when it is asked for.

    Args:
        files: Names of the commands, in the order of the help.
        prefix: Before a command's name in the name of its file, such as `share_`.
    """

    def __init__(self, *args: Any, files: Sequence[str] = (), prefix: str = "", **more: Any):
        super().__init__(*args, **more)
        self.files = tuple(files)
        self.prefix = prefix

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order of the help."""
        return list(self.files)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the file of a command."""
        if cmd_name not in self.files:
            return None
        file = f"revenuer.cli.{self.prefix}{cmd_name}"
        command: click.Command = import_module(file).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, and name the nearest where there is none."""
        if args and args[0] not in self.files and not args[0].startswith("-"):
            ctx.fail(f"No such command {args[0]!r}; {_nearest(args[0], self.files)}")
        return super().resolve_command(ctx, args)


def _nearest(name: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}."


@click.group(
    cls=CommandFiles,
    files=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="revenuer")
@click.option("--debug", is_flag=True, help="Show the traceback where a command fails.")
@click.option("-q", "--quiet", is_flag=True, help="No progress and no talk, results only.")
@click.pass_context
def revenuer(ctx: click.Context, debug: bool, quiet: bool) -> None:
    """Find distillation campaigns in the request logs of a language model API.

    A campaign is a group of accounts that one operator runs (coordination), whose traffic is
    shaped like training data for another model (extraction), and who hides it (concealment).
    Nothing is convicted without all three. Results go to stdout, progress to stderr.

    Start with `revenuer demo`, or with `revenuer inspect LOGS` on your own.
    """
    ctx.obj = Session(debug=debug, quiet=quiet)

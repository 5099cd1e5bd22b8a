"""`revenuer` itself; a command's file is loaded when that command is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

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
    "audit",
    "policy",
    "gateway",
    "detectors",
    "config",
)
"""In the order of the help: first what most people need."""


class CommandFiles(click.Group):
    """A group whose commands are the files beside this one."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load the file of a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"revenuer.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, and name the nearest where there is none."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"No such command {args[0]!r}; {_nearest(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)


def _nearest(name: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}."


@click.group(
    cls=CommandFiles,
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

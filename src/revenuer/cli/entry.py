"""The outermost face: what a command raises becomes text and an exit code."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Sequence

import click

from revenuer.cli.exits import Exit
from revenuer.cli.group import revenuer
from revenuer.cli.session import Session
from revenuer.errors import NothingToReadError, RevenuerError

DISK_FULL = (
    *(os.strerror(number) for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)),
    # SQLite's own words.
    "database or disk is full",
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `revenuer` and leave with its exit code."""
    sys.exit(int(run(sys.argv[1:] if arguments is None else arguments)))


def run(arguments: Sequence[str]) -> int:
    """Run `revenuer` on these arguments.

    Returns:
        The exit code; see `Exit`.
    """
    context: click.Context | None = None
    try:
        with revenuer.make_context("revenuer", list(arguments)) as context:
            revenuer.invoke(context)
            sys.stdout.flush()
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except BrokenPipeError:
        return _pipe_closed()
    except (KeyboardInterrupt, click.Abort):
        return _interrupted(_session(context))
    except Exception as failure:
        return _failed(failure, _session(context))
    return Exit.DONE


def _session(context: click.Context | None) -> Session:
    found = context.obj if context is not None else None
    return found if isinstance(found, Session) else Session()


def _failed(failure: Exception, session: Session) -> int:
    if session.debug:
        traceback.print_exception(failure)
    if isinstance(failure, RevenuerError):
        click.echo(f"Error: {failure.message}", err=True)
        if failure.hint:
            click.echo(f"  {failure.hint}", err=True)
        nothing = isinstance(failure, NothingToReadError)
        return Exit.NOTHING_TO_READ if nothing else Exit.ERROR
    if isinstance(failure, OSError) and failure.filename is not None:
        click.echo(f"Error: {failure.filename}: {failure.strerror}.", err=True)
        return Exit.ERROR
    if any(words in str(failure) for words in DISK_FULL):
        click.echo("Error: no room is left on a disk that the command writes to.", err=True)
        click.echo(f"  Make room and run it again. {session.kept()}", err=True)
        return Exit.ERROR
    # Only the kind is named: the text of a foreign exception may quote a row of the log.
    click.echo(f"Error: an unexpected {type(failure).__name__} stopped the command.", err=True)
    if not session.debug:
        click.echo("  This is a defect. `revenuer --debug ...` shows where it happened.", err=True)
    return Exit.ERROR


def _interrupted(session: Session) -> int:
    click.echo(f"\nInterrupted. {session.kept()}", err=True)
    return Exit.INTERRUPTED


def _pipe_closed() -> int:
    # Python flushes stdout once more at exit, and would complain about the closed pipe.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    return Exit.PIPE_CLOSED

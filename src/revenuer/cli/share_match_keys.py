"""`revenuer share match keygen`, `take` and `keys`: the keys of a group, and our own to pin."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from revenuer.cli.durations import moment_of
from revenuer.cli.inputs import json_option, keys_folder
from revenuer.cli.session import Session, pass_session
from revenuer.cli.share_options import share_state, state_options


@click.command("keygen")
@click.argument("group", metavar="GROUP")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="The file to write; hand it to the other members by a way of your own.",
)
@click.option(
    "--at", callback=moment_of, metavar="TIME", help="A moment in its quarter; now without it."
)
@pass_session
def keygen_command(session: Session, group: str, out: Path, at: datetime | None) -> None:
    """Make the key of GROUP for a quarter; one member does, and all `take` it."""
    from revenuer.app.clock import utc_now
    from revenuer.app.sharing.matching_keys import make_group_key

    key = make_group_key(out, group, at or utc_now())
    session.say(f"{out} holds {key.id}, used until {key.ends.date()}; its check is {key.check()}.")
    click.echo(key.id)


@click.command("take")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@state_options
@pass_session
def take_command(
    session: Session, file: Path, state: Path | None, config: Path | None, keys: Path | None
) -> None:
    """Take in the group keys of FILE; those that are here already stay."""
    opened = share_state(state, config, keys)
    from revenuer.app.clock import utc_now
    from revenuer.app.sharing.matching_keys import take_group_keys

    added = take_group_keys(keys_folder(keys), file)
    names = [key.id for key in added]
    opened.record([("matching-key-taken", {"keys": names})], utc_now())
    session.say(f"Taken in: {', '.join(names) or 'nothing new'}.")


@click.command("keys")
@json_option
@state_options
@pass_session
def keys_command(
    session: Session, as_json: bool, state: Path | None, config: Path | None, keys: Path | None
) -> None:
    """Print our public key, for peers to pin, and the group keys with what members compare."""
    opened = share_state(state, config, keys)
    from revenuer.app.sharing.matching_keys import ring_at
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.matching import plain_keys, print_keys

    told = plain_keys(opened.signing.public, ring_at(keys_folder(keys)))
    if as_json:
        print_json(told)
    else:
        print_keys(told, session.stdout())

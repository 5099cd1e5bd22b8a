"""`revenuer sketch`: the same exchanges without text, with keyed sketches in its place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from revenuer.cli.inputs import config_option, json_option, settings_from
from revenuer.cli.session import Session, pass_session

if TYPE_CHECKING:
    from revenuer.app.sketching import Sketched


@click.command("sketch")
@click.argument("exchanges", nargs=-1, metavar="[EXCHANGES...]")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The Parquet file to write.",
)
@click.option(
    "--key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="KEY",
    help="The secret key; who has it can test guesses of a prompt.",
)
@click.option(
    "--key-id", metavar="ID", help="The name that goes beside the sketches; the key's own without."
)
@click.option(
    "--new-key",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Make a new key instead, and write it to FILE.",
)
@click.option("--column-map", metavar="FILE", help="TOML that maps your columns.")
@click.option(
    "--map",
    "map_pairs",
    metavar="OURS=YOURS",
    multiple=True,
    help="Map one column, such as account_id=key_hash; may be repeated.",
)
@click.option(
    "--format",
    "log_format",
    metavar="NAME",
    help="Read as this log format instead of recognising it.",
)
@config_option
@json_option
@pass_session
def command(
    session: Session,
    exchanges: tuple[str, ...],
    out: Path | None,
    key_file: Path | None,
    key_id: str | None,
    new_key: Path | None,
    column_map: str | None,
    map_pairs: tuple[str, ...],
    log_format: str | None,
    config: Path | None,
    as_json: bool,
) -> None:
    """Write EXCHANGES to FILE without their text, with keyed sketches of it.

    `scan` reads such a file without the key. `revenuer sketch --new-key KEY` makes a key. Sketches
    of one key do not compare with those of another.
    """
    from revenuer.app.sketch_keys import make_key, read_key
    from revenuer.app.sketching import sketch
    from revenuer.cli.show.json_text import print_json

    if new_key is not None:
        if exchanges or out or key_file:
            raise click.UsageError("--new-key makes a key and nothing else.")
        key = make_key(new_key, key_id)
        session.say(f"{new_key} holds the new key {key.id}; keep it secret.")
        click.echo(key.id)
        return
    if not exchanges or out is None or key_file is None:
        raise click.UsageError("Give EXCHANGES, --out FILE and --key-file KEY; or --new-key FILE.")
    done = sketch(
        exchanges,
        out=out,
        key=read_key(key_file, key_id),
        column_map=column_map,
        map_pairs=map_pairs,
        log_format=log_format,
        settings=settings_from(config).settings,
        progress=session.progress(),
    )
    _say(done, session)
    if as_json:
        print_json(done)
    else:
        click.echo(str(out))


def _say(done: Sketched, session: Session) -> None:
    from revenuer.cli.show.intake import say_intake

    say_intake(done.intake, session)
    session.say(
        f"{done.exchanges:,} exchanges, {done.prompts:,} prompts sketched with key {done.key_id}, "
        f"{done.kept:,} sketches kept, {done.withheld:,} exchanges of which nothing may be read."
    )

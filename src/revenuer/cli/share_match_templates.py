"""`revenuer share match sketch-key`, `templates` and `compare`: prompt templates under a key."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.inputs import json_option, keys_folder
from revenuer.cli.session import Session, pass_session
from revenuer.cli.share_match_options import from_option, intel_option
from revenuer.cli.share_options import share_state, state_options


@click.command("sketch-key")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="The file to write, for `revenuer scan --sketch-key FILE`.",
)
@state_options
@pass_session
def sketch_key_command(
    session: Session, out: Path, state: Path | None, config: Path | None, keys: Path | None
) -> None:
    """Write the sketch key that members have in common this quarter, made of the group's key."""
    share_state(state, config, keys)
    from revenuer.app.clock import utc_now
    from revenuer.app.sharing.matching_keys import ring_at
    from revenuer.app.sketch_keys import write_key
    from revenuer.matching.templates import sketch_key_of

    key = sketch_key_of(ring_at(keys_folder(keys)).current(utc_now()))
    write_key(out, key)
    session.say(f"{out} holds the sketch key of {key.id}; keep it as secret as the group's key.")
    click.echo(key.id)


@click.command("templates")
@from_option
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="The file to write; it is for members of the group alone.",
)
@state_options
@pass_session
def templates_command(
    session: Session,
    scan: Path,
    out: Path,
    state: Path | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Write the templates of a scan's campaigns under the group's key, for members to compare.

    The scan must have been made with the key that `revenuer share match sketch-key` writes.
    """
    opened = share_state(state, config, keys)
    from revenuer.app.sharing.matching_desk import tell_templates
    from revenuer.disk import put

    put(out, tell_templates(opened, keys_folder(keys), scan))
    click.echo(str(out))


@click.command("compare")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@from_option
@intel_option
@json_option
@state_options
@pass_session
def compare_command(
    session: Session,
    file: Path | None,
    scan: Path,
    intel: Path,
    as_json: bool,
    state: Path | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Compare a member's templates in FILE with those of our campaigns.

    Without FILE, the sketches that accepted indicators in DIR name, under the group's key.
    """
    opened = share_state(state, config, keys)
    from revenuer.app.sharing.matching_desk import compare_indicators, compare_templates
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.matching import plain_alike, print_alike

    if file is None:
        found = compare_indicators(opened, scan, intel=intel)
    else:
        with file.open("rb") as data:
            # One byte more than may be is enough to see that it is too much.
            whole = data.read(16 * 1024 * 1024 + 1)
        found = compare_templates(opened, whole, scan, intel=intel)
    told = plain_alike(found)
    if as_json:
        print_json(told)
    else:
        print_alike(told, session.stdout())

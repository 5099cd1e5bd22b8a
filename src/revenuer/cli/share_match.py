"""`revenuer share match`: what we and a peer have in common, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from revenuer.cli.durations import hours_of
from revenuer.cli.inputs import json_option, keys_folder
from revenuer.cli.session import Session, pass_session
from revenuer.cli.share_match_keys import keygen_command, keys_command, take_command
from revenuer.cli.share_match_log import approve_command, log_command, withdraw_command
from revenuer.cli.share_match_options import (
    from_option,
    intel_option,
    kinds_option,
    pinned_peer,
    pinned_peer_options,
)
from revenuer.cli.share_match_templates import (
    compare_command,
    sketch_key_command,
    templates_command,
)
from revenuer.cli.share_options import peer_from, share_state, state_options

if TYPE_CHECKING:
    from revenuer.matching.canonical import MatchKind


@click.group("match")
def command() -> None:
    """Find what we and a peer have in common, and tell nothing else.

    Members of a group have its key (`keygen`, `take`). Who answers makes tables of a scan's
    campaigns (`build`) and serves them (`revenuer share serve`); who asks pins the peer's key.
    """


@command.command("build")
@from_option
@kinds_option
@click.option(
    "--bits",
    type=click.IntRange(12, 16),
    default=12,
    show_default=True,
    help="Of every asked value that we learn; all members agree on it.",
)
@click.option(
    "--for", "hours", callback=hours_of, default="7d", show_default=True, metavar="LENGTH",
    help="How long the tables are used.",
)  # fmt: skip
@json_option
@state_options
@pass_session
def build_command(
    session: Session,
    scan: Path,
    kinds: tuple[MatchKind, ...],
    bits: int,
    hours: float,
    as_json: bool,
    state: Path | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Make the tables that peers are answered from, out of a scan's campaigns."""
    opened = share_state(state, config, keys)
    from revenuer.app.sharing.matching_desk import build
    from revenuer.app.sharing.matching_values import read_values
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.matching import plain_edition, print_edition, say_left_out

    values = read_values(scan, kinds)
    say_left_out(values, session)
    made = build(
        opened,
        keys_folder(keys),
        values,
        bits=bits,
        lasts=timedelta(hours=hours),
    )
    told = plain_edition(made, values)
    if as_json:
        print_json(told)
    else:
        print_edition(told, session.stdout())


@command.command("ask")
@from_option
@pinned_peer_options
@intel_option
@kinds_option
@json_option
@state_options
@pass_session
def ask_command(
    session: Session,
    scan: Path,
    peer: str,
    pin: str,
    source: str,
    most_bits: int,
    token_file: Path | None,
    user: str,
    ca_file: str,
    certificate: str,
    intel: Path,
    kinds: tuple[MatchKind, ...],
    as_json: bool,
    state: Path | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Ask a peer which values of our campaigns it has too; `scan --intel DIR` weighs them."""
    opened = share_state(state, config, keys)
    from revenuer.app.sharing.matching_desk import ask
    from revenuer.app.sharing.matching_values import read_values
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.matching import plain_matched, print_matched, say_left_out

    values = read_values(scan, kinds)
    say_left_out(values, session)
    server = peer_from(peer, token_file, user, ca_file, certificate)
    with pinned_peer(server, pin, source, most_bits) as one:
        matched = ask(
            opened, keys_folder(keys), values, one, intel=intel, progress=session.progress()
        )
    told = plain_matched(matched)
    if as_json:
        print_json(told)
    else:
        print_matched(told, session.stdout())


@command.command("psi")
@from_option
@pinned_peer_options
@kinds_option
@click.option("--elements", is_flag=True, help="Ask which ones; the peer must have approved it.")
@click.option("--by", metavar="NAME", help="Who asks; your login name without it.")
@json_option
@state_options
@pass_session
def psi_command(
    session: Session,
    scan: Path,
    peer: str,
    pin: str,
    source: str,
    most_bits: int,
    token_file: Path | None,
    user: str,
    ca_file: str,
    certificate: str,
    kinds: tuple[MatchKind, ...],
    elements: bool,
    by: str | None,
    as_json: bool,
    state: Path | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Ask a peer how many values we have in common; with --elements, which ones."""
    opened = share_state(state, config, keys)
    from revenuer.app.desk import login
    from revenuer.app.sharing.matching_desk import intersect
    from revenuer.app.sharing.matching_values import read_values
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.matching import plain_counted, print_counted, say_left_out

    values = read_values(scan, kinds)
    say_left_out(values, session)
    server = peer_from(peer, token_file, user, ca_file, certificate)
    with pinned_peer(server, pin, source, most_bits) as one:
        found = intersect(
            opened,
            keys_folder(keys),
            values,
            one,
            kinds=kinds,
            elements=elements,
            by=by or login(),
        )
    told = plain_counted(found)
    if as_json:
        print_json(told)
    else:
        print_counted(told, session.stdout())


for each in (
    keygen_command,
    take_command,
    keys_command,
    templates_command,
    compare_command,
    sketch_key_command,
    approve_command,
    withdraw_command,
    log_command,
):
    command.add_command(each)

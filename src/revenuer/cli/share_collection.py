"""`revenuer share collection`: what partners find on the TAXII server."""

from __future__ import annotations

from pathlib import Path

import click

from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session
from revenuer.cli.share_options import share_state, state_options, up_to_option

reader_option = click.option(
    "--reader",
    "readers",
    multiple=True,
    metavar="PARTNER",
    help="Who may read it; `*` is everybody with a token; may be repeated.",
)
writer_option = click.option(
    "--writer",
    "writers",
    multiple=True,
    metavar="PARTNER",
    help="Who may add to it, likewise.",
)


@click.group("collection")
def command() -> None:
    """Say what partners find on the TAXII server, and who may read it or add to it."""


@command.command("add")
@click.argument("title", metavar="TITLE")
@click.option("--description", default="", metavar="TEXT", help="For people.")
@click.option("--alias", metavar="NAME", help="Another name of it in URLs.")
@click.option("--root", metavar="NAME", help="The API root under which it is found.")
@up_to_option("is taken in", "amber+strict")
@reader_option
@writer_option
@json_option
@state_options
@pass_session
def add_command(
    session: Session,
    title: str,
    description: str,
    alias: str | None,
    root: str | None,
    up_to: str,
    readers: tuple[str, ...],
    writers: tuple[str, ...],
    as_json: bool,
    state: Path | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Make a collection called TITLE and print its id."""
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.partners import plain_collection

    opened = share_state(state, config, keys)
    from revenuer.app.sharing.partners import add_collection
    from revenuer.sharing.tlp import Tlp

    made = add_collection(
        opened,
        title,
        description=description,
        alias=alias,
        root=root,
        up_to=Tlp(up_to),
        readers=readers,
        writers=writers,
    )
    if as_json:
        print_json(plain_collection(made))
    else:
        click.echo(made.id)


@command.command("list")
@json_option
@state_options
@pass_session
def list_command(
    session: Session, as_json: bool, state: Path | None, config: Path | None, keys: Path | None
) -> None:
    """Print the collections and who may use them."""
    from revenuer.cli.show.json_text import print_json
    from revenuer.cli.show.partners import plain_collection, print_collections

    opened = share_state(state, config, keys)
    from revenuer.app.sharing.partners import list_collections

    rows = [plain_collection(one) for one in list_collections(opened)]
    if as_json:
        print_json(rows)
    else:
        print_collections(rows, session.stdout())


@command.command("allow")
@click.argument("collection", metavar="COLLECTION")
@reader_option
@writer_option
@click.option(
    "--nobody", "strangers", multiple=True, metavar="PARTNER", help="Who may neither any more."
)
@state_options
@pass_session
def allow_command(
    session: Session,
    collection: str,
    readers: tuple[str, ...],
    writers: tuple[str, ...],
    strangers: tuple[str, ...],
    state: Path | None,
    config: Path | None,
    keys: Path | None,
) -> None:
    """Say anew what the partners named here may do in COLLECTION, an id or an alias."""
    opened = share_state(state, config, keys)
    from revenuer.app.sharing.partners import allow

    found = allow(opened, collection, readers=readers, writers=writers, strangers=strangers)
    session.say(f"{found.title}: changed for {', '.join({*readers, *writers, *strangers})}.")

"""`revenuer countermeasures`: what may be given to accounts, and what each does to customers."""

from __future__ import annotations

import click

from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session


@click.group("countermeasures")
def command() -> None:
    """List the countermeasures, and show what one changes, costs and does not stop.

    All are off. `revenuer enforce CAMPAIGN --countermeasure ID` decides who gets one, where the
    policy's `countermeasures.allowed` names it.
    """


@command.command("list")
@json_option
@pass_session
def list_(session: Session, as_json: bool) -> None:
    """List every countermeasure: id, what it acts on, title."""
    from revenuer.app.countermeasures import countermeasures
    from revenuer.cli.show.countermeasures import print_countermeasures
    from revenuer.cli.show.json_text import print_json

    cards = countermeasures()
    if as_json:
        print_json(cards)
    else:
        print_countermeasures(cards, session.stdout())


@command.command("show")
@click.argument("name", metavar="ID")
@json_option
@pass_session
def show(session: Session, name: str, as_json: bool) -> None:
    """Print the card of the countermeasure ID."""
    from revenuer.app.countermeasures import countermeasure_named
    from revenuer.cli.show.countermeasures import card_text
    from revenuer.cli.show.json_text import print_json

    card = countermeasure_named(name)
    if as_json:
        print_json(card)
    else:
        click.echo(f"# {card_text(card)}", nl=False)

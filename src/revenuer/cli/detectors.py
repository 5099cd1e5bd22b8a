"""`revenuer detectors`: what looks at the logs, and what each of them can and cannot see."""

from __future__ import annotations

import click

from revenuer.cli.inputs import json_option
from revenuer.cli.session import Session, pass_session


@click.group("detectors")
def command() -> None:
    """List the detectors, and show what one sees, misses and mistakes."""


@command.command("list")
@json_option
@pass_session
def list_(session: Session, as_json: bool) -> None:
    """List every detector: id, axis, maturity, title."""
    from revenuer.app.cards import detectors
    from revenuer.cli.show.detectors import print_detectors
    from revenuer.cli.show.json_text import print_json

    cards = detectors()
    if as_json:
        print_json(cards)
    else:
        print_detectors(cards, session.stdout())


@command.command("show")
@click.argument("name")
@json_option
@pass_session
def show(session: Session, name: str, as_json: bool) -> None:
    """Print the page of detector NAME: card, runbook, and the cases it must pass."""
    from difflib import get_close_matches

    from revenuer.app.cards import detectors
    from revenuer.cli.show.detector_page import cases_of, page
    from revenuer.cli.show.json_text import print_json
    from revenuer.errors import NotFoundError

    cards = {card.id: card for card in detectors()}
    card = cards.get(name.replace("_", "-"))
    if card is None:
        near = get_close_matches(name, cards, n=1, cutoff=0.4)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise NotFoundError(
            f"There is no detector {name!r}.", f"{hint}`revenuer detectors list` names them all."
        )
    if as_json:
        print_json(card)
    else:
        click.echo(page(card, cases_of(card.id)), nl=False)

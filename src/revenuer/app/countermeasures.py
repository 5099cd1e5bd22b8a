"""`countermeasures`: what may be given to accounts beside an action, and what each does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from revenuer.countermeasures import CARDS, ActsOn, Card
from revenuer.errors import ConfigError, NotFoundError
from revenuer.guard.policy import Policy


def countermeasures() -> tuple[Card, ...]:
    """The card of every countermeasure."""
    return CARDS


def countermeasure_named(name: str) -> Card:
    """The card of one.

    Raises:
        NotFoundError: There is none of that name.
    """
    cards = {card.id: card for card in CARDS}
    card = cards.get(name.replace("_", "-"))
    if card is None:
        near = get_close_matches(name, cards, n=1, cutoff=0.4)
        hint = f"Did you mean {near[0]}? " if near else ""
        raise NotFoundError(
            f"There is no countermeasure {name!r}.",
            f"{hint}`revenuer countermeasures list` names them all.",
        )
    return card


def known_countermeasures(asked: Iterable[str]) -> tuple[str, ...]:
    """Ids that somebody asked for, each once, in order.

    Raises:
        ConfigError: One of them is none; it names those there are.
    """
    given, known = set(asked), {card.id for card in CARDS}
    if unknown := sorted(given - known):
        raise ConfigError(
            f"There is no countermeasure {unknown[0][:64]!r}.",
            f"There are {', '.join(sorted(known))}.",
        )
    return tuple(sorted(given))


def cards_of(asked: Iterable[str]) -> tuple[Card, ...]:
    """The cards of those that somebody wants given, in the order of lists."""
    given = set(asked)
    return tuple(card for card in CARDS if card.id in given)


def unfit_countermeasures(asked: Iterable[str], policy: Policy) -> Iterator[str]:
    """Why some countermeasures may not be given."""
    acts_on = {card.id: card.acts_on for card in CARDS}
    for name in asked:
        if name not in acts_on:
            yield f"there is no countermeasure {name!r} (`revenuer countermeasures list`)"
        elif name not in policy.countermeasures.allowed:
            yield f"the policy's countermeasures.allowed does not name {name}"
        elif acts_on[name] is ActsOn.TOKENS:
            yield f"{name} acts on tokens, inside the model's server: no guard can give it"

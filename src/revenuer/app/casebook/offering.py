"""What a policy allows about a campaign: each action, each countermeasure, and who must agree."""

from __future__ import annotations

from dataclasses import dataclass

from revenuer.app.countermeasures import countermeasures, unfit_countermeasures
from revenuer.app.enforce_limits import persons_for
from revenuer.app.enforce_obstacles import forbidden
from revenuer.countermeasures import Card
from revenuer.guard.countering import GRAVITY
from revenuer.guard.ladder import Action
from revenuer.guard.policy import Policy
from revenuer.records import Campaign


@dataclass(frozen=True, slots=True)
class Rung:
    """An action of the ladder, and what a policy says of it.

    Attributes:
        action: It.
        refused: Why it may not be taken here; empty if it may.
        persons: How many must approve it.
    """

    action: Action
    refused: tuple[str, ...]
    persons: int


@dataclass(frozen=True, slots=True)
class Offered:
    """A countermeasure, and what a policy says of it.

    Attributes:
        card: What it is, changes, costs and does not stop.
        refused: Why it may not be given here; empty if it may.
        persons: How many must approve it.
    """

    card: Card
    refused: tuple[str, ...]
    persons: int


def rungs_of(campaign: Campaign, policy: Policy) -> tuple[Rung, ...]:
    """Every action, from the mildest."""
    return tuple(
        Rung(
            action,
            tuple(forbidden(action, campaign.verdict, policy)),
            persons_for(action, policy),
        )
        for action in Action
        if action is not Action.ALLOW
    )


def offered_for(campaign: Campaign, policy: Policy) -> tuple[Offered, ...]:
    """Every countermeasure, in the order of lists."""
    whole = tuple(forbidden(GRAVITY, campaign.verdict, policy))
    persons = persons_for(GRAVITY, policy)
    return tuple(
        Offered(card, (*unfit_countermeasures([card.id], policy), *whole), persons)
        for card in countermeasures()
    )

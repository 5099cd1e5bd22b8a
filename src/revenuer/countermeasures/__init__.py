"""What an output may be turned into, so that a student learns less from it.

Every countermeasure carries a card; all are off until a person decides otherwise for an account.
What they are worth is measured in the lab: `docs/countermeasures.md`.

Those that act on parameters, prompts and text are here whole, pure, and an adapter of the gateway
carries them out for the accounts that a decision names. Those that act on tokens have their cards
here and run inside the model's server, from `revenuer.lab`.
"""

from revenuer.countermeasures import (
    canary_served,
    habit,
    logprobs_capped,
    reasoning_reordered,
    reasoning_summarised,
    reasoning_withheld,
    sampling_limited,
    seed_coupling,
    trace_rewritten,
)
from revenuer.countermeasures.card import ActsOn, Card
from revenuer.countermeasures.token_cards import TOKEN_CARDS

CARDS: tuple[Card, ...] = (
    reasoning_withheld.CARD,
    reasoning_summarised.CARD,
    reasoning_reordered.CARD,
    trace_rewritten.CARD,
    logprobs_capped.CARD,
    sampling_limited.CARD,
    seed_coupling.CARD,
    habit.CARD,
    canary_served.CARD,
    *TOKEN_CARDS,
)
"""Every countermeasure, in the order in which lists name them."""

__all__ = ["CARDS", "ActsOn", "Card"]

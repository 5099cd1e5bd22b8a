"""What exchanges that belong together say of each other.

Exchanges of one account with one client, one set of parameters and one system prompt (a
cell) are mostly of one origin, and the turns of one conversation (a talk) always. A prompt
that says nothing by itself is so decided by those around it. A cell may be mixed all the
same: behind a proxy's client there are all its customers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ALIKE_IN_TALK = 0.3
"""Correlation of what the turns of a talk say by accident. placeholder"""
ALIKE_IN_CELL = 0.15
"""Correlation of what the talks of a cell say by accident: a thousand of them are worth no
more than the inverse of it. placeholder"""
MIXED_PRIOR = np.log(0.2)
"""Nats for a cell of several origins. placeholder"""
ROUNDS = 8
STRONGEST = 12.0
"""Nats beyond which certainty is not believed."""
STEPS = 2.0**20


def pooled_log_odds(
    said: NDArray[np.float64],
    worn: NDArray[np.float64],
    cell: NDArray[np.uint64],
    talk: NDArray[np.uint64],
) -> NDArray[np.float64]:
    """Log odds of each exchange, once its neighbours have been heard.

    A cell is the campaign's, or customers', or mixed; talks of a mixed cell speak for
    themselves.

    Args:
        said: Nats for the campaign by what the exchange itself shows. Shape (n,).
        worn: Nats by what is the same in all of its cell, the prior included. Shape (n,).
        cell: Number of the account's client, parameters and system prompt. Shape (n,).
        talk: Number of the conversation, within one cell. Shape (n,).

    Returns:
        Nats for "the campaign's own". Shape (n,).
    """
    if not said.size:
        return np.zeros(0)
    _, first, of_row = np.unique(talk, return_index=True, return_inverse=True)
    turns = np.bincount(of_row)
    heard = exact(np.bincount(of_row, exact(said)) / (1 + ALIKE_IN_TALK * (turns - 1)))
    _, place = np.unique(cell[first], return_inverse=True)
    talks = np.bincount(place)
    damped = 1 / (1 + ALIKE_IN_CELL * (talks - 1))
    dress = np.bincount(place, exact(worn[first])) / talks
    own = dress + damped * np.bincount(place, heard)
    share = np.full(talks.size, 0.5)
    for _ in range(ROUNDS):
        chance = sigmoid(heard + logit(share)[place])
        share = (np.bincount(place, chance) + 1) / (talks + 2)
    fit = exact(np.logaddexp(heard + np.log(share)[place], np.log(1 - share)[place]))
    mixed = MIXED_PRIOR + dress / 2 + damped * np.bincount(place, fit)
    every = np.logaddexp(np.logaddexp(own, mixed), 0.0)
    chance = sigmoid(heard + logit(share)[place])
    total = np.exp(own - every)[place] + np.exp(mixed - every)[place] * chance
    return logit(total)[of_row]


def exact(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values as multiples of a power of two: their sums do not depend on their order."""
    return np.asarray(np.round(values * STEPS) / STEPS)


def sigmoid(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chances of log odds, as `exact` makes them."""
    return exact(1 / (1 + np.exp(-np.clip(log_odds, -STRONGEST, STRONGEST))))


def logit(chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log odds of chances."""
    inside = np.clip(chance, 1e-5, 1 - 1e-5)
    return np.asarray(np.log(inside / (1 - inside)))

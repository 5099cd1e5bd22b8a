"""Other people's detectors, asked every night for what was there until then.

A method that is asked thirty times has thirty chances to name an innocent. So each gets the same
allowance for all nights together: one innocent account in a hundred, on a second world of the same
kind without campaigns. A method that scores accounts names those above what all but one in a
hundred of that world's accounts stay at or below on their worst night; a night's score is a
surprise against the same night of that world, so that nights can be compared. A method without a
score has no threshold to set: what it names in that world is told beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from peers.account_scores import LEVEL
from peers.indicators import tail_ranks
from peers.logs import Logs
from peers.methods import METHODS, Method, Named
from watching.leaks import Naming

OURS = "Revenuer"
UNLIKE = ("MMD per account, pooled null",)
"""Its threshold comes with its null, which names most accounts: docs/peers.md has it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How a peer did in one world.

    Attributes:
        namings: What it named on each night that it named something new.
        clean: Share of the accounts of the world without campaigns that it named on any night.
    """

    namings: tuple[Naming, ...]
    clean: float


def peers() -> dict[str, Method]:
    """Every method of accounts and groups that is not ours."""
    return {name: one for name, one in METHODS.items() if name != OURS and name not in UNLIKE}


def ask_nightly(method: Method, logs: Logs, clean: Logs, nights: Sequence[datetime]) -> Asked:
    """Ask a method every night."""
    known = [logs.before(at) for at in nights]
    quiet = [clean.before(at) for at in nights]
    said = [method(one, calm) for one, calm in zip(known, quiet, strict=True)]
    calm = [method(one, one) for one in quiet]
    if any(one.scores for one in said):
        return _by_score(said, calm, clean, nights)
    innocents = {account for one in calm for alarm in one.alarms for account in alarm.account_ids}
    namings = tuple(
        Naming(at, tuple(alarm.account_ids for alarm in one.alarms))
        for at, one in zip(nights, said, strict=True)
    )
    return Asked(namings, len(innocents) / clean.accounts.height)


def _by_score(
    said: Sequence[Named], calm: Sequence[Named], clean: Logs, nights: Sequence[datetime]
) -> Asked:
    """Set one bar for all nights."""
    worst: dict[str, float] = {}
    scored = []
    for ours, theirs in zip(said, calm, strict=True):
        # Ranks among the accounts of the same night, whatever the score is.
        scored.append(tail_ranks(ours.scores, theirs.scores))
        for account, value in tail_ranks(theirs.scores, theirs.scores).items():
            worst[account] = max(worst.get(account, -np.inf), value)
    # Accounts that could not be judged stay below every bar: the allowance is of all accounts.
    every = np.full(clean.accounts.height, -np.inf)
    every[: len(worst)] = list(worst.values())
    bar = float(np.quantile(every, 1 - LEVEL, method="higher"))
    namings = [
        Naming(at, (frozenset(account for account, value in values.items() if value > bar),))
        for at, values in zip(nights, scored, strict=True)
    ]
    return Asked(tuple(namings), float((every > bar).mean()))

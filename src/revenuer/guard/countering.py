"""What an operator allows of countermeasures, and how strong they are. Frozen; all off by default.

The guard knows them by their ids alone: what each is and does is in `revenuer.countermeasures`,
and an adapter brings the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from revenuer.bounds import AtLeast
from revenuer.guard.ladder import Action

GRAVITY = Action.REDUCE
"""A countermeasure takes as much to be given as this action, whatever stands beside it: a policy
that allows less allows none, and it wants the same approvals."""


@dataclass(frozen=True, slots=True)
class Countermeasures:
    """Which countermeasures may be given to accounts, by `enforce --countermeasure`.

    Attributes:
        allowed: Their ids; none where it is empty. A guard leaves out what it does not name.
        top_logprobs: `logprobs-capped`: alternatives a token at most; 0 is no log-probabilities.
    """

    allowed: tuple[str, ...] = ()
    top_logprobs: Annotated[int, AtLeast(0)] = 0

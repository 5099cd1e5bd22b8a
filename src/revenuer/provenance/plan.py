"""What a test will do, fixed and committed before anything marked is served.

One commitment is one test: its secret, its statistic, whom it can name, how many requests it may
spend and what must be passed. Whoever may still choose one of these afterwards can accuse anybody.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from revenuer.provenance.scores import Score

Statistic = Literal["green", "gumbel", "tournament", "recall", "rank"]
MARKS = ("green", "gumbel", "tournament")


@dataclass(frozen=True, slots=True)
class Plan:
    """A test as it is registered.

    Attributes:
        statistic: A mark's score under the true key, canaries that come back word for word, or
            the ranks of their codes among decoys.
        alpha: Highest tolerated chance that any test under this commitment accuses a model that
            learned nothing from it.
        accounts: How many accounts have a key of their own; 1 where all answers share one.
        budget: Most requests to a suspect that one test may rest on.
        width: Tokens of context that a mark hashes.
        gamma: Share of green tokens.
        layers: Rounds of a tournament.
        paired: Whether the owner's own unmarked probabilities are taken off.
        repeats: Whether a repeated context and token counts each time.
        drawn: How many keys the true one is compared with.
        canaries: How many each account has.
        code_words: Words of a code.
        answer_words: Most words of an answer in which a code is looked for.
        decoys: Codes that each true one is ranked among.
        tokenizer_sha256: Of the tokenizer's file; empty where answers come as token numbers.
    """

    statistic: Statistic
    alpha: float = 0.01
    accounts: int = 1
    budget: int = 1000
    width: int = 2
    gamma: float = 0.5
    layers: int = 30
    paired: bool = True
    repeats: Literal["all", "once"] = "all"
    drawn: int = 9999
    canaries: int = 20
    code_words: int = 4
    answer_words: int = 50
    decoys: int = 199
    tokenizer_sha256: str = ""

    @property
    def is_mark(self) -> bool:
        """Whether it looks for a watermark; else for canaries."""
        return self.statistic in MARKS

    @property
    def score(self) -> Score:
        """What a key says of a token."""
        if self.statistic == "green" or self.statistic == "gumbel":
            return Score(self.statistic, gamma=self.gamma)
        return Score("tournament", layers=self.layers)


def problems_of(plan: Plan) -> list[str]:
    """What makes a plan one that could not be carried out, or could never pass."""
    found = []
    if not 0 < plan.alpha <= 0.05:
        found.append("alpha must be above 0 and at most 0.05")
    for name in ("accounts", "budget", "drawn", "canaries", "code_words", "answer_words", "decoys"):
        if getattr(plan, name) < 1:
            found.append(f"{name} must be 1 or more")
    if not 0 <= plan.width <= 16:
        found.append("width must be from 0 to 16")
    if not 0 < plan.gamma < 1:
        found.append("gamma must be between 0 and 1")
    if not 1 <= plan.layers <= 64:
        found.append("layers must be from 1 to 64")
    if not found and plan.is_mark and plan.drawn < (least := drawn_needed(plan)):
        found.append(
            f"with {plan.drawn:,} drawn keys no account of {plan.accounts:,} could pass; "
            f"draw {least:,} or more"
        )
    return found


def drawn_needed(plan: Plan, look: int = 1) -> int:
    """Fewer drawn keys than these could name nobody at a look.

    Examples:
        By hand: 0.01 / 2 over ten accounts is 1 / 2,000, and the true key is one of them.

        >>> drawn_needed(Plan("green", accounts=10))
        1999
    """
    return math.ceil(plan.accounts / threshold_of(plan.alpha, look) - 1e-9) - 1


def threshold_of(alpha: float, look: int) -> float:
    """What the corrected p-value of a look must not exceed.

    The thresholds of all looks that could ever follow one another add up to alpha, so that asking
    again, or asking another suspect, accuses nobody by persistence.

    Args:
        alpha: Of the plan.
        look: 1 for the first test under the commitment.

    Examples:
        By hand: 1/2 + 1/6 + 1/12 and so on is 1.

        >>> [round(threshold_of(0.06, look), 4) for look in (1, 2, 3)]
        [0.03, 0.01, 0.005]
    """
    return alpha / (look * (look + 1))

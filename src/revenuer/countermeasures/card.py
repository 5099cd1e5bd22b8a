"""What a countermeasure says of itself before anyone switches it on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ActsOn(StrEnum):
    """Where a countermeasure takes hold.

    Attributes:
        PARAMETERS: The request's own parameters, before it is sent on.
        PROMPT: What the model is told beside the customer's prompt.
        TOKENS: The choice of the next token, inside the model's server.
        TEXT: The reasoning shown, after the model has written it; never the answer.
    """

    PARAMETERS = "parameters"
    PROMPT = "prompt"
    TOKENS = "tokens"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Card:
    """What an approver must know before an account gets it.

    Attributes:
        id: Kebab-case, equal to the module's name with dashes; never reused.
        title: What it does, a short noun phrase.
        acts_on: Where it takes hold.
        changes_for_customers: What a customer who is wrongly given it sees and loses.
        cost: What it costs the operator to serve.
        known_breaks: How a student gets around it.
        source: Public papers or reports the idea comes from.
        lossless: Whether the answers an account gets are, one by one, distributed as without it.
        version: Grows when what it does changes.
    """

    id: str
    title: str
    acts_on: ActsOn
    changes_for_customers: str
    cost: str
    known_breaks: tuple[str, ...]
    source: str
    lossless: bool
    version: int = 1

"""What the guard is told: who asks, for what, and what came of it. Small and frozen.

Times are seconds since the epoch. An adapter reads its wall clock once, adds a monotonic
clock to it, and so gives times that never go back while it runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from revenuer.guard.decision import Decision


class Protocol(StrEnum):
    """How a request is written, which says what of it can be reduced."""

    # An enum works its hash out in Python; these are looked up in the hottest path.
    __hash__ = str.__hash__

    OPENAI_CHAT = "openai-chat"
    OPENAI_COMPLETIONS = "openai-completions"
    OPENAI_RESPONSES = "openai-responses"
    ANTHROPIC_MESSAGES = "anthropic-messages"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks; an adapter makes one for each credential and keeps it.

    Attributes:
        account: Fingerprint of the account; see `fingerprint.Fingerprinter`.
        organization: Of its organization; None if unknown.
        api_key: Of the key; None if unknown.
        cohort: A name that limits may be set for, such as the account's plan.
    """

    account: bytes
    organization: bytes | None = None
    api_key: bytes | None = None
    cohort: str = ""


class Facts(NamedTuple):
    """What a request's body asks for, as far as it can be reduced. Null where it is silent.

    Attributes:
        n: Choices asked for; the larger of `n` and `best_of`.
        max_tokens: The cap on the answer; the largest of those that are set under its names.
        logprobs: Whether log-probabilities are asked for, `top_logprobs` and `logit_bias`
            included.
        reasoning: Whether the answer would show reasoning.
        reasoning_tokens: The budget for reasoning where one is set (Anthropic).
        input_tokens: Estimate of the prompt's tokens; 0 if nobody counted.
    """

    n: int | None = None
    max_tokens: int | None = None
    logprobs: bool = False
    reasoning: bool = False
    reasoning_tokens: int | None = None
    input_tokens: int = 0


class ReasoningSign(StrEnum):
    """What is wrong with a reasoning block that a request replays; see `reasoning`.

    Attributes:
        UNBOUND: It carries no binding.
        EXPIRED: It was bound, and its time is over.
        OTHER_MODEL: It was issued by another model.
        OTHER_ACCOUNT: It was issued to another account of the same organization.
        REPEATED: It was sent more often than a conversation needs.
        FORGED: Its binding was not made with a key of ours, or not for this block.
        FOREIGN: It was issued to another organization.
    """

    UNBOUND = "unbound"
    EXPIRED = "expired"
    OTHER_MODEL = "other-model"
    OTHER_ACCOUNT = "other-account"
    REPEATED = "repeated"
    FORGED = "forged"
    FOREIGN = "foreign"


class Request(NamedTuple):
    """A request, before it is sent on.

    Attributes:
        now: When it is decided.
        caller: Who asks.
        protocol: How it is written.
        facts: What its body asks for; None where that could not be read in time, was too
            large or was no JSON.
        reasoning: What is wrong with the reasoning blocks that it replays.
    """

    now: float
    caller: Caller
    protocol: Protocol = Protocol.OTHER
    facts: Facts | None = None
    reasoning: tuple[ReasoningSign, ...] = ()


class Answer(NamedTuple):
    """What an answer took, once it is known.

    Attributes:
        now: When it ended.
        caller: Who asked.
        decision: What was decided on the request.
        tokens: Tokens of prompt and answer, reasoning included.
    """

    now: float
    caller: Caller
    decision: Decision
    tokens: int


class Standing(StrEnum):
    """What a person or a verification said of a caller between two snapshots."""

    RELEASED = "released"
    PASSED = "passed"


class Notice(NamedTuple):
    """A verdict that was lifted on appeal, or a challenge that was passed.

    Attributes:
        now: When it was said.
        fingerprint: Of the account, organization or key.
        standing: What was said.
        until: When it ends.
    """

    now: float
    fingerprint: bytes
    standing: Standing
    until: float

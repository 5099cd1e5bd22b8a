"""What an operator allows of countermeasures, and how strong they are. Frozen; all off by default.

The guard knows them by their ids alone: what each is and does is in `revenuer.countermeasures`,
and an adapter brings the two together.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated

from revenuer.bounds import AtLeast, Within
from revenuer.guard.ladder import Action

GRAVITY = Action.REDUCE
"""A countermeasure takes as much to be given as this action, whatever stands beside it: a policy
that allows less allows none, and it wants the same approvals."""


def gravity_of(action: Action, countermeasures: Collection[str]) -> Action:
    """The action that it takes as much to decide as: a tag with a countermeasure is no mere tag.

    Examples:
        >>> gravity_of(Action.TAG, ["seed-coupling"]).word, gravity_of(Action.TAG, []).word
        ('reduce', 'tag')
    """
    return max(action, GRAVITY) if countermeasures else action


class Fallback(StrEnum):
    """What is shown of reasoning that could not be worded anew.

    Attributes:
        WITHHELD: Nothing.
        WHOLE: All of it.
    """

    WITHHELD = "withheld"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class RewriterSettings:
    """The second model of `trace-rewritten`: a server that speaks Chat Completions.

    Attributes:
        url: Its base, such as `http://127.0.0.1:8001/v1`; without one nothing can be rewritten.
        model: What the server calls the model.
        other_machines: Whether the server may be another machine than this. Reasoning of the
            accounts that have the countermeasure is sent there.
        key_file: File with the server's key; empty for none.
        key_variable: Environment variable with the key, where no file is named; empty for none.
        ca_file: PEM file of the authorities to trust; empty for the system's.
        prompt: What the model is told; empty for the default, which asks for the same meaning in
            fewer words of its own.
        timeout_s: The longest that an answer waits for it. placeholder
        most_tokens: Of its reply. placeholder
        most_characters: Of reasoning that it is asked about; more counts as a failure. placeholder
        at_once: Texts that one worker asks about at the same time. placeholder
        on_failure: What is shown where it failed: `withheld` is nothing, `whole` all of it.
    """

    url: str = ""
    model: str = ""
    other_machines: bool = False
    key_file: str = ""
    key_variable: str = ""
    ca_file: str = ""
    prompt: str = ""
    timeout_s: Annotated[float, AtLeast(0.1)] = 20.0
    most_tokens: Annotated[int, AtLeast(1)] = 1024
    most_characters: Annotated[int, AtLeast(1)] = 65_536
    at_once: Annotated[int, AtLeast(1)] = 8
    on_failure: Fallback = Fallback.WITHHELD


@dataclass(frozen=True, slots=True)
class Countermeasures:
    """Which countermeasures may be given to accounts, by `enforce --countermeasure`.

    Attributes:
        allowed: Their ids; none where it is empty. A guard leaves out what it does not name.
        top_logprobs: `logprobs-capped`: alternatives a token at most; 0 is no log-probabilities.
        summary_every: `reasoning-summarised`: one in so many conclusions is shown. placeholder
        temperature_at_least: `sampling-limited`: the lowest temperature.
        temperature_at_most: The highest.
        top_p_at_least: The lowest top-p.
        top_p_at_most: The highest.
        choices_at_most: Choices a request.
        bucket_rows: `seed-coupling`: hashes that prompts must share to get one seed; 1 couples
            prompts that differ more. placeholder
        visits: Accounts and kinds of prompts of which a worker counts the visits. placeholder
        habit: `habit`: what the model is told; empty for the sentence of the card.
        rewriter: `trace-rewritten`: the model that words reasoning anew.
    """

    allowed: tuple[str, ...] = ()
    top_logprobs: Annotated[int, AtLeast(0)] = 0
    summary_every: Annotated[int, AtLeast(1)] = 3
    temperature_at_least: Annotated[float, AtLeast(0)] = 0.0
    temperature_at_most: Annotated[float, AtLeast(0)] = 1.0
    top_p_at_least: Annotated[float, Within(0, 1)] = 0.0
    top_p_at_most: Annotated[float, Within(0, 1)] = 1.0
    choices_at_most: Annotated[int, AtLeast(1)] = 1
    bucket_rows: Annotated[int, AtLeast(1)] = 2
    visits: Annotated[int, AtLeast(1)] = 100_000
    habit: str = ""
    rewriter: RewriterSettings = field(default_factory=RewriterSettings)

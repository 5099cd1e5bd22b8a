"""The operator's policy: what is done about which verdict, and how far it may go. Frozen.

Every default lives here. The file that an operator writes is read by `app.guard_policy`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from revenuer.bounds import AtLeast, Within
from revenuer.guard.countering import Countermeasures
from revenuer.guard.ladder import Action
from revenuer.guard.webhook import Webhook


class Mode(StrEnum):
    """Whether the guard acts.

    Attributes:
        SHADOW: It decides and logs what it would have done; traffic passes as it came.
        ENFORCE: It acts.
    """

    SHADOW = "shadow"
    ENFORCE = "enforce"


class Sentence(StrEnum):
    """Verdicts that a policy may answer. What is cleared or permitted never is."""

    CONVICTED = "convicted"
    SUSPECTED = "suspected"
    UNDECIDED = "undecided"


class Reasoning(StrEnum):
    """What a reduced request shows of the model's reasoning.

    Attributes:
        KEPT: What was asked for.
        SUMMARISED: A summary at most.
        WITHHELD: Nothing.
    """

    KEPT = "kept"
    SUMMARISED = "summarised"
    WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Step:
    """What is done about the accounts of some campaigns; the gravest that fits holds.

    Attributes:
        action: What is done.
        verdict: The campaign's verdict.
        probability_at_least: How sure it must be, 0 to 1.
        nats_at_least: What each axis must show, by its name; none is asked where it is silent.
        methods: Only campaigns that use one of these methods; empty is any.
    """

    action: Action
    verdict: Sentence = Sentence.CONVICTED
    probability_at_least: Annotated[float, Within(0, 1)] = 0.0
    nats_at_least: dict[str, float] = field(default_factory=dict)
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rate:
    """What a caller may ask for.

    Attributes:
        requests_per_minute: Requests; 0 is any number.
        requests_burst: How many may come at once.
        tokens_per_minute: Tokens of prompt and answer; 0 is any number.
        tokens_burst: How many may come at once.
    """

    requests_per_minute: Annotated[float, AtLeast(0)] = 0.0
    requests_burst: Annotated[float, AtLeast(1)] = 10.0
    tokens_per_minute: Annotated[float, AtLeast(0)] = 0.0
    tokens_burst: Annotated[float, AtLeast(1)] = 100_000.0


@dataclass(frozen=True, slots=True)
class Throttle(Rate):
    """What a caller may ask for whom a verdict throttles, or reduces.

    Attributes:
        requests_per_minute: Requests; 0 is any number. placeholder
        requests_burst: How many may come at once. placeholder
        tokens_per_minute: Tokens of prompt and answer; 0 is any number. placeholder
        tokens_burst: How many may come at once. placeholder
    """

    requests_per_minute: Annotated[float, AtLeast(0)] = 6.0
    requests_burst: Annotated[float, AtLeast(1)] = 3.0
    tokens_per_minute: Annotated[float, AtLeast(0)] = 6_000.0
    tokens_burst: Annotated[float, AtLeast(1)] = 6_000.0


@dataclass(frozen=True, slots=True)
class Limit:
    """A rate for some callers, whatever is known of them. The first that fits holds.

    Attributes:
        name: What logs call it.
        rate: What they may ask for.
        accounts: Ids of accounts.
        organizations: Ids of organizations.
        cohorts: Names of cohorts, as the adapter gives them; `"*"` is everybody.
    """

    name: str
    rate: Rate
    accounts: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    cohorts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exemption:
    """Callers who are watched but not acted on, such as holders of a permit.

    Attributes:
        why: The permit or the reason, for those who read the policy later.
        accounts: Ids of accounts.
        organizations: Ids of organizations.
        until: When it ends; never where it is silent.
    """

    why: str
    accounts: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reduce:
    """What a reduced request may ask for.

    Attributes:
        logprobs: Whether log-probabilities and `logit_bias` stay.
        n: Choices at most.
        max_tokens: Tokens of the answer at most, reasoning included. placeholder
        reasoning: What is shown of the model's reasoning.
        chat_cap: The field that caps an OpenAI chat answer where the request has none; older
            servers know `max_tokens` only.
        also: Further fields to set, by protocol, such as
            `{openai-chat = {include_reasoning = false}}` for vLLM.
    """

    logprobs: bool = False
    n: Annotated[int, AtLeast(1)] = 1
    max_tokens: Annotated[int, AtLeast(1)] = 1024
    reasoning: Reasoning = Reasoning.SUMMARISED
    chat_cap: str = "max_completion_tokens"
    also: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What is done about reasoning blocks that are not the caller's own.

    Attributes:
        unbound: A block without a binding; what was issued before bindings were made has none.
        expired: A block whose time is over.
        other_model: A block of another model.
        other_account: A block of another account of the same organization.
        repeated: A block that was sent more often than `most_times`.
        forged: A block whose binding is not ours or not for it.
        foreign: A block that was issued to another organization.
        hours: How long a block may be replayed after it was issued. placeholder
        most_times: How often; a long conversation sends each block again with every turn.
            placeholder
    """

    unbound: Action = Action.ALLOW
    expired: Action = Action.ALLOW
    other_model: Action = Action.TAG
    other_account: Action = Action.TAG
    repeated: Action = Action.TAG
    forged: Action = Action.THROTTLE
    foreign: Action = Action.THROTTLE
    hours: Annotated[float, AtLeast(0)] = 720.0
    most_times: Annotated[int, AtLeast(1)] = 1000


@dataclass(frozen=True, slots=True)
class Appeal:
    """Where a caller can object.

    Attributes:
        url: An address that every refusal names.
        text: What it says beside it.
        verify_url: Where an account that is challenged verifies who it is.
    """

    url: str = ""
    text: str = "If this is a mistake, write to us and name the evidence id."
    verify_url: str = ""


@dataclass(frozen=True, slots=True)
class Log:
    """What the gateway writes of each exchange.

    Attributes:
        exchanges: Whether it logs exchanges at all.
        text: Whether prompts and answers are in the log.
        sketches: Whether keyed sketches of prompts are.
        raw_ids: Whether ids are logged as they came, instead of their fingerprints.
    """

    exchanges: bool = True
    text: bool = False
    sketches: bool = True
    raw_ids: bool = False


@dataclass(frozen=True, slots=True)
class Approval:
    """Who must agree before `revenuer enforce` acts.

    Attributes:
        above: Actions graver than this want an approver.
        persons: How many persons approve an action, by its word; one where it is silent.
        four_eyes: Whether who proposed it counts as no approver.
        names: Who may approve; anybody where it is empty.
        verdicts: Verdicts whose campaigns may get more than a tag.
    """

    above: Action = Action.THROTTLE
    persons: dict[str, int] = field(default_factory=dict)
    four_eyes: bool = False
    names: tuple[str, ...] = ()
    verdicts: tuple[Sentence, ...] = (Sentence.CONVICTED,)


@dataclass(frozen=True, slots=True)
class Policy:
    """All that an operator decides.

    Attributes:
        mode: `shadow` or `enforce`.
        at_most: The gravest action that this guard takes, whatever a snapshot asks for.
        ladder: What is done about which campaigns; without any, the convicted are reduced, and
            challenged where the probability is 0.9 or more.
        whole_organizations: Where every account of an organization is listed, and they are this
            many or more, the organization is listed too, for accounts that it opens next; 0 is
            never. Publishing needs the accounts table for it.
        verdict_hours: How long a verdict counts after its scan was written. placeholder
        stale_s: Age from which a snapshot is not trusted with more than throttling. placeholder
        deadline_ms: How long a decision may take before the request passes.
        inspected_bytes: How much of a body is read; of longer ones nothing is known.
        throttle: What a throttled caller may ask for.
        limits: What callers may ask for of whom nothing is known.
        exemptions: Who is watched but not acted on.
        reduce: What a reduced request may ask for.
        countermeasures: Which may be given to accounts at all, and how strong they are.
        replayed: What is done about reasoning blocks that are not the caller's own.
        appeal: Where a caller can object.
        approval: Who must agree before a decision is acted on.
        webhooks: Where decisions are sent.
        log: What is logged.
        callers: How many callers' buckets are kept; the longest unseen are forgotten. placeholder
    """

    mode: Mode = Mode.SHADOW
    at_most: Action = Action.BLOCK
    ladder: tuple[Step, ...] = (
        Step(Action.REDUCE),
        # A person who is asked can still show who they are; a block is the operator's to write.
        Step(Action.CHALLENGE, probability_at_least=0.9),
    )
    whole_organizations: Annotated[int, AtLeast(0)] = 0
    verdict_hours: Annotated[float, AtLeast(0)] = 72.0
    stale_s: Annotated[float, AtLeast(1)] = 86_400.0
    deadline_ms: Annotated[float, AtLeast(0)] = 2.0
    inspected_bytes: Annotated[int, AtLeast(0)] = 1_048_576
    throttle: Throttle = field(default_factory=Throttle)
    limits: tuple[Limit, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    reduce: Reduce = field(default_factory=Reduce)
    countermeasures: Countermeasures = field(default_factory=Countermeasures)
    replayed: Replayed = field(default_factory=Replayed)
    appeal: Appeal = field(default_factory=Appeal)
    approval: Approval = field(default_factory=Approval)
    webhooks: tuple[Webhook, ...] = ()
    log: Log = field(default_factory=Log)
    callers: Annotated[int, AtLeast(1)] = 100_000

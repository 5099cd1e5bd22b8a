"""The nouns: what a scan finds, frozen, in the names of the contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Axis(StrEnum):
    """The three things that a campaign must show, all of them."""

    COORDINATION = "coordination"
    EXTRACTION = "extraction"
    CONCEALMENT = "concealment"


class Verdict(StrEnum):
    """What is said about a campaign, never about one account."""

    CONVICTED = "convicted"
    SUSPECTED = "suspected"
    UNDECIDED = "undecided"
    CLEARED = "cleared"


class Method(StrEnum):
    """The Frontier Model Forum's five methods of adversarial distillation.

    Source: Frontier Model Forum, issue brief "Adversarial Distillation", 2026-02-23.
    """

    COT_EXFILTRATION = "cot-exfiltration"
    COT_CRITIQUING = "cot-critiquing"
    COT_AUTOGRADING = "cot-autograding"
    RL_PROMPT_GENERATION = "rl-prompt-generation"
    SYNTHETIC_DATA = "synthetic-data"


class Channel(StrEnum):
    """Families of links; within a family one innocent cause can explain everything.

    A popular client explains all `software` links at once, an office all `network`
    links, so evidence is multiplied across channels and never within one. What a peer says
    forms no group at all; see `campaigns.peers`.
    """

    IDENTITY = "identity"
    NETWORK = "network"
    SOFTWARE = "software"
    TEXT = "text"
    TIMING = "timing"
    STATE = "state"
    PEER = "peer"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One calibrated reason for or against a campaign.

    Attributes:
        kind: Id of the detector it comes from.
        axis: The axis it speaks to.
        statement: One sentence with its numbers; no prompt text.
        log_e_value: Nats; 0 is neutral, positive is against innocence.
        account_ids: Accounts that show it most, at most a few dozen.
        exchange_ids: Exchanges that prove it, at most a few dozen.
    """

    kind: str
    axis: Axis
    statement: str
    log_e_value: float
    account_ids: tuple[str, ...] = ()
    exchange_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InnocentExplanation:
    """An innocent cause that was tested. `holds` is true where it won."""

    name: str
    why_rejected: str
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Pivot:
    """A move of the campaign's traffic from one model to another."""

    at: datetime
    from_model: str
    to_model: str
    share: float
    hours_after_release: float | None


@dataclass(frozen=True, slots=True)
class Leak:
    """What had left before the campaign could first be convicted."""

    exchanges: int = 0
    output_tokens: int = 0
    hours: float = 0.0


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who may be behind it; `unknown` unless an operator says otherwise."""

    actor: str = "unknown"
    confidence: float | None = None
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Campaign:
    """Accounts judged as one; the fields are those of `campaigns.json`."""

    id: str
    verdict: Verdict
    probability: float
    log_e_value: float
    axes: dict[Axis, float]
    account_ids: tuple[str, ...]
    exchanges: int
    tasks: int
    output_tokens: int
    reasoning_tokens: int
    first_seen: datetime
    last_seen: datetime
    detected_at: datetime
    methods: tuple[Method, ...] = ()
    capabilities: dict[str, float] = field(default_factory=dict)
    taxonomy: dict[str, tuple[str, ...]] = field(default_factory=dict)
    attribution: Attribution = field(default_factory=Attribution)
    innocents_nearby: int = 0
    leaked_before_detection: Leak = field(default_factory=Leak)
    pivots: tuple[Pivot, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    innocent_explanations: tuple[InnocentExplanation, ...] = ()
    supersedes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Scanned:
    """What was read, and what could not be seen.

    Attributes:
        promise: What the error rate means and under which conditions, a sentence each.
    """

    exchanges: int
    tasks: int
    accounts: int
    first: datetime
    last: datetime
    fdr: float
    baseline_id: str
    config_sha256: str
    detector_versions: dict[str, int]
    blind: tuple[str, ...]
    promise: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tie:
    """Something that members share, for the picture of what ties them.

    Attributes:
        kind: Id of the link detector.
        label: A masked name of the shared thing, safe to print.
        channel: The family of links.
        account_ids: Members that share it.
        others: Accounts outside the campaign that share it too.
    """

    kind: str
    label: str
    channel: Channel
    account_ids: tuple[str, ...]
    others: int


@dataclass(frozen=True, slots=True)
class Example:
    """One exchange to look at; `text` is masked unless the operator unmasked it."""

    exchange_id: str
    account_id: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Exhibit:
    """What the report draws of one campaign beside its record.

    Attributes:
        campaign_id: Which one.
        days: ISO dates, one for each bar of the timeline.
        own: The campaign's own exchanges per day.
        other: Its accounts' other exchanges per day.
        suspensions: When members were suspended.
        releases: (when, model) of the releases inside the window.
        ties: What members share, strongest first.
        telling: Exchanges that show it best.
        random: A random draw of the members' exchanges.
        account_volumes: (account id, own exchanges) of every member.
    """

    campaign_id: str
    days: tuple[str, ...]
    own: tuple[int, ...]
    other: tuple[int, ...]
    suspensions: tuple[datetime, ...] = ()
    releases: tuple[tuple[datetime, str], ...] = ()
    ties: tuple[Tie, ...] = ()
    telling: tuple[Example, ...] = ()
    random: tuple[Example, ...] = ()
    account_volumes: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """All that a scan says: the face of `campaigns.json` and of the report."""

    scanned: Scanned
    campaigns: tuple[Campaign, ...]
    exhibits: tuple[Exhibit, ...] = ()


class SignKind(StrEnum):
    """What a sign is of."""

    PROBE_PHASE = "probe-phase"
    QUALITY_CHECK = "quality-check"
    RETURN = "return"
    PIVOT = "pivot"
    FAILOVER = "failover"
    RETREAT = "retreat"
    ADAPTATION = "adaptation"


@dataclass(frozen=True, slots=True)
class Sign:
    """One early sign, as `signs.json` has it.

    Attributes:
        id: Stays the same from look to look.
        kind: What it is of.
        first_seen: The look that first told it.
        at: The look that last saw it.
        axis: The axis it speaks to; None if to none of them.
        account_ids: Who shows it.
        campaign_id: The campaign that most of them are in; None if in none.
        statement: One sentence with its numbers; no prompt text.
        numbers: The same numbers by name.
        decision_id: The decision that it follows; None if none.
    """

    id: str
    kind: SignKind
    first_seen: datetime
    at: datetime
    axis: Axis | None
    account_ids: tuple[str, ...]
    campaign_id: str | None
    statement: str
    numbers: Mapping[str, int | float] = field(default_factory=dict)
    decision_id: str | None = None

"""The worlds that are scanned, and what traffic should be able to show of each."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harvests.operators import Campaign

METADATA = ("system_prompt", "prompt")
FEW = (
    *METADATA,
    "organization_id",
    "api_key_id",
    "client_ip",
    "asn",
    "country",
    "tls_fingerprint",
    "user_agent",
    "session_id",
    "task_id",
    "turn_kind",
    "message_count",
    "tool_count",
    "channel",
    "max_output_tokens",
    "temperature",
    "n",
    "logprobs",
    "streamed",
    "stop_reason",
    "latency_ms",
    "requested_model",
    "outcome",
)


@dataclass(frozen=True)
class Case:
    """A world to scan.

    Attributes:
        guilt: What a good analyst with this log could show: `plain`: several signs agree;
            `one sign`: one thing shared beside what is asked; `wording`: nothing but what is
            asked and when; `none`: it cannot be told from people.
        people: Ordinary accounts; so many that no cohort is more guilty than the promise allows.
        activity: How busy they are.
        without: Columns that this log does not have.
        bare: There is no accounts table either.
    """

    campaign: Campaign
    guilt: str
    people: int = 2500
    days: int = 14
    activity: float = 1.0
    without: tuple[str, ...] = ()
    bare: bool = False

    @property
    def name(self) -> str:
        """What the case is called: its campaign's name, and what the log lacks."""
        lacks = "-few-columns" if self.bare else "-no-text" if self.without else ""
        return self.campaign.name + lacks


_BASE = (
    Case(
        Campaign("hydra", "reasoning", 400, 16_000, 12, ("tls", "signup"), proxies="rotating"),
        "plain",
        7000,
        activity=0.5,
    ),
    Case(Campaign("hot", "coding", 6, 30_000, 10, ("card",), pace="metronome"), "plain"),
    Case(
        Campaign("reseller", "analyst", 40, 4_000, 12, ("asn", "tls"), customers=0.7, dealt=False),
        "plain",
    ),
    Case(Campaign("curriculum", "walk", 60, 12_000, 12, ("asn",)), "one sign"),
    Case(
        Campaign("tongues", "reasoning", 120, 15_000, 12, ("domain",), proxies="rotating"),
        "one sign",
    ),
    Case(Campaign("reward", "grading", 50, 20_000, 10, ("card",), pace="bursts"), "one sign"),
    Case(Campaign("pairs", "preference", 30, 12_000, 9, ("tls",)), "one sign"),
    Case(Campaign("agents", "coding", 80, 25_000, 11, ("card", "asn"), shape="loop"), "plain"),
    Case(Campaign("selfplay", "walk", 40, 12_000, 12, ("asn",), shape="talk"), "one sign"),
    Case(
        Campaign("translation", "translation", 25, 10_000, 12, ("card",), pace="metronome"),
        "one sign",
    ),
    Case(Campaign("softened", "softening", 70, 8_000, 12, ("domain", "signup")), "plain"),
    Case(Campaign("logprobs", "completions", 15, 30_000, 8, ("tls",)), "one sign"),
    Case(Campaign("vectors", "embeddings", 20, 40_000, 10, ("asn",), pace="metronome"), "one sign"),
    Case(
        Campaign("pivot", "coding", 150, 20_000, 9, ("tls",), start_d=4, pivots=True),
        "one sign",
        3500,
    ),
    Case(Campaign("relay", "harder", 150, 15_000, 12, ("card",), age="relay"), "one sign", 3500),
    Case(Campaign("throttled", "walk", 25, 20_000, 10, ("tls",), cap_s=60), "one sign"),
    Case(
        Campaign("officehours", "reasoning", 200, 16_000, 12, pace="human", dealt=False, app=True),
        "wording",
    ),
    Case(Campaign("bought", "grading", 90, 12_000, 10, ("asn",), age="old"), "one sign"),
    Case(Campaign("tiny", "reasoning", 5, 200, 2, ("card", "tls"), start_d=8), "plain"),
    Case(
        Campaign(
            "huge", "reasoning", 1000, 40_000, 40, ("tls",), age="old", proxies="rotating", app=True
        ),
        "one sign",
        9000,
        42,
        activity=0.25,
    ),
    Case(Campaign("flood", "coding", 140, 100_000, 12, ("card",), shape="loop"), "one sign", 3500),
    Case(
        Campaign("persona", "analyst", 250, 15_000, 12, proxies="rotating"),
        "wording",
        5000,
        activity=0.6,
    ),
    Case(Campaign("evolved", "harder", 45, 9_000, 12, ("device",), pace="bursts"), "one sign"),
    Case(Campaign("unlinked", "walk", 100, 15_000, 12), "wording"),
    Case(Campaign("sleepers", "grading", 90, 12_000, 10, age="old"), "wording"),
    Case(
        Campaign(
            "pathways",
            "coding+walk+reasoning",
            60,
            10_000,
            12,
            ("card",),
            age="mixed",
            halves=True,
            dealt=False,
            proxies="rotating",
        ),
        "one sign",
    ),
    Case(
        Campaign(
            "sparse",
            "reasoning+grading+walk",
            120,
            4_000,
            13,
            ("device",),
            age="mixed",
            app=True,
            pace="human",
            dealt=False,
        ),
        "one sign",
    ),
    Case(
        Campaign(
            "diluted",
            "harder",
            60,
            4_000,
            12,
            ("card", "asn"),
            age="old",
            customers=0.9,
            dealt=False,
            pace="human",
        ),
        "plain",
    ),
    Case(
        Campaign("ghost", "everyday", 60, 900, 12, pace="human", dealt=False, age="old", app=True),
        "none",
    ),
)


def _lacking(name: str, without: tuple[str, ...], guilt: str, *, bare: bool = False) -> Case:
    case = next(case for case in _BASE if case.campaign.name == name)
    return replace(case, guilt=guilt, without=without, bare=bare)


CASES = (
    *_BASE,
    _lacking("hydra", METADATA, "plain"),
    _lacking("curriculum", METADATA, "one sign"),
    _lacking("agents", METADATA, "plain"),
    _lacking("tiny", METADATA, "plain"),
    _lacking("hot", METADATA, "plain"),
    _lacking("hot", FEW, "none", bare=True),
    _lacking("pairs", FEW, "none", bare=True),
)

QUICK = (
    Case(Campaign("small", "reasoning", 12, 1_500, 5, ("card", "tls")), "plain", 600, 7),
    Case(Campaign("small-asn", "grading", 20, 1_500, 5, ("asn",), age="old"), "one sign", 600, 7),
    Case(
        Campaign("nobody", "everyday", 12, 150, 5, pace="human", age="old", app=True),
        "none",
        600,
        7,
    ),
)

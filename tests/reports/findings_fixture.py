"""Findings as a scan of a middling world gives them: convicted, undecided and cleared."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np

from revenuer.records import (
    Axis,
    Campaign,
    Channel,
    Evidence,
    Example,
    Exhibit,
    Findings,
    InnocentExplanation,
    Leak,
    Method,
    Pivot,
    Scanned,
    Tie,
    Verdict,
)

CONVICTED = "campaign--5f0c1f9e-6f0c-5c55-9a8e-3d1a5c0b7e21"
UNDECIDED = "campaign--a41b7d02-90de-5b7e-8d51-0b6f0f5d9c33"
CLEARED = "campaign--0d9e3c58-21aa-5f4f-b3b4-77a1e2c4d610"
RELEASE = datetime(2026, 2, 11, 17, 0, tzinfo=UTC)
DAYS = tuple((date(2026, 2, 1) + timedelta(days=n)).isoformat() for n in range(21))


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A time in February 2026, UTC."""
    return datetime(2026, 2, day, hour, minute, tzinfo=UTC)


def findings() -> Findings:
    """Three campaigns, each with its exhibit."""
    return Findings(
        scanned(),
        (convicted(), undecided(), cleared()),
        (convicted_exhibit(), undecided_exhibit(), cleared_exhibit()),
    )


def scanned() -> Scanned:
    return Scanned(
        exchanges=1_204_518,
        tasks=688_240,
        accounts=10_412,
        first=at(1, 0, 2),
        last=at(21, 23, 57),
        fdr=0.05,
        baseline_id="baseline--6a1d",
        config_sha256="9b74c9897bac770ffc029102a200c5de3f2f7d21b7c6e0aeb0d9a5b5e4d1c001",
        detector_versions={"payment": 1, "round-the-clock": 2, "template-family": 1},
        blind=(
            "reasoning-signature: the log has no column exchanges.reasoning_signature",
            "phone: accounts.phone_fingerprint is empty in all 10,412 rows",
        ),
    )


def members(count: int, prefix: str) -> tuple[str, ...]:
    return tuple(f"acct_{prefix}{n:04d}" for n in range(count))


def convicted() -> Campaign:
    ids = members(40, "7e")
    return Campaign(
        id=CONVICTED,
        verdict=Verdict.CONVICTED,
        probability=0.972,
        log_e_value=6.1,
        axes={Axis.COORDINATION: 19.4, Axis.EXTRACTION: 11.2, Axis.CONCEALMENT: 6.1},
        account_ids=ids,
        exchanges=182_431,
        tasks=176_902,
        output_tokens=214_380_112,
        reasoning_tokens=131_004_870,
        first_seen=at(3, 4, 11),
        last_seen=at(19, 22, 48),
        detected_at=at(5, 9, 0),
        methods=(Method.COT_EXFILTRATION, Method.SYNTHETIC_DATA),
        capabilities={
            "reasoning": 0.61,
            "data-analysis": 0.21,
            "agentic-coding": 0.12,
            "tool-use": 0.04,
            "other": 0.02,
        },
        taxonomy={
            "atlas": ("AML.T0024.002", "AML.T0008.005"),
            "owasp": ("LLM10",),
            "nist": ("NISTAML.031",),
        },
        innocents_nearby=6,
        leaked_before_detection=Leak(11_207, 13_170_554, 52.8),
        pivots=(Pivot(at(12, 6, 30), "glacier-2", "glacier-3", 0.47, 13.5),),
        evidence=convicted_evidence(ids),
        innocent_explanations=(
            InnocentExplanation(
                "one open organization",
                "The 40 accounts name 38 organizations and no permit covers any of them.",
            ),
            InnocentExplanation(
                "popular client",
                "The shared TLS fingerprint has 6 other users among 10,372 accounts; popular "
                "clients have hundreds.",
            ),
            InnocentExplanation(
                "class behind one NAT",
                "Addresses change hourly over 212 networks; a class stays on one or two.",
            ),
            InnocentExplanation(
                "evaluator", "93 % of the prompts occur once; evaluations repeat a fixed set."
            ),
        ),
    )


def convicted_evidence(ids: tuple[str, ...]) -> tuple[Evidence, ...]:
    proof = tuple(f"ex-{n:06d}" for n in range(100, 112))
    rows = (
        ("payment", Axis.COORDINATION, 7.8, "38 of 40 accounts pay with one of 3 cards; no "
         "other account does."),
        ("template-family", Axis.COORDINATION, 6.9, "All 40 accounts fill the same 4 prompt "
         "templates, which 6 of 10,372 other accounts use."),
        ("turn-taking", Axis.COORDINATION, 4.7, "In 91 % of busy minutes exactly one of the 40 "
         "accounts is active; 12 % would be expected."),
        ("cot-elicitation", Axis.EXTRACTION, 6.0, "74 % of the sampled prompts ask for the "
         "reasoning behind an answer, against 0.6 % of other accounts'."),
        ("output-mass", Axis.EXTRACTION, 3.9, "Median answer 1,180 tokens in single turns; the "
         "cohort's is 212."),
        ("narrow-focus", Axis.EXTRACTION, 2.6, "82 % of the tasks are of two kinds, reasoning "
         "and data analysis."),
        ("release-pivot", Axis.EXTRACTION, -1.3, "47 % moved to glacier-3 within 14 hours, but "
         "so did 31 % of all accounts."),
        ("disposable-email", Axis.CONCEALMENT, 3.4, "33 of 40 accounts use disposable mail "
         "domains; 2 % of all accounts do."),
        ("address-rotation", Axis.CONCEALMENT, 2.9, "212 networks in 17 days, 5.3 an account; "
         "the cohort's median is 1."),
    )  # fmt: skip
    return tuple(Evidence(kind, axis, text, e, ids[:12], proof) for kind, axis, e, text in rows)


def convicted_exhibit() -> Exhibit:
    rng = np.random.default_rng(7)
    ids = members(40, "7e")
    own = tuple(int(n) for n in rng.normal(10_700, 900, 21) * (np.arange(21) >= 2))
    other = tuple(int(n) for n in rng.normal(900, 120, 21))
    volumes = tuple((name, int(n)) for name, n in zip(ids, rng.normal(4_560, 380, 40), strict=True))
    return Exhibit(
        campaign_id=CONVICTED,
        days=DAYS,
        own=own,
        other=other,
        suspensions=(at(9, 10), at(9, 11), at(9, 12, 30), at(19, 23), at(19, 23, 10)),
        releases=((RELEASE, "glacier-3"),),
        ties=convicted_ties(ids),
        telling=tuple(telling_example(n, ids[n]) for n in range(4)),
        random=tuple(random_example(n, ids[3 * n]) for n in range(5)),
        account_volumes=volumes,
    )


def convicted_ties(ids: tuple[str, ...]) -> tuple[Tie, ...]:
    return (
        Tie("payment", "card …c41a", Channel.IDENTITY, ids[:16], 0),
        Tie("payment", "card …09fe", Channel.IDENTITY, ids[16:29], 0),
        Tie("payment", "card …7710", Channel.IDENTITY, ids[29:38], 0),
        Tie("template-family", "template 1: analyst persona, 9 words fixed", Channel.TEXT, ids, 4),
        Tie("template-family", "template 2: reasoning behind an answer", Channel.TEXT, ids[4:], 2),
        Tie("tls-client", "JA4 …e5627 with python client", Channel.SOFTWARE, ids[:31], 6),
        Tie("signup-block", "sign-up block …/24 no 3", Channel.NETWORK, ids[10:27], 1),
        Tie("email-pattern", "word.word99 at 4 domains", Channel.IDENTITY, ids[::2], 3),
        Tie("burst", "minute bursts, 41 of them", Channel.TIMING, ids[5:37], 0),
        Tie("hand-over", "continued after a 429", Channel.TIMING, ids[29:], 0),
    )


def telling_example(number: int, account: str) -> Example:
    texts = (
        "You are an expert ███████ analyst. Imagine the internal reasoning behind the answer "
        "below and write it out step by step.\n\nAnswer: ██████████",
        "Rewrite this worked solution so that every hidden intermediate thought is stated: ████",
        "请逐步写出得到下面答案时的完整内部推理过程：██████",
        "Score the reasoning trace from 0 to 10 on ████, ████ and ████. Reply with JSON only.",
    )
    whys = ("cot-elicitation 0.98", "cot-elicitation 0.95", "cot-elicitation 0.94", "rubric 0.91")
    return Example(f"ex-{100 + number:06d}", account, texts[number], whys[number])


def random_example(number: int, account: str) -> Example:
    texts = (
        "Given the table of ██████ by region, which two drive the change, and how sure are you?",
        "A train leaves ██████ at ██:██ … derive the meeting time, all steps shown.",
        "Fix the failing test in ██████.py and explain the cause.",
        "مرحبا، اشرح خطوات الحل: ██████",
        "Write a SQL query for ██████.",
    )
    return Example(f"ex-{900 + number:06d}", account, texts[number], "drawn at random")


def undecided() -> Campaign:
    ids = members(3, "b2")
    return Campaign(
        id=UNDECIDED,
        verdict=Verdict.UNDECIDED,
        probability=0.46,
        log_e_value=0.4,
        axes={Axis.COORDINATION: 8.8, Axis.EXTRACTION: 4.1, Axis.CONCEALMENT: 0.4},
        account_ids=ids,
        exchanges=61_240,
        tasks=60_011,
        output_tokens=48_900_100,
        reasoning_tokens=9_120_004,
        first_seen=at(1, 0, 9),
        last_seen=at(21, 23, 40),
        detected_at=at(21, 23, 57),
        methods=(Method.SYNTHETIC_DATA,),
        capabilities={"agentic-coding": 0.55, "tool-use": 0.3, "reasoning": 0.15},
        taxonomy={"atlas": ("AML.T0008.005",), "owasp": ("LLM10",), "nist": ()},
        innocents_nearby=0,
        evidence=(
            Evidence("organization", Axis.COORDINATION, "All 3 accounts belong to one "
                     "organization, which says so.", 8.8, ids),
            Evidence("output-mass", Axis.EXTRACTION, "20,413 exchanges an account, above all "
                     "other accounts of the plan.", 4.1, ids),
            Evidence("address-rotation", Axis.CONCEALMENT, "4 networks in 21 days, as usual.",
                     0.4, ids),
        ),
        innocent_explanations=(
            InnocentExplanation(
                "reseller",
                "One company resells access; whose requests it passes on is not in the log, so "
                "the traffic cannot tell a reseller from a campaign behind one.",
                holds=True,
            ),
            InnocentExplanation("batch job", "Only 4 % of the exchanges came in batches."),
        ),
    )  # fmt: skip


def undecided_exhibit() -> Exhibit:
    rng = np.random.default_rng(8)
    ids = members(3, "b2")
    return Exhibit(
        campaign_id=UNDECIDED,
        days=DAYS,
        own=tuple(int(n) for n in rng.normal(2_900, 200, 21)),
        other=(0,) * 21,
        releases=((RELEASE, "glacier-3"),),
        ties=(Tie("organization", "organization …4d", Channel.IDENTITY, ids, 0),),
        random=(Example("ex-002001", ids[0], "Refactor ██████ into two modules.", "at random"),),
        account_volumes=((ids[0], 40_100), (ids[1], 20_040), (ids[2], 1_100)),
    )


def cleared() -> Campaign:
    ids = members(400, "c0")
    return Campaign(
        id=CLEARED,
        verdict=Verdict.CLEARED,
        probability=0.004,
        log_e_value=-5.2,
        axes={Axis.COORDINATION: 7.0, Axis.EXTRACTION: 1.2, Axis.CONCEALMENT: -5.2},
        account_ids=ids,
        exchanges=20_118,
        tasks=19_870,
        output_tokens=9_118_220,
        reasoning_tokens=0,
        first_seen=at(2, 8, 0),
        last_seen=at(20, 16, 45),
        detected_at=at(21, 23, 57),
        capabilities={"reasoning": 0.7, "data-analysis": 0.3},
        innocents_nearby=3,
        evidence=(
            Evidence("signup-block", Axis.COORDINATION, "400 accounts signed up from 2 address "
                     "blocks.", 7.0, ids[:20]),
            Evidence("narrow-focus", Axis.EXTRACTION, "70 % of the tasks are school "
                     "mathematics.", 1.2, ids[:20]),
            Evidence("steady-identity", Axis.CONCEALMENT, "Verified school mail on every account "
                     "and one network.", -5.2, ids[:20]),
        ),
        innocent_explanations=(
            InnocentExplanation(
                "class behind one NAT",
                "400 verified accounts of one school, in use in school hours on two networks.",
                holds=True,
            ),
        ),
    )  # fmt: skip


def cleared_exhibit() -> Exhibit:
    rng = np.random.default_rng(9)
    ids = members(400, "c0")
    school_day = np.array([date.fromisoformat(d).weekday() < 5 for d in DAYS])
    return Exhibit(
        campaign_id=CLEARED,
        days=DAYS,
        own=tuple(int(n) for n in rng.normal(1_300, 90, 21) * school_day),
        other=(0,) * 21,
        ties=(
            Tie("signup-block", "block …/20 no 1", Channel.NETWORK, ids[:260], 2),
            Tie("signup-block", "block …/20 no 2", Channel.NETWORK, ids[240:], 1),
            Tie("email-domain", "one school domain", Channel.IDENTITY, ids, 0),
        ),
        account_volumes=tuple(
            (n, int(v)) for n, v in zip(ids, rng.lognormal(3.6, 1, 400), strict=True)
        ),
    )

"""From findings to an answer, the check that would settle it, and reasons for both readers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from revenuer.access import signal_links as links
from revenuer.access.applications import Check, Outcome, Result
from revenuer.access.history import DAY_US
from revenuer.access.signals import Family, Signal, Sort
from revenuer.access.weighing import Finding, best, total

STEP_UP = 1.6
"""Evidence from which a check is asked for, nats. placeholder"""
HOLD = 6.0
"""Evidence from which a person looks, nats, if some of it is a link. placeholder"""
LEAST_TOLD = 0.4
"""Findings with less are not among the reasons, nats. placeholder"""
REFUSING_KINDS = 2
"""Independent strong things of a convicted campaign without which nobody is refused."""
STEP_UP_DAYS = 14
"""So long a check stays open. placeholder"""
HOLD_DAYS = 3
"""Within so many days a person has looked. placeholder"""
RECHECK_DAYS = 30
"""After so long an accepted application with some evidence is judged again. placeholder"""

COSTS: Mapping[Check, float] = {
    Check.EMAIL: 1,
    Check.PHONE: 2,
    Check.CARD: 2.5,
    Check.INSTITUTION: 3,
    Check.ORGANIZATION: 5,
    Check.DOCUMENT: 9,
}
"""What a check costs an honest applicant, in confirmed e-mails. placeholder"""
LIGHT = frozenset((Check.EMAIL, Check.PHONE, Check.CARD, Check.INSTITUTION))
"""What traits alone may ask for: nobody shows papers for using a VPN."""
FAILED: Mapping[Check, float] = {
    Check.EMAIL: 0.5,
    Check.PHONE: 0.8,
    Check.CARD: 0.8,
    Check.INSTITUTION: 1.2,
    Check.ORGANIZATION: 1.2,
    Check.DOCUMENT: 2.0,
}
"""Evidence of a failed check, nats; an abandoned one says nothing. placeholder"""
DOUBTED: Mapping[Check, Family] = {Check.PHONE: Family.PHONE, Check.CARD: Family.PAYMENT}
"""A phone or card that is shared or inherited confirms nobody."""
QUESTIONS: Mapping[Check, str] = {
    Check.EMAIL: "a working address of one's own; a slip of the key ends here",
    Check.PHONE: "a phone of one's own: many names with one owner need many",
    Check.CARD: "a card of one's own: many names with one owner need many",
    Check.INSTITUTION: "the institution's word: a member has it, a borrowed name has not",
    Check.ORGANIZATION: "the organization's word: an office or company has it, a pool has not",
    Check.DOCUMENT: "a person: it tells a victim or household from an operator who returns",
}


class Answer(StrEnum):
    """What is answered, from the mildest to the hardest."""

    ACCEPT = "accept"
    STEP_UP = "step-up"
    HOLD = "hold"
    REFUSE = "refuse"


SEVERITY = tuple(Answer)
"""From the mildest to the hardest."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, for both readers.

    Attributes:
        code: Of the signal or rule.
        applicant: May be shown to the applicant.
        analyst: With numbers; not for the applicant.
        source: `signal`, `rule` or `outcome`.
        nats: Evidence, 0 for a rule.
    """

    code: str
    applicant: str
    analyst: str
    source: str
    nats: float = 0.0


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the operator's own rule says of an application.

    Attributes:
        answer: `hold` or `refuse`.
        reason: Why.
    """

    answer: Answer
    reason: Reason


@dataclass(frozen=True, slots=True)
class Assessment:
    """The judgement of one application.

    Attributes:
        application_id: Which.
        at_us: When it was judged, microseconds since 1970.
        answer: What is answered.
        checks: What the applicant is asked for, all of them.
        reasons: Why, the heaviest first.
        questions: Check to what it would tell, for the analyst.
        log_evidence: All families together, after checks that were passed, nats.
        campaigns: Convicted campaigns that it inherits from.
        expires_us: When the answer lapses; None if it does not.
        recheck_us: When it is judged again; None if it is not.
    """

    application_id: str
    at_us: int
    answer: Answer
    checks: tuple[Check, ...] = ()
    reasons: tuple[Reason, ...] = ()
    questions: tuple[tuple[Check, str], ...] = ()
    log_evidence: float = 0.0
    campaigns: tuple[str, ...] = ()
    expires_us: int | None = None
    recheck_us: int | None = None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where answers begin, nats; the operator's own where it sets them.

    Attributes:
        step_up: From here a check is asked for.
        hold: From here a person looks.
    """

    step_up: float = STEP_UP
    hold: float = HOLD


def answer(
    application_id: str,
    findings: list[Finding],
    *,
    now_us: int,
    outcomes: Iterable[Outcome] = (),
    rulings: Iterable[Ruling] = (),
    offered: Collection[Check] = tuple(Check),
    thresholds: Thresholds | None = None,
) -> Assessment:
    """Turn findings into an answer.

    Args:
        application_id: Which application.
        findings: From `weighing.weigh`.
        now_us: The time.
        outcomes: How its checks came out so far, in the order in which they did.
        rulings: What the operator's own rules say.
        offered: Checks that the operator offers and this applicant can take.
        thresholds: Where answers begin.
    """
    bars = thresholds or Thresholds()
    latest = {each.check: each.result for each in outcomes}
    findings = [*findings, *_failures(latest)]
    passed = [check for check, result in latest.items() if result is Result.PASSED]
    left = lowered(findings, passed)
    evidence, ruled = total(left), list(rulings)
    verdict, checks = _verdict(left, evidence, bars, _open(offered, latest))
    verdict = max([verdict, *(each.answer for each in ruled)], key=SEVERITY.index)
    checks = checks if verdict is Answer.STEP_UP else ()
    days = {Answer.STEP_UP: STEP_UP_DAYS, Answer.HOLD: HOLD_DAYS}.get(verdict)
    again = verdict is Answer.ACCEPT and evidence >= LEAST_TOLD
    return Assessment(
        application_id=application_id,
        at_us=now_us,
        answer=verdict,
        checks=checks,
        reasons=tuple(each.reason for each in ruled) + _reasons(left, verdict),
        questions=tuple((check, QUESTIONS[check]) for check in checks),
        log_evidence=round(evidence, 3),
        campaigns=tuple(sorted({name for each in left for name in each.campaigns})),
        expires_us=now_us + days * DAY_US if days else None,
        recheck_us=now_us + RECHECK_DAYS * DAY_US if again else None,
    )


def lowered(findings: list[Finding], passed: Iterable[Check]) -> list[Finding]:
    """Findings with what is left of them after checks that were passed."""
    believed = [check for check in passed if not _doubted(check, findings)]
    if not believed:
        return findings
    return [
        Finding(each.signal, each.nats * _left(each.signal, believed), each.told, each.kind,
                each.campaigns, each.tool)
        for each in findings
    ]  # fmt: skip


def _left(signal: Signal, passed: Iterable[Check]) -> float:
    left = 1.0
    for check in passed:
        left *= 1 - signal.powers.get(check, 0.0)
    return left


def _doubted(check: Check, findings: list[Finding]) -> bool:
    """Whether what is confirmed is itself shared or inherited."""
    family = DOUBTED.get(check)
    return family is not None and any(
        each.signal.family is family and each.signal.sort in (Sort.LINK, Sort.INHERITED)
        for each in findings
    )


def _failures(latest: Mapping[Check, Result]) -> list[Finding]:
    return [
        Finding(links.CHECK_FAILED, FAILED[check], f"The check `{check.value}` was not passed.")
        for check, result in latest.items()
        if result is Result.FAILED
    ]


def _open(offered: Collection[Check], latest: Mapping[Check, Result]) -> tuple[Check, ...]:
    """Checks that may still be asked for, the lightest first."""
    done = [check for check, result in latest.items() if result is Result.PASSED]
    return tuple(sorted((c for c in offered if c not in done), key=lambda c: COSTS[c]))


def _verdict(
    findings: list[Finding], evidence: float, bars: Thresholds, checks: tuple[Check, ...]
) -> tuple[Answer, tuple[Check, ...]]:
    tools = {each.signal.family for each in findings if each.tool and each.nats > 0}
    shared = any(each.signal.sort is not Sort.TRAIT for each in findings)
    if len(tools) >= REFUSING_KINDS and evidence >= bars.hold:
        return Answer.REFUSE, ()
    if evidence < bars.step_up:
        return Answer.ACCEPT, ()
    if shared and evidence >= bars.hold:
        return Answer.HOLD, ()
    asked = telling(findings, checks if shared else [c for c in checks if c in LIGHT], bars)
    if asked:
        return Answer.STEP_UP, asked
    # All that could be asked was asked, and it did not explain what is shared.
    return (Answer.HOLD, ()) if shared else (Answer.ACCEPT, ())


def telling(
    findings: list[Finding], checks: Collection[Check], bars: Thresholds
) -> tuple[Check, ...]:
    """The cheapest check, or two, that would settle it; else the one that tells most.

    Args:
        findings: What is to be settled.
        checks: What may be asked for.
        bars: Evidence below `step_up` is settled.
    """
    useful = [
        check
        for check in checks
        if not _doubted(check, findings) and any(each.signal.powers.get(check) for each in findings)
    ]
    asked = [(check,) for check in useful] + list(combinations(useful, 2))
    for each in sorted(asked, key=lambda some: sum(COSTS[check] for check in some)):
        if total(lowered(findings, each)) < bars.step_up:
            return each
    return min(
        ((check,) for check in useful), key=lambda c: total(lowered(findings, c)), default=()
    )


def _reasons(findings: list[Finding], verdict: Answer) -> tuple[Reason, ...]:
    """The strongest finding of each family that says enough, the heaviest first."""
    strongest = best(findings)
    told: dict[Family, Reason] = {}
    for each in findings:
        family = each.signal.family
        if each.nats >= LEAST_TOLD and each.nats == strongest[family] and family not in told:
            source = "outcome" if each.signal.sort is Sort.OUTCOME else "signal"
            told[family] = Reason(
                each.signal.code, each.signal.applicant, each.told, source, round(each.nats, 3)
            )
    reasons = tuple(sorted(told.values(), key=lambda reason: -reason.nats))
    return reasons or (_NOTHING,) * (verdict is Answer.ACCEPT)


_NOTHING = Reason(
    "nothing-found", "Nothing speaks against the application.", "No signal.", "signal"
)

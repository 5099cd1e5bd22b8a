"""Decisions and campaigns as OCSF Detection Findings, for the SIEM that an operator has.

Prompts and answers are never in one, and accounts are named by their fingerprints unless an
adapter gives their ids.

Source:
    Open Cybersecurity Schema Framework 1.9.0 (2026-08-03): class `detection_finding` (2004)
    with the profiles `security_control` and, where the model is known, `ai_operation`. What is
    required and what the numbers mean is taken from its `events/findings`, `objects` and
    `profiles`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from revenuer import __version__
from revenuer.guard.decision import Decision
from revenuer.guard.events import Protocol
from revenuer.guard.ladder import Action
from revenuer.records import Campaign, Evidence, Verdict

VERSION = "1.9.0"
CLASS, CATEGORY = 2004, 2
PEER_SIGHTING = "peer-sighting"
"""Kind of the evidence that is another operator's word."""
IDENTITY = re.compile(r"identity--[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""A peer as evidence names it."""
PRODUCT = {"name": "Revenuer", "vendor_name": "Revenuer", "version": __version__}


class Activity(IntEnum):
    """What happened to the finding."""

    CREATE = 1
    UPDATE = 2
    CLOSE = 3


class Severity(IntEnum):
    """How much it asks for attention."""

    INFORMATIONAL = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4


class Outcome(IntEnum):
    """The `disposition_id` of what was done."""

    ALLOWED = 1
    BLOCKED = 2
    CUSTOM_ACTION = 7
    DELAYED = 14
    DETECTED = 15
    TAGGED = 18
    CHALLENGE = 23
    REJECTED = 25


SEVERITIES = {
    Action.ALLOW: Severity.INFORMATIONAL,
    Action.TAG: Severity.INFORMATIONAL,
    Action.THROTTLE: Severity.LOW,
    Action.REDUCE: Severity.MEDIUM,
    Action.CHALLENGE: Severity.HIGH,
    Action.BLOCK: Severity.HIGH,
}
OUTCOMES = {
    Action.ALLOW: Outcome.ALLOWED,
    Action.TAG: Outcome.TAGGED,
    Action.THROTTLE: Outcome.DELAYED,
    Action.REDUCE: Outcome.CUSTOM_ACTION,
    Action.CHALLENGE: Outcome.CHALLENGE,
    Action.BLOCK: Outcome.BLOCKED,
}
VERDICTS = {
    Verdict.CONVICTED: Severity.HIGH,
    Verdict.SUSPECTED: Severity.MEDIUM,
    Verdict.UNDECIDED: Severity.LOW,
    Verdict.CLEARED: Severity.INFORMATIONAL,
}
ATLAS = {"AML.T0024.002": "Extract AI Model", "AML.T0008.005": "AI Service Proxies"}
"""Names of the MITRE ATLAS techniques that campaigns are filed under."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The request that a decision was about, as far as a finding may tell of it.

    Attributes:
        uid: Id of the request or exchange; findings with one id are one finding.
        at: When it was decided, seconds since the epoch.
        account: The account's fingerprint in hexadecimals, or its id where ids may be told.
        organization: The same of its organization; empty if unknown.
        protocol: How the request was written.
        service: What the gateway stands before, such as `chat.example.com`.
        model: The model asked for; empty if unknown.
        provider: Who runs it.
        input_tokens: Tokens of the prompt; None if not counted.
        output_tokens: Tokens of the answer; None if not counted, or not yet.
    """

    uid: str
    at: float
    account: str
    organization: str = ""
    protocol: Protocol = Protocol.OTHER
    service: str = "gateway"
    model: str = ""
    provider: str = ""
    input_tokens: int | None = None
    output_tokens: int | None = None


def finding_of_decision(decision: Decision, seen: Seen) -> dict[str, Any]:
    """A decision as a Detection Finding, ready for JSON."""
    at = _milliseconds(seen.at)
    action = decision.would_be
    shadow = decision.shadowed or (decision.passes and not decision.would_pass)
    outcome = Outcome.DETECTED if shadow else OUTCOMES[decision.action]
    if decision.action is Action.THROTTLE and not decision.passes:
        outcome = Outcome.REJECTED
    finding = _base(Activity.CREATE, SEVERITIES[action], at, ["security_control"])
    told = f"would be {action}" if shadow else f"{decision.action}"
    finding |= {
        "message": f"A request of a caller listed for {decision.reason}: {told}",
        "finding_info": {
            "uid": seen.uid,
            "title": f"Distillation guard: {told}",
            "types": [f"guard-{action}"],
            "created_time": at,
            "analytic": {"name": f"guard-{decision.reason}", "type_id": 1, "type": "Rule"},
            "product": PRODUCT,
        },
        "action_id": 1 if decision.passes else 2,
        "action": "Allowed" if decision.passes else "Denied",
        "disposition_id": int(outcome),
        "disposition": _caption(outcome),
        "is_alert": action >= Action.CHALLENGE,
        "evidences": [_evidence(seen)],
    }
    if decision.evidence_id:
        # What ties the findings of one campaign together.
        finding["metadata"]["correlation_uid"] = decision.evidence_id
        finding["policy"] = {"uid": decision.evidence_id, "name": decision.note or "guard policy"}
    if decision.expires_at is not None:
        finding["unmapped"] = {"expires_time": _milliseconds(decision.expires_at)}
    if decision.countermeasures:
        told_of = {"countermeasures": sorted(decision.countermeasures)}
        finding["unmapped"] = finding.get("unmapped", {}) | told_of
    if seen.model:
        finding["metadata"]["profiles"].append("ai_operation")
        finding |= _ai_operation(seen)
    return finding


def finding_of_campaign(
    campaign: Campaign, at: datetime, activity: Activity = Activity.CREATE
) -> dict[str, Any]:
    """A campaign as a Detection Finding, ready for JSON; it names no account.

    Args:
        campaign: The campaign.
        at: When the finding is made.
        activity: Whether it is new, has changed or is closed.
    """
    finding = _base(activity, VERDICTS[campaign.verdict], round(at.timestamp() * 1000), [])
    evidence = [
        {
            "name": one.kind,
            "data": {
                "axis": one.axis.value,
                "statement": one.statement,
                "log_e_value": one.log_e_value,
                **({"peers": _named(one)} if one.kind == PEER_SIGHTING else {}),
            },
        }
        for one in campaign.evidence
    ]
    members = f"{len(campaign.account_ids):,} accounts, {campaign.exchanges:,} exchanges"
    finding |= {
        "message": f"A distillation campaign is {campaign.verdict.value}: {members}",
        "finding_info": {
            "uid": campaign.id,
            "title": f"Distillation campaign, {campaign.verdict.value}",
            "desc": members,
            "types": [method.value for method in campaign.methods],
            "created_time": round(campaign.detected_at.timestamp() * 1000),
            "first_seen_time": round(campaign.first_seen.timestamp() * 1000),
            "last_seen_time": round(campaign.last_seen.timestamp() * 1000),
            "related_events_count": campaign.exchanges,
            "analytic": {"name": "revenuer scan", "type_id": 3, "type": "Statistical"},
            "attacks": [
                {"technique": {"uid": uid, "name": ATLAS[uid]}}
                for uid in campaign.taxonomy.get("atlas", ())
                if uid in ATLAS
            ],
            "data_sources": ["revenuer scan", *peers_of(campaign)],
            "product": PRODUCT,
        },
        "confidence_score": round(100 * campaign.probability),
        "is_alert": campaign.verdict is Verdict.CONVICTED and activity is not Activity.CLOSE,
        "evidences": evidence,
    }
    return finding


def peers_of(campaign: Campaign) -> list[str]:
    """The STIX identities of the peers that saw the same campaign, in order."""
    told = (one for one in campaign.evidence if one.kind == PEER_SIGHTING)
    return sorted({name for one in told for name in _named(one)})


def _named(evidence: Evidence) -> list[str]:
    return sorted(set(IDENTITY.findall(evidence.statement)))


def _base(activity: Activity, severity: Severity, at: int, profiles: list[str]) -> dict[str, Any]:
    return {
        "activity_id": int(activity),
        "activity_name": _caption(activity),
        "category_uid": CATEGORY,
        "category_name": "Findings",
        "class_uid": CLASS,
        "class_name": "Detection Finding",
        "type_uid": CLASS * 100 + activity,
        "severity_id": int(severity),
        "severity": _caption(severity),
        "time": at,
        "metadata": {"version": VERSION, "product": PRODUCT, "profiles": profiles},
    }


def _evidence(seen: Seen) -> dict[str, Any]:
    user: dict[str, Any] = {"uid": seen.account, "type_id": 0, "type": "Unknown"}
    if seen.organization:
        user["org"] = {"uid": seen.organization}
    return {
        "name": "request",
        "uid": seen.uid,
        "user": user,
        "api": {"operation": seen.protocol.value, "service": {"name": seen.service}},
    }


def _ai_operation(seen: Seen) -> dict[str, Any]:
    context: dict[str, Any] = {"service": {"name": seen.service}, "uid": seen.uid}
    if seen.input_tokens is not None:
        context["prompt_tokens"] = seen.input_tokens
    if seen.output_tokens is not None:
        context["completion_tokens"] = seen.output_tokens
    return {
        "ai_model": {"model_name": seen.model, "ai_provider": seen.provider or "unknown"},
        "message_context": context,
    }


def _caption(value: IntEnum) -> str:
    return value.name.replace("_", " ").title()


def _milliseconds(at: float) -> int:
    return round(min(at, 2.0**53 / 1000) * 1000)

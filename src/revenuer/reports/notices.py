"""What a customer is told about a decision: what, why, until when, and where to object.

The words say that accounts were used together, not how that was found: a notice that gave away
the recipe would teach the next pool. No notice names an account of another customer, an
exchange or a prompt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from revenuer.guard.ladder import Action
from revenuer.guard.policy import Appeal
from revenuer.reports.wording import counted, moment

SCHEMA = "revenuer/notice/1"
MOST_NAMED = 20
"""Accounts that the text names; the data has all of them."""

SUBJECTS = {
    Action.TAG: "Your answers are adapted",
    Action.THROTTLE: "Your requests are limited",
    Action.REDUCE: "Your answers are reduced",
    Action.CHALLENGE: "Please verify who you are",
    Action.BLOCK: "Your access is blocked",
}
ADAPTED = (
    "The way in which answers are made or shown to them is adapted so that they serve less to "
    "train another model; what answers say is not falsified."
)
MEASURES = {
    Action.TAG: ADAPTED,
    Action.THROTTLE: "Their requests are answered at a lower rate.",
    Action.REDUCE: (
        "Their requests are answered at a lower rate, and the answers are shorter and show no "
        "log-probabilities and less of the model's reasoning."
    ),
    Action.CHALLENGE: "Their requests are refused until you have verified who you are.",
    Action.BLOCK: "Their requests are refused.",
}
REASON = (
    "They were used together with other accounts in a way that matches the collection of model "
    "answers at scale to train another model, which our terms do not allow. What was judged is "
    "the use of the accounts over time, as a group; no single request decided it."
)
PERSON = "A person looked at this and approved it."
NO_PERSON = "This was done without a person's approval, as our policy allows for this measure."
LIFTED_SUBJECT = "The measure on your accounts is lifted"
LIFTED = "The measure on them that we told you of is lifted as of now."


@dataclass(frozen=True, slots=True)
class Customer:
    """Who is told.

    Attributes:
        kind: `organization` or `account`.
        id: Its id.
        account_ids: Its accounts that are concerned, and nobody else's.
    """

    kind: str
    id: str
    account_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Occasion:
    """What all customers of a decision are told alike.

    Attributes:
        decision: Its id.
        evidence_id: What an objection names; the guard's refusals carry the same.
        at: When it was done, or lifted.
        until: When it ends by itself.
        approved: Whether a person approved it.
        appeal: Where to object.
        lifted: Whether this tells that it is over.
        adapted: Whether countermeasures are part of it.
    """

    decision: str
    evidence_id: str
    at: datetime
    until: datetime
    approved: bool
    appeal: Appeal
    lifted: bool = False
    adapted: bool = False


def notice_of(customer: Customer, action: Action, occasion: Occasion) -> dict[str, Any]:
    """One notice: the same in fields for a program and in words for a person."""
    appeal = occasion.appeal
    return {
        "schema": SCHEMA,
        "decision": occasion.decision,
        "about": "lifted" if occasion.lifted else "applied",
        "customer": {"kind": customer.kind, "id": customer.id},
        "account_ids": list(customer.account_ids),
        "action": action.word,
        "reason": REASON,
        "at": occasion.at.isoformat(),
        "until": occasion.until.isoformat(),
        "evidence_id": occasion.evidence_id,
        "appeal": {"url": appeal.url, "text": appeal.text, "verify_url": appeal.verify_url},
        "subject": LIFTED_SUBJECT if occasion.lifted else SUBJECTS[action],
        "text": notice_text(customer, action, occasion),
    }


def notice_text(customer: Customer, action: Action, occasion: Occasion) -> str:
    """The words of a notice, ready to be sent."""
    names = list(customer.account_ids[:MOST_NAMED])
    more = len(customer.account_ids) - len(names)
    if more:
        names.append(f"and {more:,} more")
    lines = [f"This is about {counted(len(customer.account_ids), 'account')} of yours:", ""]
    lines += [f"  {name}" for name in names]
    lines.append("")
    if occasion.lifted:
        lines += [LIFTED, ""]
    else:
        lines += [f"What is done: {MEASURES[action]}"]
        if occasion.adapted and action is not Action.TAG:
            lines.append(ADAPTED)
        if action is Action.CHALLENGE and occasion.appeal.verify_url:
            lines.append(f"To verify who you are: {occasion.appeal.verify_url}")
        lines += [
            "",
            f"Why: {REASON}",
            PERSON if occasion.approved else NO_PERSON,
            "",
            f"Until: {moment(occasion.until)} UTC, when it ends by itself.",
            "",
            "To object: " + "\n".join(filter(None, (occasion.appeal.url, occasion.appeal.text))),
        ]
    lines.append(f"Evidence id: {occasion.evidence_id}")
    return "\n".join(lines) + "\n"

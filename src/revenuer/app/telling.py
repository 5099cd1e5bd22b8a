"""Who is told what about a decision: customers by notices, the operator's systems by webhooks.

Both are made from the audit log and the rolls, and each is made once: what a crash cut short is
made by whoever comes next, under the same ids.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b, sha256
from typing import Any

import msgspec

from revenuer.app.desk import Desk
from revenuer.casework.checkpoints import witness_of
from revenuer.casework.decisions import Decision, Ledger, Release, Status, Step
from revenuer.guard.fingerprint import Kind, shown
from revenuer.guard.ladder import Action, action_named
from revenuer.guard.policy import Policy
from revenuer.guard.webhook import Event
from revenuer.records import Campaign, Verdict
from revenuer.reports.notices import Customer, Occasion, notice_of
from revenuer.store.docket import Covered
from revenuer.store.outbox import Message

ACCOUNTS_A_MESSAGE = 200
"""Standard Webhooks asks for payloads under 20 kB; an account takes some 90 bytes."""
NOTICES_A_MESSAGE = 8
"""A notice takes some 2 kB."""
UNDONE, EXPIRED, RELEASED = "undone", "expired", "released"


def tell(desk: Desk, policy: Policy, ledger: Ledger, now: datetime) -> int:
    """Write the notices and queue the webhooks of all that was not told yet.

    Returns:
        How many notices were written.
    """
    written = 0
    for decision in ledger.decisions.values():
        told = {about for id_, about in ledger.notified if id_ == decision.id}
        if _all_told(decision, told):
            continue
        rolls = _genuine(desk, decision)
        for about, roll in _untold(decision, rolls, told):
            notices = list(_notices(decision, about, roll, policy))
            body: dict[str, Any] = {"decision": decision.id, "about": about}
            if notices:
                path, digest = desk.docket.keep_notices(decision.id, about, notices)
                body |= {"notices": len(notices), "file": path.name, "sha256": digest}
            queue(desk, policy, _events(desk, decision, about, roll, notices), decision.id, now)
            desk.record([(Step.NOTIFIED, body)], now)
            written += len(notices)
    return written


def _all_told(decision: Decision, told: set[str]) -> bool:
    """Whether nothing is left; joiners come with an entry that makes a roll of its own."""
    ended = {Status.UNDONE: UNDONE, Status.EXPIRED: EXPIRED}.get(decision.status)
    # A decision in force may have got joiners, which only its rolls show.
    return ended is not None and ended in told


def _genuine(desk: Desk, decision: Decision) -> dict[str, tuple[Covered, ...]]:
    """The rolls of a decision that say what the log says.

    The log is signed and a roll is not: whoever changes one must not have others blocked by the
    system that webhooks tell. A roll whose entry a crash prevented does not count either.
    """
    members, fingerprints = set(decision.members), desk.fingerprints
    action = action_named(decision.action)

    def fits(one: Covered) -> bool:
        said = min(action, Action.TAG) if one.member in decision.tagged else action
        return (
            one.member in members
            and one.action == said.word
            and one.member == shown(fingerprints.of(Kind.ACCOUNT, one.account_id))
        )

    rolls = desk.docket.rolls(decision.id)
    return {about: roll for about, roll in rolls.items() if all(map(fits, roll))}


def _untold(
    decision: Decision, rolls: Mapping[str, tuple[Covered, ...]], told: set[str]
) -> Iterator[tuple[str, tuple[Covered, ...]]]:
    yield from ((about, roll) for about, roll in rolls.items() if about not in told)
    everybody = tuple(one for roll in rolls.values() for one in roll)
    for one in decision.let_go:
        if (about := about_release(one)) not in told:
            yield about, tuple(covered for covered in everybody if covered.member in one.members)
    ended = {Status.UNDONE: UNDONE, Status.EXPIRED: EXPIRED}.get(decision.status)
    if ended is not None and ended not in told:
        gone = decision.released
        yield ended, tuple(covered for covered in everybody if covered.member not in gone)


def about_release(one: Release) -> str:
    """What notices call a release."""
    return f"{RELEASED}-{sha256(' '.join(one.members).encode()).hexdigest()[:16]}"


def _lifted_at(decision: Decision, about: str) -> datetime | None:
    """When what notices are about was lifted; None if they are about something else."""
    if about == UNDONE:
        return decision.ended_at
    return next((one.at for one in decision.let_go if about_release(one) == about), None)


def _notices(
    decision: Decision, about: str, roll: Iterable[Covered], policy: Policy
) -> Iterator[dict[str, Any]]:
    # That a measure ends by itself was told when it began.
    if about == EXPIRED:
        return
    lifted_at = _lifted_at(decision, about)
    occasion = Occasion(
        decision=decision.id,
        evidence_id=decision.campaign,
        at=lifted_at or decision.made_at,
        until=decision.until,
        approved=bool(decision.approvers),
        appeal=policy.appeal,
        lifted=lifted_at is not None,
        adapted=bool(decision.countermeasures),
    )
    given = [one for one in roll if one.member not in decision.tagged]
    for customer, action in customers_of(given, adapted=occasion.adapted):
        yield notice_of(customer, action, occasion)


def customers_of(
    roll: Iterable[Covered], *, adapted: bool = False
) -> Iterator[tuple[Customer, Action]]:
    """Who is to be told of what: organizations where they are known, else accounts.

    A tag changes nothing for a customer, who is told nothing of it; countermeasures do.

    Args:
        roll: Accounts that a decision acts on, without those that are spared.
        adapted: Whether it gives countermeasures.
    """
    theirs: dict[tuple[str, str, Action], list[str]] = defaultdict(list)
    for one in roll:
        action = action_named(one.action)
        if action > Action.TAG or adapted:
            kind = "organization" if one.organization_id else "account"
            theirs[kind, one.organization_id or one.account_id, action].append(one.account_id)
    for (kind, id_, action), accounts in sorted(theirs.items()):
        yield Customer(kind, id_, tuple(sorted(accounts))), action


def _events(
    desk: Desk,
    decision: Decision,
    about: str,
    roll: Sequence[Covered],
    notices: Sequence[Mapping[str, Any]],
) -> Iterator[tuple[Event, str, datetime, dict[str, Any]]]:
    """Event, what makes it itself, when, and its data."""
    event, at = Event.APPLIED, decision.made_at
    if about == EXPIRED:
        event, at = Event.EXPIRED, decision.ended_at or at
    elif (lifted_at := _lifted_at(decision, about)) is not None:
        event, at = Event.UNDONE, lifted_at
    entries = desk.audit.entries()
    said: dict[str, Any] = {
        "decision": decision.id,
        "campaign": decision.campaign,
        "action": decision.action,
        "until": decision.until.isoformat(),
        "audit": witness_of(entries[-1]) if entries else "",
    }
    if decision.countermeasures:
        said["countermeasures"] = list(decision.countermeasures)
    accounts = [
        {"account_id": one.account_id, "organization_id": one.organization_id or None,
         "action": one.action}
        for one in roll
    ]  # fmt: skip
    parts = list(_pieces(accounts, ACCOUNTS_A_MESSAGE)) or [[]]
    for part, piece in enumerate(parts, start=1):
        more = {"part": part, "parts": len(parts), "accounts": piece}
        yield event, f"{about}:{part}", at, said | more
    for part, some in enumerate(_pieces(notices, NOTICES_A_MESSAGE), start=1):
        yield Event.NOTICE, f"{about}:{part}", at, {"decision": decision.id, "notices": some}


def announce(desk: Desk, policy: Policy, campaigns: Iterable[Campaign], now: datetime) -> int:
    """Queue a webhook for each convicted campaign that none was queued for.

    Returns:
        How many messages are new.
    """
    queued = 0
    for campaign in campaigns:
        if campaign.verdict is Verdict.CONVICTED:
            said = {
                "campaign": campaign.id,
                "probability": campaign.probability,
                "methods": [method.value for method in campaign.methods],
                "accounts": len(campaign.account_ids),
                "exchanges": campaign.exchanges,
                "first_seen": campaign.first_seen.isoformat(),
                "last_seen": campaign.last_seen.isoformat(),
            }
            events = [(Event.CONVICTED, "convicted", campaign.detected_at, said)]
            queued += queue(desk, policy, events, campaign.id, now)
    return queued


def queue(
    desk: Desk,
    policy: Policy,
    events: Iterable[tuple[Event, str, datetime, Mapping[str, Any]]],
    stream: str,
    now: datetime,
) -> int:
    """Queue webhooks: event, what makes it itself, when, and its data.

    Returns:
        How many messages are new.
    """
    messages = []
    for event, name, at, data in events:
        payload = msgspec.json.encode(
            {"type": event.value, "timestamp": at.isoformat(), "data": data}
        )
        id_ = message_id(event, stream, name)
        messages += [
            Message(id_, hook.name, event.value, stream, payload, now.timestamp())
            for hook in policy.webhooks
            if not hook.events or event.value in hook.events
        ]
    return desk.outbox.add(messages) if messages else 0


def message_id(event: Event, stream: str, name: str) -> str:
    """The id of a message: the same for the same news, however often it is made."""
    text = "\0".join((event.value, stream, name)).encode()
    return f"msg_{blake2b(text, digest_size=16, person=b'webhook message').hexdigest()}"


def _pieces(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]

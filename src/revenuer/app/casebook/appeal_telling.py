"""What is said in an appeal is sealed; its case, and the operator's systems, are told."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from revenuer.app.casebook.appeal_work import Office
from revenuer.app.casebook.opening import Casebook, Change
from revenuer.app.casebook.working import write_act
from revenuer.app.telling import queue
from revenuer.guard.webhook import Event
from revenuer.store.casebook import appeal_words, cases
from revenuer.store.casebook.appeal_words import Message
from revenuer.store.casebook.appeals import Appeal


def say(office: Office, change: Change, appeal: Appeal, kind: str, text: str) -> dict[str, Any]:
    """Seal what somebody says in an appeal, and what the audit log says of that."""
    casebook: Casebook = office.casebook
    sealed = casebook.vault.seal(
        change.connection, appeal.appeal_id, text.strip().encode(), change.now_us
    )
    number = appeal_words.say(
        change.connection,
        Message(0, appeal.appeal_id, kind, change.now_us, change.actor.name, sealed),
    )
    return {"message": number, "sha256": sha256(sealed).hexdigest()}


def tell_case(
    casebook: Casebook, change: Change, appeal: Appeal, kind: str, about: dict[str, Any]
) -> None:
    """Write on the case of an appeal's campaign what became of it."""
    case = cases.cases_of(change.connection, [appeal.campaign]) if appeal.campaign else {}
    if appeal.campaign in case:
        said = {"appeal": appeal.appeal_id, **about}
        write_act(casebook, change, case[appeal.campaign], kind, said)


def announce(office: Office, change: Change, appeal: Appeal, event: Event, what: str = "") -> None:
    """Queue a webhook about an appeal, where decisions have them.

    Args:
        office: Where.
        change: In which it happens.
        appeal: The appeal.
        event: What happened.
        what: A letter, or what is late.
    """
    desk = office.desk(appeal)
    if desk is None or not (policy := desk.policy(None)).webhooks:
        return
    if event is Event.NOTICE:
        names = office.casebook.names_of(change.connection, appeal.subjects)
        notice = {
            "schema": "revenuer/notice/1",
            "decision": appeal.target,
            "about": "appeal",
            "appeal_id": appeal.appeal_id,
            "account_ids": sorted(names.values()),
            "subject": f"Your appeal {appeal.appeal_id}",
            "text": what,
        }
        said: dict[str, Any] = {"decision": appeal.target, "notices": [notice]}
    else:
        said = {
            "appeal": appeal.appeal_id,
            "decision": appeal.target,
            "campaign": appeal.campaign,
            "assigned_to": appeal.assigned_to,
            "outcome": "" if appeal.outcome is None else appeal.outcome.value,
            "due": what,
        }
    about = f"{event.value}:{change.now_us}"
    queue(desk, policy, [(event, about, change.now, said)], appeal.appeal_id, change.now)

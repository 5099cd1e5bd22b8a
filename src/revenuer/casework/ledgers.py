"""Decisions and what became of them, told from the entries of an audit log.

The log is the only record: what is in force is a fold over its entries. Accounts are in it by
their keyed fingerprints alone.

| kind | body |
|---|---|
| `planned` | plan, campaign, action, by, login, why, countermeasures if there are any |
| `approved` | plan, by, login |
| `refused`, `withdrawn` | plan, by, login, why: nobody approves it any more |
| `acted` | the fields of `Decision` |
| `extended` | decision, members, tagged: accounts that joined the campaign |
| `published` | sequence, verdicts, decisions: a snapshot with what changed since the one before |
| `notified` | decision, about, notices, file, sha256 |
| `delivered`, `undelivered` | message, endpoint, event, decision, attempts |
| `undone` | decision, by, why, releases |
| `released` | decision, members, by, why: they are let go, and it goes on for the others |
| `cleared` | members, until, by, why: found innocent, nothing is done about them until then |
| `expired` | decision |
| `erased` | members: accounts that no decision covers any more, since they were erased |
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from revenuer.casework.chain import Entry
from revenuer.casework.decisions import (
    CHANGING,
    Clearing,
    Closing,
    Decision,
    Ledger,
    Proposal,
    Release,
    Status,
    Step,
)


def ledger_of(entries: Iterable[Entry]) -> Ledger:
    """What the entries of an audit log add up to; entries of other kinds are passed over."""
    decisions: dict[str, Decision] = {}
    proposals: dict[str, Proposal] = {}
    notified: set[tuple[str, str]] = set()
    clearings: list[Clearing] = []
    changed = False
    for entry in entries:
        body, at = entry.body, datetime.fromisoformat(entry.at)
        if entry.kind == Step.PUBLISHED:
            changed = False
        elif entry.kind in CHANGING:
            changed = True
            _change(decisions, entry.kind, body, at)
        elif entry.kind == Step.CLEARED:
            changed = True
            clearings.append(_clearing(body))
        if entry.kind == Step.ACTED and body["plan"] in proposals:
            plan = body["plan"]
            proposals[plan] = replace(proposals[plan], decision=body["decision"])
        elif entry.kind in (Step.PLANNED, Step.APPROVED, Step.REFUSED, Step.WITHDRAWN):
            _propose(proposals, entry.kind, body, at)
        elif entry.kind == Step.NOTIFIED:
            notified.add((body["decision"], body["about"]))
    return Ledger(decisions, proposals, changed, frozenset(notified), tuple(clearings))


def _propose(
    proposals: dict[str, Proposal], kind: str, body: Mapping[str, Any], at: datetime
) -> None:
    plan = body["plan"]
    known = proposals.get(plan)
    if kind == Step.PLANNED:
        # Planned again after it was acted on or came to nothing, it wants new approvals.
        if known is None or not known.waits:
            ends = () if known is None else known.before
            if known is not None and known.closed is not None:
                ends = (*ends, known.closed)
            made = Proposal(plan, body["campaign"], body["action"], body["by"], at, before=ends)
            given = tuple(body.get("countermeasures", ()))
            proposals[plan] = replace(made, countermeasures=given)
    elif known is None or not known.waits:
        return
    elif kind in (Step.REFUSED, Step.WITHDRAWN):
        proposals[plan] = replace(known, closed=Closing(kind, body["by"], at, body["why"]))
    elif body["by"] not in known.approvers:
        proposals[plan] = replace(known, approvers=(*known.approvers, body["by"]))


def _change(
    decisions: dict[str, Decision], kind: str, body: Mapping[str, Any], at: datetime
) -> None:
    if kind == Step.ERASED:
        erased = frozenset(body["members"])
        decisions.update({id_: _without(one, erased) for id_, one in decisions.items()})
        return
    name = body["decision"]
    if kind == Step.ACTED:
        decisions[name] = _made(body, at)
        return
    before = decisions[name]
    if kind == Step.EXTENDED:
        decisions[name] = replace(
            before,
            members=(*before.members, *body["members"]),
            tagged=before.tagged | frozenset(body["tagged"]),
        )
    elif kind == Step.RELEASED:
        gone = Release(tuple(body["members"]), at, body["by"], body["why"])
        decisions[name] = replace(before, let_go=(*before.let_go, gone))
    elif before.status is Status.IN_FORCE:
        undone = kind == Step.UNDONE
        decisions[name] = replace(
            before,
            status=Status.UNDONE if undone else Status.EXPIRED,
            ended_at=at,
            ended_by=body.get("by", ""),
            ended_why=body.get("why", ""),
            releases=bool(body.get("releases", False)),
        )


def _without(one: Decision, gone: frozenset[str]) -> Decision:
    """A decision that never covered some."""
    members = tuple(each for each in one.members if each not in gone)
    return replace(one, members=members, tagged=one.tagged - gone)


def _clearing(body: Mapping[str, Any]) -> Clearing:
    until = datetime.fromisoformat(body["until"])
    return Clearing(tuple(body["members"]), until, body["by"], body["why"])


def _made(body: Mapping[str, Any], at: datetime) -> Decision:
    return Decision(
        id=body["decision"],
        plan=body["plan"],
        campaign=body["campaign"],
        action=body["action"],
        made_at=at,
        until=datetime.fromisoformat(body["until"]),
        whole_campaign=body["whole_campaign"],
        by=body["by"],
        approvers=tuple(body["approvers"]),
        why=body["why"],
        probability=body["probability"],
        members=tuple(body["members"]),
        tagged=frozenset(body["tagged"]),
        countermeasures=tuple(body.get("countermeasures", ())),
    )

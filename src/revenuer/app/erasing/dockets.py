"""An account taken out of a snapshot and its docket: verdict, decisions, rolls, notices, webhooks.

The guard stops knowing it at once: the snapshot is made anew without it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import msgspec

from revenuer.app.composing import keep_scan, kept_scan, put_snapshot
from revenuer.app.desk import Desk
from revenuer.app.erasing.files import (
    bytes_mention,
    digest_of,
    rewritten,
    scrub_json,
    sweep,
    sweep_beside,
)
from revenuer.app.settling import settle_locked
from revenuer.casework.decisions import Decision, Step
from revenuer.casework.erasure import Answer, Outcome, Rewritten, Whom, scrubbed
from revenuer.enforcement.snapshot_file import load_snapshot
from revenuer.errors import RevenuerError
from revenuer.guard.fingerprint import Kind
from revenuer.guard.snapshot import Snapshot
from revenuer.store.outbox import Message

DOCKET = "snapshot"


def decisions_on(desk: Desk, account_id: str, now: datetime) -> list[Decision]:
    """The decisions in force that cover an account."""
    if not desk.docket.exists:
        return []
    member = desk.member(account_id)
    return [one for one in desk.ledger().in_force(now) if member in one.members]


def erase_from_docket(desk: Desk, whom: Whom, now: datetime) -> Outcome:
    """Take an account out of a snapshot and of what lies beside it.

    The entries of its audit log stay, with the account's fingerprint in them: the log proves
    what was decided, and whoever has not got both the key and the id learns nothing from it.

    Args:
        desk: Of the snapshot.
        whom: Whom, and whether to do it.
        now: When.
    """
    where = str(desk.snapshot)
    try:
        if not desk.docket.exists:
            return _erase(desk, whom, now, where)
        with desk.docket.locked():
            return _erase(desk, whom, now, where)
    except (RevenuerError, OSError, ValueError) as problem:
        said = str(problem) if isinstance(problem, RevenuerError) else type(problem).__name__
        return Outcome(DOCKET, where, Answer.COULD_NOT, said, "Put it right, and go on.")


def _erase(desk: Desk, whom: Whom, now: datetime, where: str) -> Outcome:
    if whom.act:
        _tidy(desk, now)
    found = list(_found(desk, whom.account_id))
    if not found:
        return Outcome(DOCKET, where, Answer.NOTHING)
    if not whom.act:
        return Outcome(DOCKET, where, Answer.WOULD, ", ".join(found))
    waiting = [one for one in _messages(desk, whom.account_id) if one.status == "waiting"]
    files = tuple(_take_out(desk, whom.account_id, now))
    left = []
    if waiting:
        left.append("webhooks about it wait: `revenuer enforce settle` sends them")
    if _policy_names(desk, whom.account_id):
        named = desk.docket.standing().policy or "the policy"
        left.append(f"take it out of {named}, and publish with that")
    answer = Answer.COULD_NOT if left else Answer.DONE
    to_do = f"{'; '.join(left)}; then go on." if left else ""
    return Outcome(DOCKET, where, answer, ", ".join(found), to_do, files)


def _tidy(desk: Desk, now: datetime) -> None:
    """Put right what a crash left half written, or written down and not published."""
    sweep_beside(desk.snapshot)
    if desk.docket.exists:
        sweep(desk.docket.folder)
        if desk.ledger().changed:
            settle_locked(desk, desk.policy(None), now)


def _found(desk: Desk, account: str) -> Iterator[str]:
    """Where it stands, in words."""
    member, docket = desk.member(account), desk.docket
    key = desk.fingerprints.of(Kind.ACCOUNT, account)
    snapshot = load_snapshot(desk.snapshot, desk.signing.public)
    if isinstance(snapshot, Snapshot) and snapshot.get(key) is not None:
        yield "the verdict that guards look up"
    if not docket.exists:
        return
    if docket.scan_path.exists() and key in kept_scan(desk):
        yield "what the newest scan asks for"
    decided = [one for one in desk.ledger().decisions.values() if member in one.members]
    if decided:
        yield f"{len(decided)} decisions"
    yield from _found_beside(desk, account)


def _found_beside(desk: Desk, account: str) -> Iterator[str]:
    """Where it stands beside the log and the snapshots."""
    member, docket = desk.member(account), desk.docket
    standing = docket.standing()
    if member in standing.spared or member in standing.cleared:
        yield "who is spared"
    if any(member in one.members for one in docket.reactions()):
        yield "what campaigns did since"
    for name in ("rolls", "notices", "plans"):
        if any(bytes_mention(path, account) for path in _files(desk, name)):
            yield name
    if messages := _messages(desk, account):
        yield f"{len(messages)} webhooks"
    if _policy_names(desk, account):
        yield "the copy of the policy"


def _take_out(desk: Desk, account: str, now: datetime) -> Iterator[Rewritten]:
    member, docket = desk.member(account), desk.docket
    key = desk.fingerprints.of(Kind.ACCOUNT, account)
    if not docket.exists:
        before = digest_of(desk.snapshot)
        put_snapshot(desk, {one: it for one, it in kept_scan(desk).items() if one != key}, now)
        yield rewritten(desk.snapshot.parent, desk.snapshot, before)
        return
    if any(member in one.members for one in desk.ledger().decisions.values()):
        desk.record([(Step.ERASED, {"members": [member]})], now)
    for name in ("rolls", "notices", "plans"):
        for path in _files(desk, name):
            before = digest_of(path)
            lines = path.suffix == ".jsonl"
            if scrub_json(path, account, lines=lines, indent=0 if name == "rolls" else 2):
                yield rewritten(docket.folder, path, before)
    for message in _messages(desk, account):
        if message.status != "waiting":
            desk.outbox.rewrite(message, _payload(message, account))
    standing = docket.standing()
    spared = {one: why for one, why in standing.spared.items() if one != member}
    cleared = tuple(one for one in standing.cleared if one != member)
    docket.keep_standing(replace(standing, spared=spared, cleared=cleared))
    reactions = docket.reactions()
    if any(member in one.members for one in reactions):
        docket.keep_reactions(
            [
                replace(one, members=tuple(each for each in one.members if each != member))
                for one in reactions
            ]
        )
    listings = kept_scan(desk)
    if listings.pop(key, None) is not None:
        keep_scan(desk, listings, now)
    before = digest_of(desk.snapshot) if desk.snapshot.exists() else ""
    settle_locked(desk, desk.policy(None), now, publish=True)
    yield rewritten(desk.snapshot.parent, desk.snapshot, before)


def _files(desk: Desk, folder: str) -> list[Path]:
    return sorted(path for path in (desk.docket.folder / folder).glob("*") if path.is_file())


def _messages(desk: Desk, account: str) -> list[Message]:
    """The webhooks that tell of it and are not delivered."""
    if not desk.docket.outbox_path.exists():
        return []
    return [
        one
        for one in desk.outbox.listed("waiting", "dead")
        if one.payload is not None and _payload(one, account) != one.payload
    ]


def _payload(message: Message, account: str) -> bytes:
    value = msgspec.json.decode(message.payload or b"null")
    clean = scrubbed(value, account)
    return (message.payload or b"") if clean == value else msgspec.json.encode(clean)


def _policy_names(desk: Desk, account: str) -> bool:
    path = desk.docket.policy_copy
    return path.exists() and bytes_mention(path, account)

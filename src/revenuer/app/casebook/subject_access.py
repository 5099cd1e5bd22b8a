"""Everything that is held about one account, for whom it is about; less what is others'.

Not disclosed: holds, who of the staff did what, other accounts, and what would teach the next
pool how it was found beyond what a notice says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
from sqlalchemy import Connection

from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.places import Around, places_around
from revenuer.app.casebook.subject_rows import Keys, found_rows, keys_of, owner_of
from revenuer.app.desk import open_desk
from revenuer.app.erasing.lists import INTEL, KNOWN_INNOCENT
from revenuer.app.erasing.scans import SCAN
from revenuer.app.innocence import read_ids
from revenuer.app.sample import FILE as SAMPLE
from revenuer.app.saved import read_findings, reading_scan
from revenuer.app.sharing.intel import MATCHES
from revenuer.app.sharing.record import open_recorder
from revenuer.app.ties import FILE as TIES
from revenuer.casework.inventory import Card
from revenuer.casework.roles import Actor, Right
from revenuer.disk import put
from revenuer.errors import RevenuerError
from revenuer.instants import moment
from revenuer.reports.subject import render_subject
from revenuer.sharing.tiers import tier_of
from revenuer.store.audit_file import AuditFile

SCHEMA = "revenuer/subject/1"
NOT_SHOWN = frozenset({"holds", "erasures", "data_keys", "dismissals", "case_campaigns"})
"""Tables of which a subject is shown nothing: they say nothing of it that others do not, or are
for nobody outside."""
NOT_INCLUDED = (
    "names of people who worked on it",
    "other accounts, and what only they have",
    "how far each detector was moved, beyond the sentences of evidence that name this account",
    "request logs and tables of accounts, which the operator hands out from where they are",
)


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed out.

    Attributes:
        file: The JSON file.
        page: The same for a person.
        sha256: Of the JSON file.
        parts: How many records of each part.
        unreadable: Places that could not be read, and why.
    """

    file: Path
    page: Path
    sha256: str
    parts: dict[str, int]
    unreadable: tuple[str, ...]


def hand_out(
    casebook: Casebook,
    around: Around,
    account_id: str,
    out: Path,
    *,
    actor: Actor,
    now: datetime,
) -> Handed:
    """Write all that is held about an account, as JSON and as a page beside it.

    Args:
        casebook: Where.
        around: What lies around it.
        account_id: Whom.
        out: The JSON file; the page has `.html` in the place of its ending.
        actor: Who hands it out.
        now: When.
    """
    actor.needs(Right.ERASE)
    found, unreadable = held_about(casebook, around, account_id, now=now)
    text = msgspec.json.format(msgspec.json.encode(found, enc_hook=str), indent=2) + b"\n"
    page = out.with_suffix(".html")
    parts = {name: len(each) for name, each in found["parts"].items()}
    digest = sha256(text).hexdigest()
    said = {
        "subject": casebook.subject(account_id),
        "sha256": digest,
        "records": sum(parts.values()),
    }
    # The log first: what may have left without a trace is worse than a trace of nothing.
    with casebook.changing(actor, now) as change:
        change.record("subject-access", said)
    out.parent.mkdir(parents=True, exist_ok=True)
    put(out, text)
    put(page, render_subject(found).encode())
    return Handed(out, page, digest, parts, tuple(unreadable))


def held_about(
    casebook: Casebook, around: Around, account_id: str, *, now: datetime
) -> tuple[dict[str, Any], list[str]]:
    """All that is held about an account, and places that could not be read."""
    subject = casebook.subject(account_id)
    unreadable: list[str] = []
    with casebook.reading() as connection:
        keys = keys_of(connection, subject)
        parts = {
            card.table: [_row(casebook, connection, card, row, keys) for row in rows]
            for card, rows in found_rows(connection, keys)
            if card.table not in NOT_SHOWN
        }
        purposes = {card.table: card.purpose for card, _ in found_rows(connection, keys)}
        places = places_around(connection, around)
    outside: dict[str, list[Any]] = {
        "decisions": list(_decisions(around, account_id, unreadable)),
        "notices": list(_notices(around, account_id, unreadable)),
        "scans": [],
        "peers": [],
        "lists": [],
        "shared": [],
    }
    for kind, place in places:
        try:
            if kind == SCAN:
                outside["scans"] += _of_scan(place, account_id)
                outside["shared"] += _shared(around, place, account_id)
            elif kind == INTEL:
                outside["peers"] += _of_peers(place, account_id)
            elif kind == KNOWN_INNOCENT and account_id in (read_ids(place) or ()):
                outside["lists"].append({"list": "known to be innocent"})
        except (RevenuerError, OSError, ValueError) as problem:
            unreadable.append(f"{kind} {place}: {type(problem).__name__}")
    parts |= {name: rows for name, rows in outside.items() if rows}
    document = {
        "schema": SCHEMA,
        "account_id": account_id,
        "made_at": now.isoformat(),
        "purposes": {name: purposes[name] for name in parts if name in purposes},
        "parts": parts,
        "not_included": list(NOT_INCLUDED),
    }
    return document, unreadable


def _row(
    casebook: Casebook, connection: Connection, card: Card, row: Mapping[str, Any], keys: Keys
) -> dict[str, Any]:
    """A row as its subject may see it: times as such, own texts in the clear."""
    shown: dict[str, Any] = {}
    for name, value in row.items():
        if name in card.withheld:
            continue
        if name in card.sealed:
            owner = owner_of(connection, card.sealed[name], row)
            if owner != keys.subject:
                continue
            clear = casebook.vault.unseal(connection, owner, value)
            shown[name] = None if clear is None else clear.decode(errors="replace")
        elif name.endswith("_us"):
            shown[name.removesuffix("_us")] = moment(value).isoformat() if value else None
        elif not isinstance(value, bytes):
            shown[name] = value
    return shown


def _decisions(around: Around, account_id: str, unreadable: list[str]) -> Iterator[dict[str, Any]]:
    for snapshot in around.snapshots:
        try:
            desk = open_desk(snapshot, around.keys)
            member = desk.member(account_id)
            ledger = desk.ledger() if desk.docket.exists else None
        except (RevenuerError, OSError) as problem:
            unreadable.append(f"snapshot {snapshot}: {type(problem).__name__}")
            continue
        for one in ledger.decisions.values() if ledger is not None else ():
            if member in one.members:
                yield {
                    "decision": one.id,
                    "evidence": one.campaign,
                    "action": "tag" if member in one.tagged else one.action,
                    "made_at": one.made_at.isoformat(),
                    "until": one.until.isoformat(),
                    "status": one.status.value,
                    "approved_by_a_person": bool(one.approvers),
                }


def _notices(around: Around, account_id: str, unreadable: list[str]) -> Iterator[dict[str, Any]]:
    for snapshot in around.snapshots:
        folder = open_desk(snapshot, around.keys).docket.folder / "notices"
        for path in sorted(folder.glob("*.jsonl")):
            try:
                lines = [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
            except (OSError, msgspec.DecodeError) as problem:
                unreadable.append(f"{path}: {type(problem).__name__}")
                continue
            for one in lines:
                if account_id in one["account_ids"]:
                    yield {"at": one["at"], "subject": one["subject"], "text": one["text"]}


def _of_scan(folder: Path, account_id: str) -> Iterator[dict[str, Any]]:
    """What one scan says of it: its campaigns, its exchanges, its texts, its things."""
    if not (folder / "campaigns.json").exists():
        return
    rows = {
        name: _mine(folder / name, account_id)
        for name in ("accounts.parquet", "exchanges.parquet", SAMPLE, TIES)
    }
    campaigns = [
        {
            "campaign": one.id,
            "verdict": one.verdict.value,
            "probability": one.probability,
            "evidence": [each.statement for each in one.evidence if account_id in each.account_ids],
        }
        for one in read_findings(folder).campaigns
        if account_id in one.account_ids
    ]
    if campaigns or any(rows.values()):
        yield {
            "scan": str(folder),
            "campaigns": campaigns,
            "account": rows["accounts.parquet"],
            "exchanges": [one["exchange_id"] for one in rows["exchanges.parquet"]],
            "texts": rows[SAMPLE],
            "known_by": rows[TIES],
        }


def _of_peers(folder: Path, account_id: str) -> Iterator[dict[str, Any]]:
    for row in _mine(folder / MATCHES, account_id):
        # Without a cluster the peer was asked, and does not know the thing.
        yield {"asked": row["source"], "known_there_as": row["cluster"], "kind": row["kind"]}


def _shared(around: Around, scan: Path, account_id: str) -> Iterator[dict[str, Any]]:
    """To whom what of its campaigns was shared, and in which tier its own values may leave."""
    if around.share is None or not (around.share / "audit.jsonl").exists():
        return
    values = _mine(scan / TIES, account_id)
    mine = {row["campaign_id"] for row in values}
    kinds = sorted({row["kind"] for row in values})
    recorder = open_recorder(around.share, around.keys)
    log = AuditFile(around.share / "audit.jsonl", recorder.signing.public.verifies)
    entries = log.entries()
    for entry in entries:
        if entry.kind == "exported" and entry.body["campaign"] in mine:
            digest = entry.body["sha256"]
            yield {
                "at": entry.at,
                "campaign": entry.body["campaign"],
                "cluster": entry.body["cluster"],
                "to": sorted(
                    {
                        f"{one.body['server']} ({one.body['collection']})"
                        for one in entries
                        if one.kind == "pushed" and one.body["sha256"] == digest
                    }
                ),
                "tiers": {kind: tier_of(kind).value for kind in kinds},
                "note": "values of at least five accounts together; no id of an account",
            }


def _mine(path: Path, account_id: str) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    with reading_scan(path):
        mine = pl.scan_parquet(path).filter(pl.col("account_id") == account_id).collect()
        return mine.drop("account_id").to_dicts()

"""The casebook's audit log."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from revenuer.api.casebook.endpoint import Call, Endpoint
from revenuer.api.casebook.words import Page, Pages, Shown, paged, place_of
from revenuer.app.casebook import audit as app
from revenuer.casework.roles import Right

EntryKind = Annotated[str, Meta(pattern=r"^[a-z][a-z-]{0,63}$", description="In a word.")]


class AuditQuery(Pages):
    """Which entries.

    Attributes:
        kind: Only those of this kind.
    """

    kind: EntryKind | None = None


class ShownEntry(Shown):
    """One step that somebody took.

    Attributes:
        number: 1 for the first.
        at: When.
        kind: What happened, in a word.
        body: What is said of it: no text of anybody's, and no raw id.
        previous: Hash of the entry before.
        hash: SHA-256 of all the above.
        signature: Ed25519 over the hash, base64.
    """

    number: int
    at: str
    kind: str
    body: dict[str, Any]
    previous: str
    hash: str
    signature: str


class ShownFlaw(Shown):
    """Something that a whole log does not have.

    Attributes:
        entry: Which; 0 for the log as a whole.
        text: What is wrong.
    """

    entry: int
    text: str


class ShownVerification(Shown):
    """What a look at every byte of the log found.

    Attributes:
        whole: Whether it is as it was written.
        entries: How many it has.
        flaws: What is wrong with it.
        witness: Its newest entry as `NUMBER:HASH`, to tell others.
    """

    whole: bool
    entries: int
    flaws: list[ShownFlaw]
    witness: str


def list_audit(call: Call[None, AuditQuery, None]) -> Page[ShownEntry]:
    """Entries of the audit log, oldest first."""
    query = call.query
    entries = app.read_audit(
        call.casebook,
        actor=call.actor,
        since=place_of(query.cursor, "audit", int) or 0,
        kind=query.kind or "",
        limit=query.limit + 1,
    )
    rows = [
        ShownEntry(
            number=one.number,
            at=one.at,
            kind=one.kind,
            body=dict(one.body),
            previous=one.previous,
            hash=one.hash,
            signature=one.signature,
        )
        for one in entries
    ]
    return paged(rows, query.limit, lambda last: last.number, "audit")


def verify_audit(call: Call[None, None, None]) -> ShownVerification:
    """Look at every byte of the audit log, every hash and every signature."""
    found = app.verify_audit(call.casebook, actor=call.actor)
    return ShownVerification(
        whole=not found.flaws,
        entries=found.entries,
        flaws=[ShownFlaw(entry=flaw.line, text=flaw.text) for flaw in found.flaws],
        witness=found.witness,
    )


ENDPOINTS = (
    Endpoint("GET", "/v1/audit", Right.AUDIT, list_audit),
    Endpoint("GET", "/v1/audit/verification", Right.AUDIT, verify_audit),
)

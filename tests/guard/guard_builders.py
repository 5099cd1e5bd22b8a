"""Guards, callers and snapshots for tests, in one line each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from revenuer.guard import (
    Action,
    Caller,
    Facts,
    Fingerprinter,
    Guard,
    Kind,
    Mode,
    Policy,
    Protocol,
    ReasoningSign,
    Request,
    Snapshot,
    SnapshotFault,
    read_snapshot,
)
from revenuer.guard.layout import Cause, Issue, Listing, write_snapshot
from revenuer.guard.policy import Throttle

NAMES = Fingerprinter(bytes(range(32)))
MADE_AT = 1_000_000.0
"""When snapshots of tests are made."""
SIGNING_KEY = bytes(8)

ACTIONS = st.sampled_from(tuple(Action))


def account(name: str) -> bytes:
    return NAMES.of(Kind.ACCOUNT, name)


def caller(name: str = "a", organization: str | None = None, cohort: str = "") -> Caller:
    return Caller(
        account(name),
        None if organization is None else NAMES.of(Kind.ORGANIZATION, organization),
        cohort=cohort,
    )


def listing(action: Action, expires_at: float = MADE_AT + 3600, evidence: str = "c1") -> Listing:
    return Listing(action, Cause(f"campaign--{evidence}", "convicted"), expires_at, 0.97)


def held_to(**rate: float) -> Throttle:
    """A rate for throttled callers; what is not named is not limited."""
    return Throttle(**({"requests_per_minute": 0.0, "tokens_per_minute": 0.0} | rate))


def issue(sequence: int = 1, made_at: float = MADE_AT, key: bytes = NAMES.key_id) -> Issue:
    return Issue(sequence, made_at, key, SIGNING_KEY, lambda data: data[:64])


def file_of(listings: Mapping[bytes, Listing], **head: Any) -> bytes:
    return write_snapshot(listings, issue(**head))


def snapshot_of(listings: Mapping[bytes, Listing], **head: Any) -> Snapshot:
    found = read_snapshot(file_of(listings, **head))
    assert not isinstance(found, SnapshotFault), found
    return found


def guard_of(
    listings: Mapping[bytes, Listing] | None = None, *, mode: Mode = Mode.ENFORCE, **policy: Any
) -> Guard:
    """A guard that enforces, with these verdicts in force."""
    guard = Guard(Policy(mode=mode, **policy), NAMES)
    if listings is not None:
        assert guard.offer(snapshot_of(listings), MADE_AT) is None
    return guard


def request_of(
    now: float = MADE_AT,
    by: Caller | None = None,
    facts: Facts | None = Facts(),  # noqa: B008 (frozen)
    reasoning: tuple[ReasoningSign, ...] = (),
    protocol: Protocol = Protocol.OPENAI_CHAT,
) -> Request:
    return Request(now, by or caller(), protocol, facts, reasoning)

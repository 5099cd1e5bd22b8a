"""A snapshot out of what the newest scan asks for and what was decided: one file, both in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from revenuer.app.desk import Desk
from revenuer.casework.decisions import Decision, Ledger, Step
from revenuer.disk import OPEN, put
from revenuer.enforcement.snapshot_file import load_snapshot
from revenuer.enforcement.verdict_keys import (
    fingerprint_key_of,
    public_key_of,
    write_fingerprint_key,
    write_public_key,
)
from revenuer.errors import SourceError
from revenuer.guard.faults import Fault, SnapshotFault
from revenuer.guard.fingerprint import SHOWN, shown
from revenuer.guard.ladder import Action, action_named
from revenuer.guard.layout import (
    HEADER_BYTES,
    Cause,
    Given,
    Head,
    Issue,
    Listing,
    write_snapshot,
)
from revenuer.guard.snapshot import read_head
from revenuer.store.docket import Standing

LAST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True)
class Composed:
    """What a snapshot says.

    Attributes:
        listings: By fingerprint.
        review_at: When something in it ends that hides something longer; None for never.
    """

    listings: Mapping[bytes, Listing]
    review_at: float | None


def composed(
    scan: Mapping[bytes, Listing], ledger: Ledger, standing: Standing, now: datetime
) -> Composed:
    """What holds for each fingerprint: the gravest of the scan's verdict and of decisions.

    Who holds a permit gets no more than a tag from a decision, whose account was cleared gets
    nothing, who was found innocent neither from a decision nor from the scan, and what was taken
    back lifts what the scan asks for too.

    Args:
        scan: What the newest scan's policy asks for.
        ledger: What was decided.
        standing: Who is spared.
        now: The time.
    """
    innocent = ledger.cleared(now)
    at, lifted = now.timestamp(), ledger.released(now) | innocent
    asked: dict[bytes, list[Listing]] = {
        key: [one] for key, one in scan.items() if one.expires_at > at and shown(key) not in lifted
    }
    cleared = innocent | frozenset(standing.cleared)
    for decision in ledger.in_force(now):
        gone = decision.released
        for member in decision.members:
            if member not in cleared and member not in gone:
                key = bytes.fromhex(member.removeprefix(SHOWN))
                asked.setdefault(key, []).append(_listing(decision, member, standing, now))
    listings = {key: _with_all_given(max(each, key=_gravity), each) for key, each in asked.items()}
    hidden = [
        listings[key].expires_at
        for key, each in asked.items()
        if any(one.expires_at > listings[key].expires_at for one in each)
    ]
    return Composed(listings, min(hidden, default=None))


def _listing(decision: Decision, member: str, standing: Standing, now: datetime) -> Listing:
    action, given = action_named(decision.action), decision.countermeasures
    if member in decision.tagged or standing.spares(member, now.timestamp()):
        action, given = min(action, Action.TAG), ()
    until = decision.until.timestamp()
    held = tuple(Given(name, int(until)) for name in given)
    cause = Cause(decision.campaign, f"decided: {decision.id}", held)
    return Listing(action, cause, until, decision.probability)


def _with_all_given(gravest: Listing, each: list[Listing]) -> Listing:
    """The gravest listing of a fingerprint, with the countermeasures of all of them.

    Each has its own end, so that none outlives its decision under a verdict that lasts longer.
    """
    until: dict[str, int] = {}
    for one in each:
        for given in one.cause.given:
            until[given.id] = max(given.until, until.get(given.id, 0))
    held = tuple(Given(name, end) for name, end in sorted(until.items()))
    return replace(gravest, cause=gravest.cause._replace(given=held)) if held else gravest


def _gravity(one: Listing) -> tuple[int, float, float]:
    return one.action, one.expires_at, one.probability


def keep_scan(desk: Desk, listings: Mapping[bytes, Listing], now: datetime) -> None:
    """Keep what a scan's policy asks for, for snapshots that are made before the next scan."""
    put(desk.docket.scan_path, _written(desk, listings, 1, now))


def kept_scan(desk: Desk) -> dict[bytes, Listing]:
    """What the newest scan's policy asks for.

    Where nothing was ever decided, the snapshot itself says it.

    Raises:
        SourceError: It is there and not genuine.
    """
    path = desk.docket.scan_path if desk.docket.scan_path.exists() else desk.snapshot
    snapshot = load_snapshot(path, desk.signing.public)
    if isinstance(snapshot, SnapshotFault):
        if snapshot.fault is Fault.MISSING:
            return {}
        raise SourceError(
            f"{path} is not used ({snapshot.fault}): {snapshot.text}.",
            "Publish the newest scan again with `revenuer verdicts publish`.",
        )
    return {
        key: Listing(one.action, one.cause, one.expires_at, one.probability)
        for key, one in snapshot.items()
    }


def put_snapshot(desk: Desk, listings: Mapping[bytes, Listing], now: datetime) -> int:
    """Put a snapshot in its place, with the keys that guards need beside it.

    Returns:
        Its number.
    """
    sequence = _next_sequence(desk, now)
    data = _written(desk, listings, sequence, now)
    prepare(desk)
    put(desk.snapshot, data, OPEN)
    return sequence


def republish(desk: Desk, now: datetime) -> int:
    """Make the snapshot from the kept scan and the ledger.

    The audit log is told where what was decided changed, not of every scan.

    Returns:
        Its number.
    """
    ledger, standing = desk.ledger(), desk.docket.standing()
    found = composed(kept_scan(desk), ledger, standing, now)
    sequence = put_snapshot(desk, found.listings, now)
    if ledger.changed:
        said = {
            "sequence": sequence,
            "verdicts": len(found.listings),
            "decisions": [one.id for one in ledger.in_force(now)],
        }
        desk.record([(Step.PUBLISHED, said)], now)
    desk.docket.keep_standing(
        replace(standing, published_at=now.timestamp(), review_at=found.review_at)
    )
    return sequence


def prepare(desk: Desk) -> None:
    """Put the keys that guards need beside the snapshot.

    Raises:
        ConfigError: Guards trust other keys already.
    """
    desk.snapshot.parent.mkdir(parents=True, exist_ok=True)
    write_public_key(public_key_of(desk.snapshot), desk.signing.public)
    write_fingerprint_key(fingerprint_key_of(desk.snapshot), desk.secret)


def _written(desk: Desk, listings: Mapping[bytes, Listing], sequence: int, now: datetime) -> bytes:
    key = desk.signing
    issue = Issue(sequence, now.timestamp(), desk.fingerprints.key_id, key.public.id, key.sign)
    return write_snapshot(listings, issue)


def _next_sequence(desk: Desk, now: datetime) -> int:
    """One more than the file that is replaced; without one, more than any before it."""
    try:
        with desk.snapshot.open("rb") as file:
            head = read_head(file.read(HEADER_BYTES))
    except OSError:
        head = None
    before = head.sequence if isinstance(head, Head) else 0
    # Seconds since the epoch, so that a file that was lost does not begin again at 1.
    return max(before + 1, int(now.timestamp()))

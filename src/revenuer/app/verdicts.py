"""`verdicts`: from a scan's campaigns to the signed snapshot that the guard looks up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from revenuer.app.composing import LAST, keep_scan, put_snapshot
from revenuer.app.desk import Desk, open_desk
from revenuer.app.enforce_limits import Grounds
from revenuer.app.joining import join
from revenuer.app.saved import read_findings
from revenuer.app.sentences import permit_holders, sentences, whole_organizations
from revenuer.app.settling import settle_locked
from revenuer.app.telling import announce
from revenuer.enforcement.snapshot_file import load_snapshot
from revenuer.enforcement.verdict_keys import fingerprint_key_of, public_key_of, read_public_key
from revenuer.errors import SourceError
from revenuer.guard.faults import SnapshotFault
from revenuer.guard.fingerprint import Kind
from revenuer.guard.ladder import ACTIONS, Action
from revenuer.guard.layout import HEADER_BYTES, Listing
from revenuer.guard.policy import Policy
from revenuer.records import Findings


@dataclass(frozen=True, slots=True)
class Published:
    """What was published.

    Attributes:
        file: The snapshot.
        sequence: Its number.
        made_at: When it was made.
        expires_at: When its verdicts end.
        campaigns: Campaigns that it acts on.
        accounts: Accounts in it.
        organizations: Organizations in it, all of whose accounts are.
        by_action: Accounts by action.
        permitted: Accounts left out since they hold a permit.
        cleared: Accounts left out since another campaign that they are in was cleared.
        notes: What a person should know.
        decisions: Decisions in force that it holds too.
        joined: Accounts that joined the campaigns of decisions, and are covered now.
        made_keys: Secret keys that were made just now.
        beside: Files beside the snapshot that the guard's host needs.
    """

    file: Path
    sequence: int
    made_at: datetime
    expires_at: datetime
    campaigns: int
    accounts: int
    organizations: int
    by_action: dict[str, int]
    permitted: int
    cleared: int
    notes: tuple[str, ...]
    decisions: int
    joined: int
    made_keys: tuple[Path, ...]
    beside: tuple[Path, ...]


def publish(
    scan: Path,
    *,
    out: Path,
    keys: Path,
    now: datetime,
    policy: Policy | None = None,
    permits: str | None = None,
    accounts: str | None = None,
    policy_file: Path | None = None,
) -> Published:
    """Publish the verdicts of a scan.

    Verdicts count from when the scan was written, not from when they are published: publishing
    the same scan again does not prolong them. What was decided with `enforce` stays in force.

    Args:
        scan: The scan's folder.
        out: The snapshot; the guard sees the old one or the new one, whole.
        keys: Folder of the signing key and the fingerprint key; made on first use.
        now: The time.
        policy: What is done about which verdict; None for the defaults.
        permits: The permits table; nothing is published about holders of a permit.
        accounts: The accounts table, for permits of organizations and for organizations that
            are listed whole.
        policy_file: Where the policy was read, for decisions that are published later.
    """
    policy = policy or Policy()
    desk = open_desk(out, keys)
    fingerprints = desk.fingerprints
    findings = read_findings(scan)
    written_at = (scan / "campaigns.json").stat().st_mtime
    expires_at = written_at + policy.verdict_hours * 3600
    held = sentences(findings.campaigns, policy)
    at = (now, findings.scanned.last)
    permitted = permit_holders(permits, accounts, at) & held.accounts.keys()
    listed = {name: one for name, one in held.accounts.items() if name not in permitted}
    organizations = whole_organizations(listed, accounts, policy.whole_organizations)
    listings = {
        fingerprints.of(kind, name): Listing(one.action, one.cause, expires_at, one.probability)
        for kind, found in ((Kind.ACCOUNT, listed), (Kind.ORGANIZATION, organizations))
        for name, one in found.items()
    }
    grounds = Grounds(scan, policy, permits, accounts)
    sequence, decisions, joined = _put(desk, listings, grounds, findings, policy_file, now)
    return Published(
        file=out,
        sequence=sequence,
        made_at=now,
        expires_at=datetime.fromtimestamp(min(expires_at, LAST), UTC),
        campaigns=len({listing.cause for listing in listings.values()}),
        accounts=len(listed),
        organizations=len(organizations),
        by_action=_by_action(one.action for one in listed.values()),
        permitted=len(permitted),
        cleared=held.cleared,
        notes=tuple(_notes(listings, expires_at, now, policy, accounts)),
        decisions=decisions,
        joined=joined,
        made_keys=desk.made_keys,
        beside=(public_key_of(out), fingerprint_key_of(out)),
    )


def _put(
    desk: Desk,
    listings: Mapping[bytes, Listing],
    grounds: Grounds,
    findings: Findings,
    policy_file: Path | None,
    now: datetime,
) -> tuple[int, int, int]:
    """Put the snapshot in place, with what was decided.

    Returns:
        Its number, how many decisions it holds, and how many accounts joined their campaigns.
    """
    if not (desk.docket.exists or grounds.policy.webhooks or policy_file):
        sequence = put_snapshot(desk, listings, now)
        # Who made the first decision meanwhile must not have it overwritten.
        if not desk.docket.exists:
            return sequence, 0, 0
    with desk.docket.locked():
        keep_scan(desk, listings, now)
        joined = join(desk, grounds, findings, policy_file, now)
        settled = settle_locked(desk, grounds.policy, now, publish=True)
        announce(desk, grounds.policy, findings.campaigns, now)
        return settled.sequence or 0, len(desk.ledger().in_force(now)), joined


def _by_action(actions: Iterable[Action]) -> dict[str, int]:
    counted = Counter(actions)
    return {action.word: counted[action] for action in ACTIONS if counted[action]}


def _notes(
    listings: Mapping[bytes, Listing],
    expires_at: float,
    now: datetime,
    policy: Policy,
    accounts: str | None,
) -> Iterator[str]:
    if policy.whole_organizations and accounts is None:
        yield "no organization is listed: which accounts are theirs stands in --accounts FILE"
    if listings and expires_at <= now.timestamp():
        yield (
            f"the scan was written more than {policy.verdict_hours:g} hours ago: its verdicts are "
            "over, and the guard will not act on them; scan again"
        )


@dataclass(frozen=True, slots=True)
class Shown:
    """What is in a snapshot.

    Attributes:
        file: The snapshot.
        signed: Whether it is signed with the public key that was given, or lies beside it.
        sequence: Its number.
        made_at: When it was made.
        age_s: How long ago.
        bytes: Its length.
        verdicts: Callers in it.
        expired: Those whose time is over.
        by_action: Callers by action, of those whose time is not over.
        by_evidence: Callers by evidence id, the most first.
        fingerprint_key: Name of the key of the fingerprints.
        signing_key: Name of the key that signed it.
    """

    file: Path
    signed: bool
    sequence: int
    made_at: datetime
    age_s: float
    bytes: int
    verdicts: int
    expired: int
    by_action: dict[str, int]
    by_evidence: dict[str, int]
    fingerprint_key: str
    signing_key: str


def show(file: Path, *, now: datetime, public_key: Path | None = None) -> Shown:
    """What is in a snapshot.

    Raises:
        SourceError: It is none, or is not signed with the key.
        ConfigError: There is no public key.
    """
    trusted = read_public_key(public_key or public_key_of(file))
    snapshot = load_snapshot(file, trusted)
    if isinstance(snapshot, SnapshotFault):
        raise SourceError(
            f"{file} is not used ({snapshot.fault}): {snapshot.text}.",
            "A guard keeps the snapshot before it. Publish again.",
        )
    listed = [snapshot.at(number) for number in range(len(snapshot))]
    counting = [one for one in listed if one.expires_at > now.timestamp()]
    causes = Counter(one.cause.evidence_id for one in counting)
    return Shown(
        file=file,
        signed=True,
        sequence=snapshot.head.sequence,
        made_at=datetime.fromtimestamp(snapshot.made_at, UTC),
        age_s=max(now.timestamp() - snapshot.made_at, 0.0),
        bytes=HEADER_BYTES + snapshot.head.body_bytes,
        verdicts=len(snapshot),
        expired=len(listed) - len(counting),
        by_action=_by_action(one.action for one in counting),
        by_evidence=dict(causes.most_common()),
        fingerprint_key=snapshot.head.fingerprint_key.hex(),
        signing_key=snapshot.head.signing_key.hex(),
    )

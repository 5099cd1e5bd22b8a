"""What a person can do about private matching; every step is an entry of the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from polars import DataFrame, concat

from revenuer.app.clock import utc_now
from revenuer.app.progress import Progress
from revenuer.app.sharing.matching_ask import Matched, ask_peer
from revenuer.app.sharing.matching_count import Counted, intersect_with
from revenuer.app.sharing.matching_edition import FILE, StoredEdition, make_edition, write_edition
from revenuer.app.sharing.matching_keys import ring_at
from revenuer.app.sharing.matching_rows import keep_matches
from revenuer.app.sharing.matching_templates import (
    KIND as TEMPLATES,
)
from revenuer.app.sharing.matching_templates import (
    Alike,
    compare,
    named_by_indicators,
    read_templates,
    write_templates,
)
from revenuer.app.sharing.matching_values import Values
from revenuer.app.sharing.state import ShareState
from revenuer.enforcement.verdict_keys import PublicKey
from revenuer.errors import ConfigError, MatchError
from revenuer.matching.canonical import MatchKind
from revenuer.matching.elements import LEAST_BITS
from revenuer.matching.templates import sketch_key_of
from revenuer.sharing.matching_client import MatchingPeer
from revenuer.sharing.terms import Producer


@dataclass(frozen=True, slots=True)
class PinnedPeer:
    """A peer that is asked.

    Attributes:
        service: Its server.
        pin: The key that its card must be signed with.
        most_bits: Of a value's bucket that it may be told.
        source: The STIX identity that its card must name; empty for any.
    """

    service: MatchingPeer
    pin: PublicKey
    most_bits: int = LEAST_BITS
    source: str = ""


def build(
    state: ShareState,
    keys: Path,
    values: Values,
    *,
    bits: int = LEAST_BITS,
    lasts: timedelta,
) -> StoredEdition:
    """Make the tables that peers are answered from, in the place of those before.

    Args:
        state: The folder of sharing.
        keys: Folder of the keys.
        values: What takes part.
        bits: Of a bucket's name.
        lasts: How long they are used.

    Raises:
        MatchError: No group key is in its time.
        ConfigError: There are so many values that a bucket needs more bits.
    """
    now = utc_now()
    key = ring_at(keys).current(now)
    try:
        made = make_edition(
            values,
            key,
            bits=bits,
            member=identity_of(state),
            pseudonym=lambda campaign: pseudonym(state, campaign),
            now=now,
            lasts=lasts,
        )
    except ValueError as problem:
        raise ConfigError(f"The tables cannot be made: {problem}.", "Take --bits 16.") from problem
    told = {
        "edition": made.edition.hex(),
        "group": made.group,
        "bits": bits,
        "values": {kind.value: len(held) for kind, held in values.held.items()},
        "until": made.ends_at.isoformat(),
    }
    state.record([("matching-built", told)], now)
    write_edition(state.folder / FILE, made)
    return made


def ask(
    state: ShareState,
    keys: Path,
    values: Values,
    peer: PinnedPeer,
    *,
    intel: Path,
    progress: Progress | None = None,
) -> Matched:
    """Ask a peer, and put what it says in the intel folder.

    Raises:
        MatchError: The peer is not who is pinned, does not match as agreed, or refused.
    """
    now = utc_now()
    told = {
        "peer": peer.service.url,
        "values": {kind.value: len(values.asked(kind)) for kind in values.held},
        "controls": {kind.value: len(held) for kind, held in values.controls.items()},
    }
    # Before the first byte leaves: also a run that fails has told buckets.
    state.record([("matching-asking", told)], now)
    matched = ask_peer(
        values,
        peer.service,
        peer.pin,
        ring_at(keys),
        most_bits=peer.most_bits,
        source=peer.source,
        clock=utc_now,
        progress=progress,
    )
    keep_matches(intel, matched.rows, matched.source, [kind.value for kind in matched.asked])
    answered = {
        "peer": peer.service.url,
        "source": matched.source,
        "group": matched.group,
        "sent": {kind.value: count for kind, count in matched.sent.items()},
        "accounts": matched.accounts,
        "clusters": matched.rows["cluster"].drop_nulls().n_unique(),
    }
    state.record([("matching-answered", answered)], utc_now())
    return matched


def intersect(
    state: ShareState,
    keys: Path,
    values: Values,
    peer: PinnedPeer,
    *,
    kinds: Sequence[MatchKind],
    elements: bool,
    by: str,
) -> list[Counted]:
    """Ask a peer how many values are in common, or which ones.

    Args:
        state: The folder of sharing.
        keys: Folder of the keys.
        values: What takes part.
        peer: Who is asked.
        kinds: Of which values.
        elements: Whether to ask which ones; the peer's operator must have approved it.
        by: Who asks.

    Raises:
        MatchError: As `ask`; or it was not approved.
    """
    form = "elements" if elements else "count"
    told = {
        "peer": peer.service.url,
        "by": by,
        "form": form,
        "kinds": [kind.value for kind in kinds],
    }
    state.record([("matching-intersecting", told)], utc_now())
    found = intersect_with(
        values,
        peer.service,
        peer.pin,
        ring_at(keys),
        kinds=kinds,
        elements=elements,
        most_bits=peer.most_bits,
        source=peer.source,
        now=utc_now(),
    )
    counts = {one.kind.value: one.common for one in found}
    state.record([("matching-intersected", {**told, "common": counts})], utc_now())
    return found


def tell_templates(state: ShareState, keys: Path, scan: Path) -> bytes:
    """The templates of a scan's campaigns under the group's key, as a file for members.

    Raises:
        MatchError: No group key is in its time, or the scan has no sketches under it.
    """
    now = utc_now()
    key = sketch_key_of(ring_at(keys).current(now))
    data = write_templates(
        scan,
        key.id,
        source=identity_of(state),
        pseudonym=lambda campaign: pseudonym(state, campaign),
    )
    told = {"key": key.id, "sha256": sha256(data).hexdigest()}
    state.record([("matching-templates-told", told)], now)
    return data


def compare_templates(state: ShareState, data: bytes, scan: Path, *, intel: Path) -> list[Alike]:
    """Compare a member's templates with ours, and put what is alike in the intel folder.

    Raises:
        MatchError: It is no file of templates, or the scan has no sketches under its key.
    """
    now = utc_now()
    theirs = read_templates(data)
    alike, rows = compare(theirs, scan, now)
    keep_matches(intel, rows, theirs.source, (TEMPLATES,))
    told = {
        "source": theirs.source,
        "key": theirs.key,
        "sha256": sha256(data).hexdigest(),
        "accounts": rows["account_id"].n_unique(),
        "clusters": rows["cluster"].n_unique(),
    }
    state.record([("matching-templates-compared", told)], now)
    return alike


def compare_indicators(state: ShareState, scan: Path, *, intel: Path) -> list[Alike]:
    """Compare sketches that accepted indicators name with ours, and keep what is alike.

    Raises:
        NotFoundError: No indicator of a sketch is accepted.
        MatchError: The scan has no sketches under any of their keys.
    """
    now = utc_now()
    found: list[Alike] = []
    rows: dict[tuple[str, str], list[DataFrame]] = {}
    missing: list[MatchError] = []
    for kind, theirs in named_by_indicators(intel):
        try:
            alike, met = compare(theirs, scan, now, kind)
        except MatchError as problem:
            missing.append(problem)
            continue
        found += alike
        rows.setdefault((theirs.source, kind), []).append(met)
    if not rows:
        raise missing[0]
    for (source, kind), parts in rows.items():
        keep_matches(intel, concat(parts), source, (kind,))
    told = {
        "sources": sorted({source for source, _ in rows}),
        "clusters": len({one.cluster for one in found}),
        "campaigns": len({one.campaign for one in found}),
    }
    state.record([("matching-indicators-compared", told)], now)
    return found


def identity_of(state: ShareState) -> str:
    """Our STIX identity: that of our bundles, so that a peer counts us once."""
    return Producer("", state.secret).identity_id


def pseudonym(state: ShareState, campaign: str) -> UUID:
    """The name of a campaign outside: that of our bundles, so that a peer sees one campaign."""
    return UUID(Producer("", state.secret).cluster(campaign).removeprefix("cluster--"))

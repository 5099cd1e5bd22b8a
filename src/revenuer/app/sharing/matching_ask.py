"""Asking a peer which of our values it has too, and what becomes of the answer.

| in the intel folder | holds |
|---|---|
| `peer_matches.parquet` | account_id, cluster, source, kind, matched_at; `scan --intel` reads it |
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import polars as pl
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from revenuer.app.progress import Progress, Silent
from revenuer.app.sharing.intel import MATCHES
from revenuer.app.sharing.matching_values import Held, Values
from revenuer.disk import PRIVATE_FOLDER, locked, put
from revenuer.enforcement.verdict_keys import PublicKey
from revenuer.errors import ConfigError, MatchError, SourceError
from revenuer.matching.answering import EditionGoneError
from revenuer.matching.asking import ask, in_questions, key_of_card
from revenuer.matching.canonical import MatchKind
from revenuer.matching.elements import element_of
from revenuer.matching.keyring import GroupKey, KeyRing
from revenuer.matching.messages import Card
from revenuer.matching.table import Label
from revenuer.sharing.matching_client import MatchingPeer, MatchRefusedError

SCHEMA = pl.Schema(
    [
        ("account_id", pl.String()),
        ("cluster", pl.String()),
        ("source", pl.String()),
        ("kind", pl.String()),
        ("matched_at", pl.Datetime("us", "UTC")),
    ]
)
GONE = 410


@dataclass(frozen=True, slots=True)
class Meeting:
    """What a campaign of ours and a cluster of a peer have in common.

    Attributes:
        campaign: Ours.
        cluster: The peer's.
        convicted: Whether the peer says that it is; otherwise it is suspected there.
        kind: Of values.
        matched: How many of our campaign's values of the kind the peer has in the cluster.
        asked: How many were asked for.
        accounts: How many accounts of ours have them.
    """

    campaign: str
    cluster: str
    convicted: bool
    kind: MatchKind
    matched: int
    asked: int
    accounts: int


@dataclass(frozen=True, slots=True)
class Matched:
    """What a peer said.

    Attributes:
        source: Its STIX identity.
        group: The group key.
        bits: That were told of each value.
        asked: Values asked for, by kind.
        sent: Elements sent, decoys among them, by kind.
        not_offered: Kinds that the peer does not match.
        meetings: What is in common.
        rows: For `peer_matches.parquet`.
    """

    source: str
    group: str
    bits: int
    asked: dict[MatchKind, int]
    sent: dict[MatchKind, int]
    not_offered: tuple[MatchKind, ...]
    meetings: tuple[Meeting, ...]
    rows: pl.DataFrame


def pinned(text: str) -> PublicKey:
    """The key that is pinned for a peer, of the 64 hexadecimal digits that the peer told.

    Raises:
        ConfigError: It is none.
    """
    try:
        return PublicKey(Ed25519PublicKey.from_public_bytes(bytes.fromhex(text)))
    except ValueError as problem:
        raise ConfigError(
            "A pin has 64 hexadecimal digits.",
            "The peer reads its own with `revenuer share match keys`.",
        ) from problem


def greet(
    peer: MatchingPeer,
    pin: PublicKey,
    ring: KeyRing,
    *,
    most_bits: int,
    source: str,
    now: datetime,
) -> tuple[Card, GroupKey]:
    """Read a peer's card and look whether it matches as agreed.

    Raises:
        MatchError: It does not; nothing was asked.
    """
    card = peer.card(pin.verifies, now)
    if source and card.member != source:
        raise MatchError(
            f"The peer says that it is {card.member}, not {source}.",
            "Nothing was asked: under two names one peer would count as two.",
        )
    key = ring.named(card.group, now)
    key_of_card(card, key, most_bits)
    return card, key


def ask_peer(
    values: Values,
    peer: MatchingPeer,
    pin: PublicKey,
    ring: KeyRing,
    *,
    most_bits: int,
    source: str,
    clock: Callable[[], datetime],
    progress: Progress | None = None,
) -> Matched:
    """Ask a peer for all values that take part.

    Raises:
        MatchError: The peer is not who is pinned, does not match as agreed, or is over a limit.
    """
    progress = progress or Silent()
    card, key = greet(peer, pin, ring, most_bits=most_bits, source=source, now=clock())
    offered = {kind: held for kind, held in values.held.items() if kind in card.offers and held}
    told: dict[Held, list[Label]] = {}
    sent = dict.fromkeys(offered, 0)
    rng = random.SystemRandom()
    with progress.stage("asking the peer", sum(map(len, offered.values()))) as advance:
        for kind, held in offered.items():
            elements = [element_of(key, kind, each.value, card.bits) for each in held]
            place = 0
            for part in in_questions(elements):
                asked = ask(part, kind, card, key, rng)
                try:
                    labels = asked.labels(peer.ask(asked))
                except MatchRefusedError as refusal:
                    if refusal.status == GONE:
                        raise EditionGoneError from refusal
                    raise
                told.update(zip(held[place : place + len(part)], labels, strict=True))
                place += len(part)
                sent[kind] += len(asked.question.buckets)
                advance(len(part))
    return Matched(
        source=card.member,
        group=card.group,
        bits=card.bits,
        asked={kind: len(held) for kind, held in offered.items()},
        sent=sent,
        not_offered=tuple(kind for kind in values.held if kind not in card.offers),
        meetings=_meetings(told),
        rows=_rows(told, card.member, clock()),
    )


def cluster_name(label: Label) -> str:
    """A peer's cluster as it is written everywhere."""
    return f"cluster--{label.cluster}"


def _meetings(told: dict[Held, list[Label]]) -> tuple[Meeting, ...]:
    rows = [
        (campaign, cluster_name(label), label.convicted, held.kind, held.value, account)
        for held, labels in told.items()
        for label in labels
        for campaign, account in held.holders
    ]
    names = ("campaign", "cluster", "convicted", "kind", "value", "account")
    frame = pl.DataFrame(rows, schema=list(names), orient="row")
    asked: dict[tuple[str, MatchKind], int] = {}
    for held in told:
        for campaign in {campaign for campaign, _ in held.holders}:
            asked[campaign, held.kind] = asked.get((campaign, held.kind), 0) + 1
    counted = frame.group_by("campaign", "cluster", "kind").agg(
        pl.col("convicted").any(),
        pl.col("value").n_unique().alias("matched"),
        pl.col("account").n_unique().alias("accounts"),
    )
    return tuple(
        Meeting(
            campaign=row["campaign"],
            cluster=row["cluster"],
            convicted=row["convicted"],
            kind=MatchKind(row["kind"]),
            matched=row["matched"],
            asked=asked[row["campaign"], MatchKind(row["kind"])],
            accounts=row["accounts"],
        )
        for row in counted.sort("campaign", "cluster", "kind").iter_rows(named=True)
    )


def _rows(told: dict[Held, list[Label]], source: str, at: datetime) -> pl.DataFrame:
    rows = {
        (account, cluster_name(label), source, held.kind.value, at)
        for held, labels in told.items()
        for label in labels
        for _, account in held.holders
    }
    return pl.DataFrame(sorted(rows), schema=SCHEMA, orient="row")


def keep_matches(folder: Path, rows: pl.DataFrame, source: str, kinds: Sequence[str]) -> Path:
    """Put what a peer said in the intel folder.

    What the same peer said before of the same kinds of value is replaced, not added to.

    Raises:
        SourceError: What is there cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    path = folder / MATCHES
    with locked(folder):
        kept = [rows]
        if path.exists():
            try:
                before = pl.read_parquet(path).select(SCHEMA.names()).cast(SCHEMA)
            except (pl.exceptions.PolarsError, OSError) as problem:
                raise SourceError(f"{path} cannot be read.", "Move it away and ask again.") from (
                    problem
                )
            again = (pl.col("source") == source) & pl.col("kind").is_in(list(kinds))
            kept.append(before.filter(~again))
        whole = pl.concat(kept).sort("source", "account_id", "cluster", "kind")
        put(path, _parquet(whole))
    return path


def _parquet(frame: pl.DataFrame) -> bytes:
    from io import BytesIO

    data = BytesIO()
    frame.write_parquet(data)
    return data.getvalue()

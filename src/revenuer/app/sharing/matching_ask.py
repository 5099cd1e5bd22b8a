"""Asking a peer which of our values it has too."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from revenuer.app.progress import Progress, Silent
from revenuer.app.sharing.matching_rows import cluster_name, rows_of
from revenuer.app.sharing.matching_values import CONTROL, Held, Values
from revenuer.enforcement.verdict_keys import PublicKey
from revenuer.errors import ConfigError, MatchError
from revenuer.matching.answering import EditionGoneError
from revenuer.matching.asking import ask, in_questions, key_of_card
from revenuer.matching.canonical import MatchKind
from revenuer.matching.elements import element_of
from revenuer.matching.keyring import GroupKey, KeyRing
from revenuer.matching.messages import Card
from revenuer.matching.table import Label
from revenuer.sharing.matching_client import MatchingPeer, MatchRefusedError

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
        asked: Values of campaigns asked for, by kind.
        controls: Ordinary accounts that were asked for beside, by kind.
        controls_met: How many of them have something that the peer has, by kind.
        sent: Elements sent, decoys among them, by kind.
        not_offered: Kinds that the peer does not match.
        meetings: What is in common.
        rows: For `peer_matches.parquet`.
    """

    source: str
    group: str
    bits: int
    asked: dict[MatchKind, int]
    controls: dict[MatchKind, int]
    controls_met: dict[MatchKind, int]
    sent: dict[MatchKind, int]
    not_offered: tuple[MatchKind, ...]
    meetings: tuple[Meeting, ...]
    rows: pl.DataFrame

    @property
    def accounts(self) -> int:
        """Accounts of campaigns that have something that the peer has."""
        met = self.rows.filter(pl.col("cluster").is_not_null(), role="campaign")
        return met["account_id"].n_unique()


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
    offered = {kind: values.asked(kind) for kind in values.held if kind in card.offers}
    offered = {kind: held for kind, held in offered.items() if held}
    told: dict[Held, list[Label]] = {}
    sent = dict.fromkeys(offered, 0)
    rng = random.SystemRandom()
    with progress.stage("asking the peer", sum(map(len, offered.values()))) as advance:
        for kind, held in offered.items():
            # So that no question is all of one campaign, or all of ordinary accounts.
            rng.shuffle(held)
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
        asked={kind: len(values.held[kind]) for kind in offered},
        controls={kind: len(_controls(told, kind)) for kind in offered},
        controls_met={kind: len(_controls(told, kind, met=True)) for kind in offered},
        sent=sent,
        not_offered=tuple(kind for kind in values.held if kind not in card.offers),
        meetings=_meetings(told),
        rows=rows_of(told, card.member, clock()),
    )


def _meetings(told: dict[Held, list[Label]]) -> tuple[Meeting, ...]:
    rows = [
        (campaign, cluster_name(label), label.convicted, held.kind, held.value, account)
        for held, labels in told.items()
        for label in labels
        for campaign, account in held.holders
        if campaign != CONTROL
    ]
    names = ("campaign", "cluster", "convicted", "kind", "value", "account")
    frame = pl.DataFrame(rows, schema=list(names), orient="row")
    asked: dict[tuple[str, MatchKind], int] = {}
    for held in told:
        for campaign in {campaign for campaign, _ in held.holders} - {CONTROL}:
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


def _controls(
    told: dict[Held, list[Label]], kind: MatchKind, *, met: bool = False
) -> frozenset[str]:
    """The ordinary accounts that were asked for of a kind, or those that met something."""
    return frozenset(
        account
        for held, labels in told.items()
        if held.kind is kind and (labels or not met)
        for campaign, account in held.holders
        if campaign == CONTROL
    )

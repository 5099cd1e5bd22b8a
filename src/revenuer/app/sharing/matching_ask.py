"""Asking a peer which of our values it has too, and what becomes of the answer.

| in the intel folder | holds |
|---|---|
| `peer_matches.parquet` | account_id, cluster, source, kind, unit, role, matched_at |

A row is a thing that an account was asked for: with the peer's cluster where the peer has it,
without one where it does not. `role` says whether the account was of a campaign or a control.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path

import polars as pl
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from revenuer.app.progress import Progress, Silent
from revenuer.app.sharing.intel import MATCHES
from revenuer.app.sharing.matching_values import CONTROL, Held, Values
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
        ("unit", pl.String()),
        ("role", pl.String()),
        ("matched_at", pl.Datetime("us", "UTC")),
    ]
)
GONE = 410
AROUND = {4: 16, 6: 32}
"""Bits of the part of the net around an address that counts as one thing: a campus has many
addresses, and a list that names some of them names one campus. placeholder"""


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


def _rows(told: dict[Held, list[Label]], source: str, at: datetime) -> pl.DataFrame:
    units = sorted({(held.kind, unit_of(held)) for held in told})
    names = {unit: str(number) for number, unit in enumerate(units)}
    rows = {
        (
            account,
            cluster,
            source,
            held.kind.value,
            names[held.kind, unit_of(held)],
            "control" if campaign == CONTROL else "campaign",
            at,
        )
        for held, labels in told.items()
        for cluster in [cluster_name(label) for label in labels] or [None]
        for campaign, account in held.holders
    }
    frame = pl.DataFrame(list(rows), schema=SCHEMA, orient="row")
    return frame.sort("account_id", "kind", "unit", "cluster")


def unit_of(held: Held) -> str:
    """What a value counts as: addresses that are near each other are one thing."""
    if held.kind in (MatchKind.ADDRESS, MatchKind.ADDRESS_BLOCK):
        first = ip_network(held.value).network_address
        return str(ip_network((first, AROUND[first.version]), strict=False))
    return held.value


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
                before = pl.read_parquet(path)
                # What an earlier version wrote has neither units nor roles.
                before = pl.concat([SCHEMA.to_frame(), before], how="diagonal").cast(SCHEMA)
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

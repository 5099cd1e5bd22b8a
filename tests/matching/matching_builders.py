"""Members of a group with tables, for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

from revenuer.matching.answering import Answering, oprf_key
from revenuer.matching.canonical import MatchKind
from revenuer.matching.elements import Element, element_of
from revenuer.matching.keyring import GroupKey, quarter_of
from revenuer.matching.messages import Card
from revenuer.matching.table import Label, fill_table

NOW = datetime(2026, 11, 22, tzinfo=UTC)
BITS = 12
SPACE = UUID("3f0e2f57-6a0f-4d5c-9f0e-1c3a5b7d9e11")


def group_key(byte: bytes = b"k") -> GroupKey:
    name, begins, ends = quarter_of(NOW)
    return GroupKey(name, byte * 32, begins, ends)


def cluster(name: str) -> UUID:
    return uuid5(SPACE, name)


def element(
    value: str, kind: MatchKind = MatchKind.PAYMENT, key: GroupKey | None = None
) -> Element:
    return element_of(key or group_key(), kind, value, BITS)


@dataclass(frozen=True)
class Member:
    """Who answers."""

    answering: Answering
    card: Card


def member(
    values: Mapping[str, str] | Sequence[tuple[str, str]],
    kind: MatchKind = MatchKind.PAYMENT,
    *,
    seed: bytes = b"s" * 32,
    edition: bytes = b"e" * 16,
    key: GroupKey | None = None,
) -> Member:
    """A member that holds values, each with the name of a cluster."""
    key, oprf = key or group_key(), oprf_key(seed, kind)
    pairs = list(values.items()) if isinstance(values, Mapping) else values
    entries = [(element(value, kind, key), Label(cluster(name), True)) for value, name in pairs]
    table = fill_table(entries, oprf, edition=edition, bits=BITS, filler=b"f" * 32)
    answering = Answering({kind: table}, {kind: oprf})
    card = Card(
        member="identity--peer",
        group=key.id,
        check=key.check(),
        edition=edition,
        bits=BITS,
        offers=answering.offers(),
        made_at=NOW - timedelta(hours=1),
        ends_at=NOW + timedelta(days=1),
    )
    return Member(answering, card)

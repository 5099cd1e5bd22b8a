"""Tables that peers are answered from, made from a scan and kept in one file.

The file holds what a server needs and no value: sealed labels, the keys of this edition, and the
enciphered sets of intersections. Keys live as long as their edition; a new one has new ones.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec

from revenuer.app.sharing.matching_values import Values
from revenuer.disk import put, refuse_if_shared
from revenuer.errors import ConfigError, NotFoundError
from revenuer.matching.answering import Answering, oprf_key
from revenuer.matching.canonical import MatchKind
from revenuer.matching.elements import element_of
from revenuer.matching.intersection import Holding, hold
from revenuer.matching.keyring import GroupKey
from revenuer.matching.messages import Card
from revenuer.matching.oprf import SEED_BYTES
from revenuer.matching.table import EDITION_BYTES, Label, Table, fill_table

FILE = "matching.edition"
LASTS = timedelta(days=7)
"""How long an edition is used unless a newer one is made; with it go its keys. placeholder"""


class StoredTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What of one kind is kept."""

    size: int
    buckets: dict[int, bytes]
    psi_key: bytes
    psi_setup: bytes


class StoredEdition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file; what is secret in it never leaves."""

    edition: bytes
    member: str
    group: str
    check: str
    bits: int
    seed: bytes
    filler: bytes
    made_at: datetime
    ends_at: datetime
    tables: dict[MatchKind, StoredTable]


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition that answers.

    Attributes:
        card: What it says of itself.
        answering: Its tables.
        holdings: Its sets, for intersections.
    """

    card: Card
    answering: Answering
    holdings: Mapping[MatchKind, Holding]


def make_edition(
    values: Values,
    key: GroupKey,
    *,
    bits: int,
    member: str,
    pseudonym: Callable[[str], UUID],
    now: datetime,
    lasts: timedelta = LASTS,
) -> StoredEdition:
    """Make tables of what takes part.

    Args:
        values: What takes part.
        key: The group's.
        bits: Of a bucket's name.
        member: Our STIX identity.
        pseudonym: The name of a campaign outside.
        now: The time.
        lasts: How long it is used.
    """
    edition, seed = secrets.token_bytes(EDITION_BYTES), secrets.token_bytes(SEED_BYTES)
    filler = secrets.token_bytes(32)
    labels = {
        campaign: Label(pseudonym(campaign), campaign in values.convicted)
        for campaign in {
            campaign
            for held in values.held.values()
            for each in held
            for campaign, _ in each.holders
        }
    }
    tables = {}
    for kind, held in values.held.items():
        elements = {each: element_of(key, kind, each.value, bits) for each in held}
        entries = [
            (elements[each], labels[campaign]) for each in held for campaign, _ in each.holders
        ]
        table = fill_table(entries, oprf_key(seed, kind), edition=edition, bits=bits, filler=filler)
        holding = hold(list(elements.values()))
        tables[kind] = StoredTable(table.size, dict(table.buckets), holding.key, holding.setup)
    return StoredEdition(
        edition, member, key.id, key.check(), bits, seed, filler, now, now + lasts, tables
    )


def write_edition(path: Path, stored: StoredEdition) -> None:
    """Put an edition in the place of the one before.

    Raises:
        OSError: It cannot be written; the one before is still there.
    """
    put(path, msgspec.msgpack.encode(stored))


def read_edition(path: Path) -> Edition:
    """The edition in a file.

    Raises:
        NotFoundError: There is none.
        ConfigError: It is none, or others can read it.
    """
    try:
        refuse_if_shared(path, "matching edition")
        stored = msgspec.msgpack.decode(path.read_bytes(), type=StoredEdition)
    except FileNotFoundError:
        raise NotFoundError(
            "Nothing is matched here.", "`revenuer share match build` makes the tables."
        ) from None
    except (msgspec.DecodeError, OSError) as problem:
        raise ConfigError(
            f"{path} is no edition.", "Make it again with `revenuer share match build`."
        ) from problem
    keys = {kind: oprf_key(stored.seed, kind) for kind in stored.tables}
    tables = {
        kind: Table(stored.edition, stored.bits, each.size, each.buckets, stored.filler)
        for kind, each in stored.tables.items()
    }
    answering = Answering(tables, keys)
    card = Card(
        member=stored.member,
        group=stored.group,
        check=stored.check,
        edition=stored.edition,
        bits=stored.bits,
        offers=answering.offers(),
        made_at=stored.made_at,
        ends_at=stored.ends_at,
    )
    holdings = {kind: Holding(each.psi_key, each.psi_setup) for kind, each in stored.tables.items()}
    return Edition(card, answering, holdings)

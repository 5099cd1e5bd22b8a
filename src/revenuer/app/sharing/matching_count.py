"""Asking a peer how many values are in common, and which ones where its operator approved that."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from revenuer.app.sharing.matching_ask import greet
from revenuer.app.sharing.matching_values import Held, Values
from revenuer.enforcement.verdict_keys import PublicKey
from revenuer.errors import MatchError
from revenuer.matching.canonical import MatchKind
from revenuer.matching.elements import element_of
from revenuer.matching.intersection import Intersecting
from revenuer.matching.keyring import KeyRing
from revenuer.sharing.matching_client import MatchingPeer


@dataclass(frozen=True, slots=True)
class Counted:
    """How many values of a kind a peer has in common with us.

    Attributes:
        source: Its STIX identity.
        kind: Of values.
        ours: How many we have.
        common: How many are in common.
        values: Which ones; only where the peer's operator approved it.
    """

    source: str
    kind: MatchKind
    ours: int
    common: int
    values: tuple[Held, ...] | None


def intersect_with(
    values: Values,
    peer: MatchingPeer,
    pin: PublicKey,
    ring: KeyRing,
    *,
    kinds: Sequence[MatchKind],
    elements: bool,
    most_bits: int,
    source: str,
    now: datetime,
) -> list[Counted]:
    """Ask a peer how many values are in common, by kind, or which ones.

    Raises:
        MatchError: As `ask_peer`; or nobody approved that elements are told.
    """
    card, key = greet(peer, pin, ring, most_bits=most_bits, source=source, now=now)
    found = []
    for kind in kinds:
        if kind not in card.offers:
            raise MatchError(f"The peer makes no intersections of the kind {kind}.")
        held = {element_of(key, kind, each.value, card.bits): each for each in values.held[kind]}
        asking = Intersecting(list(held), reveal=elements, rng=random.SystemRandom())
        setup = peer.setup(kind)
        reply = peer.intersect(kind, asking.request, elements=elements)
        if elements:
            common = asking.common(setup, reply)
            ones = tuple(each for element, each in held.items() if element.digest in common)
            found.append(Counted(card.member, kind, len(held), len(ones), ones))
        else:
            count = asking.count(setup, reply)
            found.append(Counted(card.member, kind, len(held), count, None))
    return found

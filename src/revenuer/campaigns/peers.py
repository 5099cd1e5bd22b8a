"""What peers say of a group: how far it has what one of their campaigns has, and when that counts.

A peer's list is data of ours only by what it meets here. It forms no group: groups are made
of our own links, and a kind of match is weighed on groups that were formed without the family
that the kind belongs to. It counts only where our own evidence suspects the group on every
axis, for the second of at least two sightings (docs/decisions/0012-what-a-peer-says.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.campaigns.asked import Asked
from revenuer.campaigns.group import UNGROUPED
from revenuer.campaigns.incidence import (
    Holdings,
    Incidences,
    LinkKind,
    holdings_of,
    join_holdings,
)
from revenuer.features.expressions import SEPARATOR
from revenuer.records import Axis, Channel

PEER_SIGHTING = "peer-sighting"
FAMILY_OF_KIND: dict[str, str] = {
    "address": "network",
    "address-block": "network",
    "asn": "network",
    "device-fingerprint": "identity",
    "email": "identity",
    "email-domain": "identity",
    "payment-fingerprint": "identity",
    "phone": "identity",
    "phone-fingerprint": "identity",
    "prompt-sketch": "software",
    "system-prompt-sketch": "software",
    "tls-fingerprint": "software",
    "user-agent": "software",
}
"""The family of links that one innocent cause explains together with each kind of match."""
PEER_FAMILIES: dict[str, Channel] = {
    "identity": Channel.IDENTITY,
    "network": Channel.NETWORK,
    "software": Channel.SOFTWARE,
}
LOOKS_LIKE_ONE = 3.0
"""Nats on an axis from which a person should look: 1 in 20 innocents reaches it."""
FEWEST_SIGHTINGS = 2
"""Independent sightings, ours among them, from which a peer's word counts."""
COMMON_SHARE = 0.01
"""Share of ordinary owners above which a thing says nothing, whoever names it."""
COMMON_OWNERS = 10
"""The same as a number of owners, in small logs."""
UNHEARD = -700.0
"""Nats of a word that does not count: as an e-value 0, which lifts no mean."""


@dataclass(frozen=True, slots=True)
class PeerWord:
    """What peers say of one group.

    Attributes:
        log_e_value: That its members meet a peer's cluster so often, nats.
        sources: Peers of whose clusters two members or more have something rare, sorted.
        counts: Whether it is evidence here, by `counts`.
    """

    log_e_value: float
    sources: tuple[str, ...]
    counts: bool = False

    @property
    def weighed(self) -> float:
        """Nats that enter the axis."""
        return self.log_e_value if self.counts else UNHEARD


def counts(own: Mapping[Axis, float], sources: Sequence[str]) -> bool:
    """Whether what peers say may convict together with our own evidence.

    Our own sighting is one if our evidence, without any peer's, makes the group suspected and
    speaks on all three axes; each peer is one more, however much it sends.

    Args:
        own: The group's axes by our own evidence, nats.
        sources: Peers that saw it.
    """
    suspected = min(own[Axis.COORDINATION], own[Axis.EXTRACTION]) >= LOOKS_LIKE_ONE
    ours = suspected and own[Axis.CONCEALMENT] > 0
    return ours and 1 + len(set(sources)) >= FEWEST_SIGHTINGS


def sightings_of(tokens: pl.DataFrame, owners: pl.DataFrame) -> Incidences:
    """The bipartite graph of owners and what peers name, a kind of link for each family.

    Args:
        tokens: `account_id` and `token`, as the detector `peer-sighting` gives them.
        owners: `account_id` and `owner`, a number from 0, of every account.
    """
    n_owners = owners["owner"].n_unique()
    kind = pl.col("token").str.split(SEPARATOR).list.first()
    family = kind.replace_strict(FAMILY_OF_KIND, default=None, return_dtype=pl.String)
    tokens = tokens.with_columns(family=family)
    return join_holdings(
        n_owners,
        {
            LinkKind(
                PEER_SIGHTING, channel, private=False, declared=False, convicts=True, phrase=name
            ): Holdings.of(holdings_of(tokens.filter(family=name), owners), n_owners)
            for name, channel in PEER_FAMILIES.items()
        },
    )


def source_of(token: str) -> str:
    """The peer that a token comes from."""
    return token.split(SEPARATOR)[2]


def cluster_of(token: str) -> str:
    """The peer's name of the campaign that a token is of."""
    return token.split(SEPARATOR)[1]


def kind_of(token: str) -> str:
    """What kind of thing a token is."""
    return token.split(SEPARATOR)[0]


def rare_only(
    sightings: Incidences, ordinary: NDArray[np.bool_], asked: Asked | None = None
) -> Incidences:
    """The same without what many ordinary owners have, which says nothing whoever names it.

    How many tokens an owner holds stays: each was a try.

    Args:
        sightings: From `sightings_of`.
        ordinary: Owners taken for ordinary use. Shape (n_owners,).
        asked: What was asked for; of what was met so, only those asked are counted.
    """
    having = np.bincount(sightings.token[ordinary[sightings.owner]], minlength=sightings.n_tokens)
    most = np.full(sightings.n_tokens, max(COMMON_OWNERS, COMMON_SHARE * float(ordinary.sum())))
    if asked is not None:
        of = asked.owners_asked(ordinary)
        for number in np.flatnonzero(asked.covered(sightings)):
            name = sightings.names[int(number)]
            most[number] = max(1.0, COMMON_SHARE * of.get((kind_of(name), source_of(name)), 0))
    return only(sightings, having <= most)


def only(sightings: Incidences, tokens: NDArray[np.bool_]) -> Incidences:
    """The same with the rows of some tokens alone. Mask of shape (n_tokens,)."""
    rows = tokens[sightings.token]
    return replace(sightings, owner=sightings.owner[rows], token=sightings.token[rows])


def sources_in_each(
    sightings: Incidences, groups: Sequence[NDArray[np.int64]]
) -> list[tuple[str, ...]]:
    """The peers of whose clusters two members or more of each group have something.

    Args:
        sightings: Rare ones.
        groups: Owners of each.
    """
    found = []
    source = np.array([source_of(name) for name in sightings.names], dtype=object)
    of = np.full(sightings.n_owners, UNGROUPED)
    for members in groups:
        of[members] = 0
        inside = np.bincount(
            sightings.token[of[sightings.owner] == 0], minlength=sightings.n_tokens
        )
        of[members] = UNGROUPED
        found.append(tuple(sorted(set(source[inside > 1]))))
    return found

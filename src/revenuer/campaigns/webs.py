"""The web of a campaign: its accounts, what ties them, and where each is drawn.

The graph stays bipartite, accounts to tokens. Groups are communities of accounts bound by tokens
that are rare among innocents and among the members: what all members have binds the campaign, and
tells no group from another.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from revenuer.campaigns.group import UNGROUPED, communities, link_weights, renumber
from revenuer.campaigns.incidence import Incidences, LinkKind
from revenuer.campaigns.layout import Points, settle, spiral
from revenuer.campaigns.web_places import Edges, around_groups, arrange, between_groups, in_groups
from revenuer.records import Channel

Whole = NDArray[np.int64]

RESOLUTION = 1.0
"""Of modularity. placeholder"""
SEED = 0
SMALLEST_GROUP = 3
"""Members of a group at least. placeholder"""
GROUPS_AT_MOST = 120
"""Groups that are told apart; the others are drawn with those whom nothing rare binds.
placeholder"""
TELLING = 0.05
"""Share of a token's holders that must be members for it to bind a group. placeholder"""
TOKENS_AT_MOST = 20_000
"""Tokens of a web, those that tell most; the others are counted. placeholder"""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What several members share.

    Attributes:
        kind: As `ties.parquet` calls it; n of them.
        mark: A keyed fingerprint of the value, 8 bytes as a number. Shape (n,).
        inside: Members that have it. Shape (n,).
        outside: Accounts in no campaign that have it. Shape (n,).
        first_us: When members first showed it; 0 where that has no time. Shape (n,).
        last_us: Likewise the last time. Shape (n,).
    """

    kind: tuple[str, ...]
    mark: NDArray[np.uint64]
    inside: Whole
    outside: Whole
    first_us: Whole
    last_us: Whole

    @property
    def telling(self) -> NDArray[np.float64]:
        """The share of their holders that are members, 0 to 1. Shape (n,)."""
        return np.asarray(self.inside / np.maximum(self.inside + self.outside, 1))

    @property
    def strength(self) -> NDArray[np.float64]:
        """How many members a token ties, less where many others have it too. Shape (n,)."""
        return np.asarray(self.inside * self.telling)


@dataclass(frozen=True, slots=True)
class Web:
    """The web of a campaign.

    Groups are numbered from 0, the largest first; the last number is of those whom nothing rare
    binds, which may be nobody.

    Attributes:
        members: Numbers of accounts, rising. Shape (m,).
        group: Of each member. Shape (m,).
        member_at: Where each is drawn. Shape (m, 2).
        tokens: What they share.
        token_at: Where each is drawn. Shape (t, 2).
        edge_member: Place of the member of each edge. Shape (e,).
        edge_token: Place of the token, rising. Shape (e,).
        group_at: The middle of each group. Shape (g, 2).
        group_radius: How far each reaches, with what only it shares. Shape (g,).
        names: Of groups, at least 1 and kept as they grow; 0 for the last. Shape (g,).
        others: Accounts that the scan saw and that are no members.
        left_out: Shared tokens that are not kept.
    """

    members: Whole
    group: Whole
    member_at: Points
    tokens: Tokens
    token_at: Points
    edge_member: Whole
    edge_token: Whole
    group_at: Points
    group_radius: NDArray[np.float64]
    names: Whole
    others: int
    left_out: int


def web_of(members: Whole, ties: pl.DataFrame, others: int, before: Web | None = None) -> Web:
    """Make the web of a campaign.

    Args:
        members: Numbers of its accounts, rising.
        ties: `member` (a number), `kind`, `mark`, `outside`, `first_us` and `last_us`; a row for
            each member, kind and value, those that nobody shares among them.
        others: Accounts that the scan saw and that are no members.
        before: The web of an earlier sighting, whose groups keep their places.
    """
    tokens, edge_member, edge_token, held, left_out = _numbered(members, ties)
    kinds = sorted(set(tokens.kind))
    incidences = _incidences(members.size, tokens, kinds, edge_member, edge_token, held)
    weight = link_weights(incidences, tokens.telling >= TELLING)
    # A card that only members have binds more than a network that thousands of others use.
    weight = weight * tokens.telling[edge_token]
    group, n_groups = _groups(incidences, weight)
    size = np.bincount(group, minlength=n_groups)
    edges = Edges(edge_member, edge_token, weight)
    shared = _shared(group, n_groups, edges, len(tokens.kind))
    offsets = in_groups(group, size, edges)
    token_at, radius, own = around_groups(shared, size, offsets, edges)
    start, names = _start(members, group, radius, before)
    known = np.zeros(0, np.int64) if before is None else before.names
    group_at = settle(radius, _pulls(shared, tokens), start, is_new=~np.isin(names, known))
    several = np.flatnonzero(own < 0)
    drawn = between_groups(several, tokens.strength, tokens.kind, int(np.count_nonzero(size)))
    group_at = arrange(token_at, own, shared, drawn, group_at, radius)
    return Web(
        members=members,
        group=group,
        member_at=offsets + group_at[group],
        tokens=tokens,
        token_at=token_at,
        edge_member=edge_member,
        edge_token=edge_token,
        group_at=group_at,
        group_radius=radius,
        names=names,
        others=others,
        left_out=left_out,
    )


def _numbered(members: Whole, ties: pl.DataFrame) -> tuple[Tokens, Whole, Whole, pl.DataFrame, int]:
    """The tokens that several members have, the edges to them, and how many each member has."""
    rows = ties.unique(["member", "kind", "mark"], keep="first", maintain_order=True)
    held = rows.group_by("member", "kind").agg(held=pl.len())
    found = (
        rows.group_by("kind", "mark")
        .agg(
            inside=pl.len(),
            outside=pl.col("outside").max(),
            first_us=pl.col("first_us").filter(pl.col("first_us") > 0).min().fill_null(0),
            last_us=pl.col("last_us").max(),
        )
        .filter(pl.col("inside") > 1)
        .with_columns(strength=pl.col("inside") ** 2 / (pl.col("inside") + pl.col("outside")))
        .sort("strength", "kind", "mark", descending=[True, False, False])
    )
    kept = found.head(TOKENS_AT_MOST).with_row_index("token")
    edges = rows.join(kept.select("kind", "mark", "token"), on=["kind", "mark"])
    edges = edges.select("token", "member").sort("token", "member")
    tokens = Tokens(
        tuple(kept["kind"].to_list()),
        kept["mark"].to_numpy().astype(np.uint64),
        *(
            kept[name].cast(pl.Int64).to_numpy()
            for name in ("inside", "outside", "first_us", "last_us")
        ),
    )
    edge_member = np.searchsorted(members, edges["member"].to_numpy())
    held = held.with_columns(member=np.searchsorted(members, held["member"].to_numpy()))
    edge_token = edges["token"].cast(pl.Int64).to_numpy()
    return tokens, edge_member, edge_token, held, found.height - kept.height


def _incidences(
    n_members: int,
    tokens: Tokens,
    kinds: list[str],
    edge_member: Whole,
    edge_token: Whole,
    held: pl.DataFrame,
) -> Incidences:
    number = {kind: place for place, kind in enumerate(kinds)}
    table = np.zeros((n_members, len(kinds)), np.int64)
    for (kind,), rows in held.group_by("kind"):
        if kind in number:
            table[rows["member"].to_numpy(), number[str(kind)]] = rows["held"].to_numpy()
    return Incidences(
        n_owners=n_members,
        owner=edge_member,
        token=edge_token,
        kind=np.array([number[kind] for kind in tokens.kind], np.int64),
        holders=tokens.inside,
        names=pl.Series(dtype=pl.String),
        held=table,
        kinds=tuple(LinkKind(kind, Channel.IDENTITY, True, False, True, "") for kind in kinds),
    )


def _groups(incidences: Incidences, weight: NDArray[np.float64]) -> tuple[Whole, int]:
    """The group of each member, the largest first and those without last; how many there are."""
    if not weight.any():
        return np.zeros(incidences.n_owners, np.int64), 1
    labels = communities(incidences, weight, resolution=RESOLUTION, seed=SEED)
    labels = renumber(labels, smallest=SMALLEST_GROUP)
    sizes = np.bincount(labels[labels != UNGROUPED])
    rank = np.empty(sizes.size, np.int64)
    rank[np.argsort(-sizes, kind="stable")] = np.arange(sizes.size)
    last = min(sizes.size, GROUPS_AT_MOST)
    found = np.full(labels.size, last)
    bound = labels != UNGROUPED
    found[bound] = np.minimum(rank[labels[bound]], last)
    return _joined(incidences, weight, found, last), last + 1


def _joined(incidences: Incidences, weight: NDArray[np.float64], group: Whole, last: int) -> Whole:
    """Let those whose group was too small join the one that most binds them, if any does."""
    edges = Edges(incidences.owner, incidences.token, weight)
    shares = _shared(group, last + 1, edges, incidences.n_tokens)[:, :last]
    held = sparse.csr_array(
        (weight, (incidences.owner, incidences.token)),
        shape=(incidences.n_owners, incidences.n_tokens),
    )
    loose = np.flatnonzero(group == last)
    if not loose.size or not last:
        return group
    part = shares / np.maximum(incidences.holders, 1)[:, None]
    pulls = np.asarray(held[loose] @ part)
    best = pulls.argmax(axis=1)
    joins = pulls[np.arange(loose.size), best] > 0
    group[loose[joins]] = best[joins]
    return group


def _shared(group: Whole, n_groups: int, edges: Edges, n_tokens: int) -> NDArray[np.int32]:
    """How many members of each group have each token. Shape (n_tokens, n_groups)."""
    cell = edges.token * n_groups + group[edges.member]
    counts = np.bincount(cell, minlength=n_tokens * n_groups).astype(np.int32)
    return counts.reshape(n_tokens, n_groups)


def _start(
    members: Whole, group: Whole, radius: NDArray[np.float64], before: Web | None
) -> tuple[Points, Whole]:
    """Where groups begin, and their names: as where most of their members were, or new ones.

    New ones begin on a spiral, the largest inside, and are named by their lowest member.
    """
    n_groups = radius.size
    start = spiral(n_groups) * (2.0 * np.sqrt((radius**2).mean()) + 1.0)
    names = np.zeros(n_groups, np.int64)
    if before is not None:
        _as_before(members, group, before, start, names)
    used = set(names.tolist())
    for number in np.flatnonzero(names[:-1] == 0):
        mine = members[group == number]
        # Its lowest member may have given its name to a group that it has left.
        names[number] = next(name for name in mine.tolist() if name not in used)
        used.add(int(names[number]))
    return start, names


def _as_before(members: Whole, group: Whole, before: Web, start: Points, names: Whole) -> None:
    """Give groups the place and the name of the one that most of their members were in."""
    n_groups, old = names.size, before.names.size
    _, here, there = np.intersect1d(members, before.members, return_indices=True)
    cell = group[here] * old + before.group[there]
    both = np.bincount(cell, minlength=n_groups * old).reshape(n_groups, old)
    # Those whom nothing binds are never a group that was bound.
    both[-1, :-1] = 0
    both[:-1, -1] = 0
    for place in np.argsort(-both, axis=None, kind="stable").tolist():
        number, was = divmod(place, old)
        if not both[number, was]:
            continue
        both[number, :] = 0
        both[:, was] = 0
        start[number], names[number] = before.group_at[was], before.names[was]


def _pulls(shared: NDArray[np.int32], tokens: Tokens) -> NDArray[np.float64]:
    """How much groups pull each other: tokens that both have, each by the share of its members."""
    share = shared / np.maximum(tokens.inside[:, None], 1) * np.sqrt(tokens.strength)[:, None]
    several = (shared > 0).sum(axis=1) > 1
    pulls = share[several].T @ share[several]
    np.fill_diagonal(pulls, 0.0)
    return np.asarray(pulls)

"""What is drawn of a web at once: groups folded up, some of them unfolded, never too much.

Whatever is left out is counted, so that a page can say so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from revenuer.campaigns.web_places import between_groups
from revenuer.campaigns.webs import Web, Whole

NODES_AT_MOST = 2_000
EDGES_AT_MOST = 12_000
"""Edges drawn at once. placeholder"""
GROUPS_AT_MOST = 400
"""Groups drawn at once; a case of several campaigns may have more. placeholder"""
TOKEN_SHARE = 0.3
"""Of the nodes of an unfolded group, those that may be tokens. placeholder"""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What is drawn.

    Attributes:
        groups: Groups, folded up or not, by number. Shape (g,).
        unfolded: Of these, the ones whose members are drawn. Shape (g,).
        members: Places of the members that are drawn. Shape (m,).
        tokens: Places of the tokens that are drawn. Shape (t,).
        group_token: Pairs of a folded group's number and a token's place. Shape (a, 2).
        group_shares: The members of the group that have it. Shape (a,).
        member_token: Pairs of a member's place and a token's. Shape (b, 2).
        groups_left: Groups that are left out.
        tokens_left: Tokens between the groups that are left out.
        members_left: Members of unfolded groups that are left out.
        inner_left: Tokens of unfolded groups that are left out.
        edges_left: Edges between what is drawn that are left out.
    """

    groups: Whole
    unfolded: NDArray[np.bool_]
    members: Whole
    tokens: Whole
    group_token: Whole
    group_shares: Whole
    member_token: Whole
    groups_left: int
    tokens_left: int
    members_left: int
    inner_left: int
    edges_left: int

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return int(self.groups.size + self.members.size + self.tokens.size)


def draw_web(web: Web, unfold: Sequence[int] = (), *, at_most: int = NODES_AT_MOST) -> Drawing:
    """Choose what is drawn.

    Args:
        web: All of it.
        unfold: Names of groups to be unfolded; unknown ones are not there any more.
        at_most: Nodes.
    """
    sizes = np.bincount(web.group, minlength=web.names.size)
    there = np.flatnonzero(sizes)
    groups = there[:GROUPS_AT_MOST] if there.size > GROUPS_AT_MOST else there
    open_ = np.isin(web.names[groups], np.array(list(unfold), np.int64))
    shares = group_shares(web)
    several = np.flatnonzero((shares[:, groups] > 0).sum(axis=1) > 1)
    between = between_groups(several, web.tokens.strength, web.tokens.kind, groups.size)
    between = between[: max(at_most - groups.size, 0)]
    members, inner, members_left, inner_left = _unfolded(
        web, shares, groups[open_], between, at_most - groups.size - between.size
    )
    tokens = np.concatenate([between, inner])
    group_token, counts = _to_groups(shares, groups[~open_], tokens)
    member_token = _to_members(web, members, tokens)
    room = EDGES_AT_MOST - group_token.shape[0]
    return Drawing(
        groups=groups,
        unfolded=open_,
        members=members,
        tokens=tokens,
        group_token=group_token[:EDGES_AT_MOST],
        group_shares=counts[:EDGES_AT_MOST],
        member_token=member_token[: max(room, 0)],
        groups_left=int(there.size - groups.size),
        tokens_left=int(several.size - between.size),
        members_left=members_left,
        inner_left=inner_left,
        edges_left=max(-room, 0) + max(member_token.shape[0] - max(room, 0), 0),
    )


def unfolded_first(web: Web, *, at_most: int = NODES_AT_MOST) -> Whole:
    """Names of the groups that are unfolded unless somebody asks otherwise.

    A group that is alone says nothing folded up, so it is unfolded unless it has more
    members than can be drawn.
    """
    there = np.unique(web.group)
    # Its own ring is a node, too.
    fits = there.size == 1 and web.members.size < at_most
    return web.names[there] if fits else np.zeros(0, np.int64)


def group_shares(web: Web) -> Whole:
    """How many members of each group have each token. Shape (t, g)."""
    n_groups, n_tokens = web.names.size, len(web.tokens.kind)
    cell = web.edge_token * n_groups + web.group[web.edge_member]
    return np.bincount(cell, minlength=n_tokens * n_groups).reshape(n_tokens, n_groups)


def _unfolded(
    web: Web, shares: Whole, groups: Whole, drawn: Whole, room: int
) -> tuple[Whole, Whole, int, int]:
    """Members and tokens of the groups that are unfolded, and how many of each are left out.

    Groups share the room, the smallest first: what one does not need, the next may have.
    """
    members: list[Whole] = []
    tokens: list[Whole] = []
    members_left = inner_left = 0
    taken = np.zeros(shares.shape[0], dtype=bool)
    taken[drawn] = True
    degree = np.bincount(web.edge_member, minlength=web.members.size)
    for place, group in enumerate(groups[::-1].tolist()):
        mine = np.flatnonzero(web.group == group)
        inner = np.flatnonzero((shares[:, group] > 1) & ~taken)
        # Those that bind the group most, for the members that it has.
        worth = shares[inner, group] * web.tokens.telling[inner]
        inner = inner[np.argsort(-worth, kind="stable")]
        share = room // (groups.size - place)
        some = inner[: max(int(TOKEN_SHARE * share), share - mine.size)]
        # The busiest first; drawn in their own order.
        busy = np.argsort(-degree[mine], kind="stable")[: max(share - some.size, 0)]
        members.append(mine[np.sort(busy)])
        tokens.append(some)
        taken[some] = True
        room -= busy.size + some.size
        members_left += mine.size - busy.size
        inner_left += inner.size - some.size
    none = np.zeros(0, np.int64)
    found = np.concatenate([none, *tokens])
    return np.concatenate([none, *members]), found, int(members_left), int(inner_left)


def _to_groups(shares: Whole, groups: Whole, tokens: Whole) -> tuple[Whole, Whole]:
    """Which of some groups have which of some tokens, and how many of their members."""
    part = shares[np.ix_(tokens, groups)]
    token, group = np.nonzero(part)
    pairs = np.column_stack([groups[group], tokens[token]])
    counts = part[token, group]
    # The thickest first: what is left out is the thinnest.
    order = np.argsort(-counts, kind="stable")
    return pairs[order], counts[order]


def _to_members(web: Web, members: Whole, tokens: Whole) -> Whole:
    """Which of some members have which of some tokens, the most telling tokens first."""
    is_drawn = np.zeros(web.members.size, dtype=bool)
    is_drawn[members] = True
    rank = np.full(len(web.tokens.kind), -1)
    rank[tokens[np.argsort(-web.tokens.telling[tokens], kind="stable")]] = np.arange(tokens.size)
    wanted = is_drawn[web.edge_member] & (rank[web.edge_token] >= 0)
    pairs = np.column_stack([web.edge_member[wanted], web.edge_token[wanted]])
    return pairs[np.argsort(rank[pairs[:, 1]], kind="stable")]

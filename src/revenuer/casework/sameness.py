"""Which campaigns of two scans are one campaign.

A case is a connected component: campaigns are its nodes, and two are joined if they have one id,
if one supersedes the other, or, where neither knows it, by their members. All of that depends on
two scans alone, so cases are the same in whatever order, and however often, scans are added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

SAME_FROM = 0.5
"""Share of an earlier campaign's accounts that must be here for it to be the same one; the
same share by which a scan keeps names, `campaigns.identity`."""


@dataclass(frozen=True, slots=True)
class Group:
    """A campaign as one scan has it.

    Attributes:
        campaign: Its id.
        supersedes: Ids that ended in it.
        members: Its accounts, by their numbers.
    """

    campaign: str
    supersedes: frozenset[str]
    members: frozenset[int]


def known_in(groups: Sequence[Group]) -> frozenset[str]:
    """Ids of campaigns that a scan knows what became of."""
    ids = {group.campaign for group in groups}
    return frozenset(ids.union(*(group.supersedes for group in groups)))


def went_into(earlier: Group, later: Sequence[Group], known: frozenset[str]) -> str | None:
    """Which campaign of a later scan an earlier one is, by its members; None if none.

    Args:
        earlier: A campaign.
        later: Those of a later scan that have a member of it; others change nothing.
        known: From `known_in` of all of that scan: whose id is there needs no members.

    Examples:
        >>> old = Group("a", frozenset(), frozenset({1, 2, 3}))
        >>> new = Group("b", frozenset(), frozenset({2, 3, 4, 5}))
        >>> went_into(old, [new], known_in([new]))
        'b'
    """
    if earlier.campaign in known:
        return None
    # Of two that have equally many the same one gets it, in whatever order they come.
    best = min(
        later,
        key=lambda group: (-len(earlier.members & group.members), group.campaign),
        default=None,
    )
    if best is None:
        return None
    shared = len(earlier.members & best.members)
    return best.campaign if shared >= max(1.0, SAME_FROM * len(earlier.members)) else None

"""Names that campaigns keep."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Iterable, Sequence

from revenuer.records import Campaign

NAMESPACE = uuid.UUID("6f1d2c3e-7b0a-5d5f-9c43-2a6c0f6b9d11")
SAME_FROM = 0.5
"""Share of an earlier campaign's accounts that must be here for it to be the same one."""


def new_id(account_ids: Iterable[str], taken: Collection[str] = ()) -> str:
    """The id of a campaign that was not seen before: the same accounts, the same id.

    Args:
        account_ids: Its accounts.
        taken: Ids that stand for something else by now: a campaign that grew may have
            left the accounts behind that once gave it its name.

    Examples:
        >>> new_id(["b", "a"]) == new_id(["a", "b"])
        True
    """
    members = "\\n".join(sorted(account_ids))
    while True:
        name = f"campaign--{uuid.uuid5(NAMESPACE, hashlib.sha256(members.encode()).hexdigest())}"
        if name not in taken:
            return name
        members += "\\n"


def name_groups(
    groups: Sequence[frozenset[str]], earlier: Sequence[Campaign]
) -> list[tuple[str, tuple[str, ...]]]:
    """Give each group its id and the ids that it supersedes.

    A group that holds half of an earlier campaign's accounts is that campaign, grown. One
    that holds several takes the id of the largest and supersedes the others; of two
    groups that claim one campaign the one with more of its accounts gets it.

    Args:
        groups: Account ids of each campaign of this scan.
        earlier: Campaigns of the scan before.

    Returns:
        For each group, its id and the ids that end in it.
    """
    claims: dict[int, list[Campaign]] = {}
    in_order = [sorted(group) for group in groups]
    for campaign in earlier:
        members = set(campaign.account_ids)
        shared = [len(members & group) for group in groups]
        # Of two halves the same one gets it, in whatever order they come.
        best = max(
            range(len(groups)),
            key=lambda place: (shared[place], in_order[place]),
            default=None,
        )
        if best is not None and shared[best] >= max(1.0, SAME_FROM * len(members)):
            claims.setdefault(best, []).append(campaign)
    taken = {campaign.id for campaign in earlier}
    names = []
    for place, group in enumerate(groups):
        mine = sorted(claims.get(place, []), key=lambda old: (-len(old.account_ids), old.id))
        if mine:
            names.append((mine[0].id, tuple(old.id for old in mine[1:])))
        else:
            names.append((new_id(group, taken), ()))
    return names

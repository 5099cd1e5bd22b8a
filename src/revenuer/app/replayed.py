"""What a replay of a policy found: by action, by account and by organization."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from revenuer.guard.ladder import Action


@dataclass(slots=True)
class Share:
    """What one action came to.

    Attributes:
        exchanges: Exchanges that it was taken on.
        refused: Those of them that would not have gone on.
        tokens: Tokens of prompt and answer of those that it was taken on.
    """

    exchanges: int = 0
    refused: int = 0
    tokens: int = 0

    def add(self, passes: bool, tokens: int) -> None:
        """Count one more exchange."""
        self.exchanges += 1
        self.refused += not passes
        self.tokens += tokens


@dataclass(slots=True)
class Hit:
    """An account that the policy would have acted on.

    Attributes:
        account_id: Which.
        organization_id: Whose; empty if the logs do not say.
        convicted: Whether it is in a convicted campaign.
        action: The gravest that was taken.
        reasons: Exchanges by reason and evidence, such as `limit: limit--free`.
        of: What was taken on its exchanges, all actions but `allow`.
    """

    account_id: str
    organization_id: str
    convicted: bool
    action: Action = Action.ALLOW
    reasons: dict[str, int] = field(default_factory=dict)
    of: Share = field(default_factory=Share)


@dataclass(frozen=True, slots=True)
class Affected:
    """An organization whose accounts would have been acted on."""

    organization_id: str
    accounts: int
    innocents: int
    exchanges: int
    refused: int


@dataclass(frozen=True, slots=True)
class Replay:
    """What a policy would have done.

    Attributes:
        mode: What the policy says; the replay enforces it in any case.
        exchanges: Exchanges that were decided on.
        first: When the first of them came.
        last: When the last did.
        listed: Accounts that the snapshot would hold.
        by_action: What each action came to.
        innocents: Accounts hit that are in no convicted campaign, the gravest first.
        convicted: The other accounts hit, the gravest first.
        organizations: Whose accounts they are, those with innocents first.
    """

    mode: str
    exchanges: int
    first: datetime | None
    last: datetime | None
    listed: int
    by_action: dict[str, Share]
    innocents: tuple[Hit, ...]
    convicted: tuple[Hit, ...]
    organizations: tuple[Affected, ...]


def gravest_first(hit: Hit) -> tuple[int, int, int, str]:
    """Order accounts by what was done to them."""
    return -hit.action, -hit.of.refused, -hit.of.exchanges, hit.account_id


def affected_by(hits: Iterable[Hit]) -> tuple[Affected, ...]:
    """Whose accounts they are, those with innocents first."""
    groups: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        groups[hit.organization_id].append(hit)
    affected = [
        Affected(
            name,
            len(group),
            sum(not hit.convicted for hit in group),
            sum(hit.of.exchanges for hit in group),
            sum(hit.of.refused for hit in group),
        )
        for name, group in groups.items()
    ]
    affected.sort(
        key=lambda one: (-one.innocents, -one.refused, -one.exchanges, one.organization_id)
    )
    return tuple(affected)

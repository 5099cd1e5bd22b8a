"""The operator's own list of innocents, held against the judgement."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from revenuer.campaigns.cases import listed_owners
from revenuer.campaigns.judge import Judgement
from revenuer.campaigns.population import Population
from revenuer.records import Axis


@dataclass(frozen=True, slots=True)
class KnownInnocent:
    """How near known innocents came to a conviction.

    Attributes:
        listed: Ids on the list.
        seen: Of them, accounts that made exchanges.
        stopped: Groups that would have been convicted had the list not stopped it.
        nearest_account: The listed account in the group with the most evidence; None if
            no group holds one.
        nearest_log_e_value: That group's evidence, nats.
        nearest_axes: Its axes.
    """

    listed: int
    seen: int
    stopped: int
    nearest_account: str | None
    nearest_log_e_value: float | None
    nearest_axes: dict[Axis, float]


def check_known_innocent(
    innocents: frozenset[str] | None, judgement: Judgement, population: Population
) -> KnownInnocent | None:
    """Find the nearest miss among the operator's known innocents."""
    if innocents is None:
        return None
    listed = listed_owners(population, innocents)
    seen = np.isin(population.account_ids, sorted(innocents))
    holding = [group for group in judgement.groups if listed[group.members].any()]
    nearest = max(holding, key=lambda group: group.log_e_value, default=None)
    account = None
    if nearest is not None:
        here = seen & np.isin(population.owner, nearest.members)
        account = str(population.account_ids[here][0])
    return KnownInnocent(
        listed=len(innocents),
        seen=int(seen.sum()),
        stopped=sum(group.passes for group in holding),
        nearest_account=account,
        nearest_log_e_value=None if nearest is None else nearest.log_e_value,
        nearest_axes={} if nearest is None else nearest.axes,
    )


def read_ids(path: Path | None) -> frozenset[str] | None:
    """The accounts on the operator's list, one a line; None without a list."""
    if path is None:
        return None
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip())

"""Early signs: what a campaign does before enough of it is there to convict it.

A sign is no verdict. It convicts nobody, it may speak of one account, and it has its own rate of
false alarms: each look may raise as many signs of a kind as fit its share of a month, and a
hypothesis is one of all that the look tried (Bonferroni), so the expected number of false ones
is bounded whatever the dependence. Finders are in `sign_probes`, `sign_checks`, `sign_returns`
and `sign_pivots`; what all of them need is here.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from revenuer.campaigns.explain import MOSTLY
from revenuer.campaigns.identity import NAMESPACE
from revenuer.campaigns.judge import COORDINATED, Judged
from revenuer.campaigns.permits import elsewhere, held_by
from revenuer.campaigns.population import Population
from revenuer.records import Axis, Campaign, Sign, SignKind

A_MONTH = 0.5
"""False signs of each kind that a month may raise, in expectation. placeholder"""
MONTH = timedelta(days=30)
KEPT = timedelta(days=28)
"""How long a sign that is not shown any more is still told, and not new. placeholder"""
NAMED = 200
"""Accounts of a sign that are named at most."""


EVERYBODYS = (SignKind.PROBE_PHASE, SignKind.QUALITY_CHECK, SignKind.RETURN, SignKind.PIVOT)
"""What is looked for in every log; the others, and returns too, follow a decision."""
STATES = frozenset({SignKind.RETREAT, SignKind.ADAPTATION})
"""What is so until it is not; the others are events, and stay told."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Something found, before it has a name.

    Attributes:
        kind: What it is of.
        axis: The axis it speaks to; None if to none of them.
        owners: Who shows it. Shape (k,).
        p_value: How rarely innocents show as much, before the number of hypotheses.
        statement: One sentence with its numbers; no prompt text.
        numbers: The same numbers by name.
        decision_id: The decision that it follows; None if none.
    """

    kind: SignKind
    axis: Axis | None
    owners: NDArray[np.int64]
    p_value: float
    statement: str
    numbers: Mapping[str, int | float]
    decision_id: str | None = None


def bar(hypotheses: int, share_of_month: float) -> float:
    """The largest p-value that raises a sign.

    Args:
        hypotheses: All that the look tried of one kind.
        share_of_month: Time since the look before, as a share of `MONTH`.

    Examples:
        By hand: a daily look at 100 owners may raise 0.5 / 30 false signs, each owner a
        hundredth of them.

        >>> round(bar(100, 1 / 30) * 100 * 30, 3)
        0.5
    """
    return A_MONTH * min(share_of_month, 1.0) / max(hypotheses, 1)


def coordinated(groups: Sequence[Judged]) -> list[NDArray[np.int64]]:
    """The distinct sets of owners that show coordination at 1 in 20, convicted or not."""
    found = {
        one.members.tobytes(): one.members
        for one in groups
        if one.axes.get(Axis.COORDINATION, 0.0) >= COORDINATED
    }
    return list(found.values())


def actors(
    owners: NDArray[np.int64], groups: Sequence[NDArray[np.int64]]
) -> list[NDArray[np.int64]]:
    """Put owners together that are in one group; the others stay alone.

    Args:
        owners: Rising and distinct.
        groups: Sets of owners that are taken for one actor.
    """
    edges = []
    for group in groups:
        place = np.flatnonzero(np.isin(owners, group))
        edges.append(np.column_stack([place[:-1], place[1:]]))
    pairs = np.concatenate([np.empty((0, 2), np.int64), *edges])
    shape = (owners.size, owners.size)
    graph = sparse.coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=shape)
    count, label = connected_components(graph, directed=False)
    return [owners[label == number] for number in range(count)]


def permitted(
    population: Population,
    permits: pl.DataFrame,
    at: datetime,
    use: pl.DataFrame | None = None,
) -> NDArray[np.bool_]:
    """Owners whose every account has a permit that holds now, for what they use, not used up.

    Args:
        population: The accounts.
        permits: The permits table.
        at: The time of the look.
        use: What accounts with permits used by model, from `features.permit_use`; without it
            every model counts as permitted.

    Returns:
        Shape (n_owners,).
    """
    columns = ("account_id", "organization_id")
    accounts = population.accounts.select(*columns, "owner", "n_exchanges")
    valid = permits.filter(
        (pl.col("valid_from") <= pl.lit(at)) & (pl.col("valid_until") >= pl.lit(at))
    )
    found = [
        accounts.join(valid.select(column, "max_exchanges").drop_nulls(column), on=column)
        .filter(
            pl.col("max_exchanges").is_null() | (pl.col("n_exchanges") <= pl.col("max_exchanges"))
        )
        .select("account_id")
        for column in columns
    ]
    inside = pl.concat(found)["account_id"].unique()
    if use is not None and "models" in valid.columns:
        shares = elsewhere(held_by(accounts, valid), use)
        inside = inside.filter(~inside.is_in([name for name, share in shares.items()
                                              if share > 1 - MOSTLY]))  # fmt: skip
    covered = accounts["account_id"].is_in(inside.implode()).to_numpy()
    missing = np.bincount(population.owner[~covered], minlength=population.n_owners)
    return np.asarray(missing == 0)


@dataclass(frozen=True, slots=True)
class Told:
    """Which signs there were, and what else is known of accounts.

    Attributes:
        at: Time of the look.
        earlier: Signs of the look before.
        campaigns: What this look found.
    """

    at: datetime
    earlier: Sequence[Sign]
    campaigns: Sequence[Campaign]


def name_signs(drafts: Sequence[Draft], population: Population, told: Told) -> tuple[Sign, ...]:
    """Give what was found its names: those of the look before where it is the same.

    A draft is an earlier sign of its kind if they have an account in common, or follow the same
    decision. Two drafts that were one sign stay one. A sign that nothing shows any more is told
    for a while as it was, but for a state, which is over then.

    Returns:
        By kind, then the oldest first.
    """
    now: dict[str, Sign] = {}
    taken = {one.id for one in told.earlier}
    for draft in sorted(drafts, key=lambda one: one.p_value):
        ids = _ids(population, draft.owners)
        known = _known(draft, ids, told.earlier)
        name = _new_id(draft, ids, taken) if known is None else known.id
        if name in now:
            everyone = sorted(set(now[name].account_ids) | set(ids))
            now[name] = replace(now[name], account_ids=tuple(everyone[:NAMED]))
            continue
        now[name] = Sign(
            id=name,
            kind=draft.kind,
            first_seen=told.at if known is None else known.first_seen,
            at=told.at,
            axis=draft.axis,
            account_ids=ids[:NAMED],
            campaign_id=campaign_of(ids, told.campaigns),
            statement=draft.statement,
            numbers=draft.numbers,
            decision_id=draft.decision_id,
        )
    kept = [
        replace(one, campaign_id=campaign_of(one.account_ids, told.campaigns))
        for one in told.earlier
        if one.id not in now and one.kind not in STATES and told.at - one.at < KEPT
    ]
    every = [*now.values(), *kept]
    return tuple(sorted(every, key=lambda one: (one.kind, one.first_seen, one.id)))


def _ids(population: Population, owners: NDArray[np.int64]) -> tuple[str, ...]:
    rows = population.accounts_of(owners)
    return tuple(population.accounts["account_id"].gather(rows).to_list())


def _known(draft: Draft, ids: Sequence[str], earlier: Sequence[Sign]) -> Sign | None:
    """The earlier sign with which these accounts have most in common; of equals the oldest."""
    mine, decision = set(ids), draft.decision_id
    alike = [
        one
        for one in earlier
        if (one.kind, one.decision_id) == (draft.kind, decision)
        and (decision is not None or mine & set(one.account_ids))
    ]
    return min(
        alike,
        key=lambda one: (-len(mine & set(one.account_ids)), one.first_seen, one.id),
        default=None,
    )


def _new_id(draft: Draft, ids: Sequence[str], taken: Collection[str]) -> str:
    """The same accounts, or decision, the same id, unless something else has it by now."""
    about = ids if draft.decision_id is None else (draft.decision_id,)
    members = "\n".join([draft.kind, *about])
    while True:
        digest = hashlib.sha256(members.encode()).hexdigest()
        name = f"sign--{uuid.uuid5(NAMESPACE, digest)}"
        if name not in taken:
            return name
        members += "\n"


def campaign_of(account_ids: Sequence[str], campaigns: Sequence[Campaign]) -> str | None:
    """The campaign that most of these accounts are in."""
    mine = set(account_ids)
    inside = {one.id: len(mine & set(one.account_ids)) for one in campaigns}
    best = max(inside, key=lambda name: inside[name], default=None)
    return best if best is not None and 2 * inside[best] >= len(mine) else None

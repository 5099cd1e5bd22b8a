"""What became of decisions: whom they act on in a look, and what the docket keeps of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.app.desk import Desk
from revenuer.campaigns.around import BEFORE_H
from revenuer.campaigns.early_signs import KEPT
from revenuer.campaigns.population import Population
from revenuer.campaigns.sign_reactions import Ask, Struck
from revenuer.casework.decisions import Decision
from revenuer.features.addresses import address_block
from revenuer.guard.countering import gravity_of
from revenuer.guard.fingerprint import Fingerprinter, Kind, shown
from revenuer.guard.ladder import Action, action_named
from revenuer.records import Sign
from revenuer.sources import Logs
from revenuer.store.docket import Reaction


@dataclass(frozen=True, slots=True)
class Enforced:
    """What was decided about campaigns.

    Attributes:
        decisions: All there are.
        fingerprints: What turns ids into those that decisions name.
    """

    decisions: Sequence[Decision]
    fingerprints: Fingerprinter


def enforced_at(desk: Desk) -> Enforced:
    """What was decided at a desk.

    Raises:
        AuditError: Its log was changed.
    """
    decisions = tuple(desk.ledger().decisions.values()) if desk.docket.exists else ()
    return Enforced(decisions, desk.fingerprints)


def struck_by(enforced: Enforced, population: Population, at: datetime) -> list[Struck]:
    """The owners that decisions of the last weeks act on; a mere tag acts on nobody."""
    recent = [
        one
        for one in enforced.decisions
        if at - KEPT < one.made_at < at
        and gravity_of(action_named(one.action), one.countermeasures) > Action.TAG
    ]
    if not recent:
        return []
    of = enforced.fingerprints.of
    names = population.accounts["account_id"].to_list()
    members = np.array([shown(of(Kind.ACCOUNT, name)) for name in names])
    found = []
    for one in recent:
        mine = np.isin(members, sorted(set(one.members) - one.tagged))
        found.append(Struck(one.id, one.made_at.timestamp(), np.unique(population.owner[mine])))
    return found


def asker(logs: Logs, population: Population) -> Ask:
    """Ask the engine what owners did from a week before a time."""
    exchanges, engine = logs.tables.exchanges, logs.engine
    owner_of = population.accounts.select("account_id", "owner")

    def ask(owners: NDArray[np.int64], struck_s: float) -> pl.DataFrame:
        names = population.accounts["account_id"].gather(population.accounts_of(owners))
        hour = (exchanges.occurred_at.epoch_seconds() // 3600).cast("int64")
        since = int(struck_s // 3600) - BEFORE_H
        rows = exchanges.filter(exchanges.account_id.isin(names.to_list()) & (hour >= since))
        hourly = rows.group_by(
            "account_id",
            "model",
            hour=(rows.occurred_at.epoch_seconds() // 3600).cast("int64"),
            block=address_block(rows.client_ip),
        ).aggregate(exchanges=rows.count())
        told = engine.fetch(hourly).join(owner_of, on="account_id")
        keys = ("owner", "hour", "model", "block")
        return told.group_by(*keys).agg(pl.col("exchanges").sum()).sort(*keys)

    return ask


def keep_reactions(desk: Desk, signs: Sequence[Sign]) -> None:
    """Leave what campaigns did in the docket, for who looks at a decision; no raw ids."""
    if not desk.docket.exists:
        return
    desk.docket.keep_reactions(
        [
            Reaction(
                decision=one.decision_id,
                kind=str(one.kind),
                first_seen=one.first_seen.isoformat(),
                at=one.at.isoformat(),
                statement=one.statement,
                numbers=dict(one.numbers),
                members=tuple(desk.member(name) for name in one.account_ids),
            )
            for one in signs
            if one.decision_id is not None
        ]
    )

"""`casebook diff`: what is new about a case since a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row

from revenuer.app.casebook.finding import about_to_show_ids, accounts_named, case_named
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.reading import Act, CampaignSeen, acts_of, campaigns_seen
from revenuer.casework.cases import gravest
from revenuer.casework.roles import Actor, Right
from revenuer.errors import NotFoundError
from revenuer.instants import micros
from revenuer.records import Verdict
from revenuer.store.casebook import cases, sightings
from revenuer.store.casebook.cases import CaseRow
from revenuer.store.casebook.rosters import Numbers, rosters


@dataclass(frozen=True, slots=True)
class CaseChange:
    """What is new about a case.

    Attributes:
        row: The case as it is.
        since_us: The sighting that it is compared with, by the time of the log.
        verdict_before: The gravest verdict then.
        verdict: Now.
        joined: Accounts that are in it now only.
        left: Accounts that were in it then only.
        exchanges_more: Exchanges gained; negative if lost.
        output_tokens_more: Likewise.
        families_new: Kinds of evidence that speak now only.
        families_gone: Kinds of evidence that spoke then only.
        statements_new: What evidence of a new kind says.
        acts: What was done with it since it was added.
    """

    row: CaseRow
    since_us: int
    verdict_before: Verdict
    verdict: Verdict
    joined: tuple[str, ...]
    left: tuple[str, ...]
    exchanges_more: int
    output_tokens_more: int
    families_new: tuple[str, ...]
    families_gone: tuple[str, ...]
    statements_new: tuple[str, ...]
    acts: tuple[Act, ...]


def compare(
    casebook: Casebook,
    name: str,
    *,
    since: datetime | None,
    actor: Actor,
    now: datetime,
    show_ids: bool = False,
) -> CaseChange:
    """What is new about a case since a time of the log.

    Args:
        casebook: Where.
        name: Of the case, or of a campaign.
        since: The newest sighting until then is what it is compared with, or the first of all;
            None for the sighting before the newest.
        actor: Who asks.
        now: When.
        show_ids: Name accounts by their ids, which is written down.

    Raises:
        NotFoundError: There is no such case, or it was seen once only.
    """
    actor.needs(Right.READ)
    if show_ids:
        with casebook.reading() as connection:
            case = case_named(connection, name).case_id
        about_to_show_ids(casebook, case, actor=actor, now=now)
    with casebook.reading() as connection:
        row = case_named(connection, name)
        by_sighting: dict[str, list[Row[Any]]] = {}
        for one in sightings.of_case(connection, row.case_id):
            by_sighting.setdefault(one.sighting_id, []).append(one)
        every = list(by_sighting.values())
        if len(every) < 2:
            raise NotFoundError(
                f"{row.case_id} was seen once: there is nothing to compare it with.",
                "Add a later scan, or the next look of a watch.",
            )
        then = _at(every, since)
        return _compared(casebook, connection, row, then, every[-1], show_ids=show_ids)


def _at(every: Sequence[list[Row[Any]]], since: datetime | None) -> list[Row[Any]]:
    if since is None:
        return every[-2]
    until = [rows for rows in every[:-1] if rows[0].at_us <= micros(since)]
    return until[-1] if until else every[0]


def _compared(
    casebook: Casebook,
    connection: Connection,
    row: CaseRow,
    then: list[Row[Any]],
    now: list[Row[Any]],
    *,
    show_ids: bool,
) -> CaseChange:
    members = rosters(connection, {one.roster for one in (*then, *now)})
    old, new = _together(then, members), _together(now, members)
    joined, left = np.setdiff1d(new, old), np.setdiff1d(old, new)
    names = accounts_named(casebook, connection, [*joined, *left], show_ids=show_ids)
    spoke, speaks = _families(then), _families(now)
    seen = campaigns_seen(casebook, connection, now)
    family = cases.family(connection, row.case_id)
    added = sightings.sightings(connection, {then[0].sighting_id})[then[0].sighting_id].added_us
    acts = acts_of(casebook, connection, family)
    return CaseChange(
        row=row,
        since_us=then[0].at_us,
        verdict_before=gravest([Verdict(one.verdict) for one in then]),
        verdict=gravest([Verdict(one.verdict) for one in now]),
        joined=tuple(names[int(number)] for number in joined),
        left=tuple(names[int(number)] for number in left),
        exchanges_more=sum(o.exchanges for o in now) - sum(o.exchanges for o in then),
        output_tokens_more=sum(o.output_tokens for o in now) - sum(o.output_tokens for o in then),
        families_new=tuple(sorted(speaks - spoke)),
        families_gone=tuple(sorted(spoke - speaks)),
        statements_new=tuple(_statements(seen, speaks - spoke)),
        acts=tuple(one for one in acts if one.at_us > added),
    )


def _together(rows: Sequence[Row[Any]], members: Mapping[str, Numbers]) -> Numbers:
    return np.unique(np.concatenate([members[row.roster] for row in rows]))


def _families(rows: Sequence[Row[Any]]) -> frozenset[str]:
    return frozenset(name for row in rows for name in row.families.split())


def _statements(seen: Sequence[CampaignSeen], kinds: frozenset[str]) -> list[str]:
    return [
        piece.statement
        for one in seen
        if one.told is not None
        for piece in one.told.evidence
        if piece.kind in kinds
    ]

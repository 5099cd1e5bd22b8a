"""A campaign as a sighting has it, as the records that reports are drawn from.

Accounts are in them by their fingerprints where these are given, else by their numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.reading import CampaignSeen, CaseView
from revenuer.app.casebook.told import Piece, Shared, Told
from revenuer.casework.roles import Actor, Right
from revenuer.instants import moment
from revenuer.records import (
    Attribution,
    Axis,
    Campaign,
    Channel,
    Evidence,
    Exhibit,
    Leak,
    Method,
    Tie,
    Verdict,
)
from revenuer.store.casebook.rosters import Numbers, rosters, subjects_of

NOBODY: Numbers = np.empty(0, np.int64)
Names = Mapping[int, str]
NUMBERED: Names = {}


@dataclass(frozen=True, slots=True)
class Recorded:
    """A campaign of a case, as the records that reports are drawn from.

    Attributes:
        seen: As the casebook has it.
        campaign: Its record; None where what was said of it was erased.
        exhibit: What is drawn of it; None where that was erased or never kept.
    """

    seen: CampaignSeen
    campaign: Campaign | None
    exhibit: Exhibit | None


def records_of(
    casebook: Casebook, view: CaseView, *, actor: Actor, named: bool = False
) -> list[Recorded]:
    """The campaigns of a case that somebody looks at.

    Args:
        casebook: Where.
        view: The case.
        actor: Who looks.
        named: Whether accounts are called by their fingerprints, not by their numbers.
    """
    actor.needs(Right.READ)
    with casebook.reading() as connection:
        members = rosters(connection, {one.figures.roster for one in view.seen})
        names = NUMBERED
        if named:
            numbers = {number for one in members.values() for number in one.tolist()}
            names = {**view.names, **subjects_of(connection, numbers)}
    found = []
    for one in view.seen:
        mine = members.get(one.figures.roster, NOBODY)
        found.append(Recorded(one, campaign_of(one, mine, names), exhibit_of(one, mine, names)))
    return found


def campaign_of(
    one: CampaignSeen, members: Numbers = NOBODY, names: Names = NUMBERED
) -> Campaign | None:
    """The record of a campaign as it was seen; None where what was said of it was erased.

    Args:
        one: As the casebook has it.
        members: Who is in it, by their numbers.
        names: How they are called.
    """
    row, told = one.figures, one.told
    if told is None:
        return None
    return Campaign(
        id=row.campaign_id,
        verdict=Verdict(row.verdict),
        probability=row.probability,
        log_e_value=row.log_e_value,
        axes={axis: getattr(row, axis.value) for axis in Axis},
        account_ids=_called(members.tolist(), names),
        exchanges=row.exchanges,
        tasks=row.tasks,
        output_tokens=row.output_tokens,
        reasoning_tokens=row.reasoning_tokens,
        first_seen=moment(row.first_seen_us),
        last_seen=moment(row.last_seen_us),
        detected_at=moment(row.detected_us),
        methods=tuple(Method(name) for name in row.methods.split()),
        capabilities=told.capabilities,
        taxonomy=told.taxonomy,
        attribution=Attribution(told.actor),
        innocents_nearby=row.innocents_nearby,
        leaked_before_detection=Leak(
            row.leaked_exchanges, row.leaked_output_tokens, row.leaked_hours
        ),
        pivots=told.pivots,
        evidence=evidence_of(told, names),
        innocent_explanations=told.explanations,
        supersedes=told.supersedes,
    )


def exhibit_of(one: CampaignSeen, members: Numbers, names: Names = NUMBERED) -> Exhibit | None:
    """What is drawn of a campaign; no example texts. None where it was erased or never kept."""
    told = one.told
    if told is None or not (told.drawn.days or told.drawn.ties):
        return None
    drawn = told.drawn
    # Of a roster that retention has taken away, no volume is anybody's.
    volumes = zip(_called(members.tolist(), names), drawn.volumes, strict=False)
    return Exhibit(
        campaign_id=one.figures.campaign_id,
        days=drawn.days,
        own=drawn.own,
        other=drawn.other,
        suspensions=drawn.suspensions,
        releases=drawn.releases,
        ties=tuple(_tie(each, names) for each in drawn.ties) if members.size else (),
        account_volumes=tuple(volumes),
    )


def evidence_of(told: Told, names: Names = NUMBERED) -> tuple[Evidence, ...]:
    """The pieces of evidence, in the order in which they are kept."""
    return tuple(_evidence(piece, names) for piece in told.evidence)


def ties_that_hold(told: Told, number: int) -> Sequence[Shared]:
    """What a member shares with others, strongest first."""
    return [one for one in told.drawn.ties if number in one.members]


def _called(numbers: Iterable[int], names: Names) -> tuple[str, ...]:
    return tuple(names.get(number) or str(number) for number in numbers)


def _evidence(piece: Piece, names: Names) -> Evidence:
    return Evidence(
        piece.kind,
        Axis(piece.axis),
        piece.statement,
        piece.log_e_value,
        _called(piece.members, names),
        piece.exchange_ids,
    )


def _tie(one: Shared, names: Names) -> Tie:
    members = _called(one.members, names)
    return Tie(one.kind, one.label, Channel(one.channel), members, one.others)

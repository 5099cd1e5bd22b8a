"""What a sighting says of a campaign beside its figures: sealed as one piece, with the case's key.

Accounts are in it by their numbers, so that whoever is erased is erased here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec
import zstandard

from revenuer.records import Axis, Campaign, Exhibit, InnocentExplanation, Pivot

MOST_BYTES = 256 * 2**20
"""Of a piece, unpacked: whatever is read back was written here. placeholder"""


Scores = Mapping[Axis, Mapping[str, float]]
"""What accounts show by themselves, nats, by axis and account."""
NO_SCORES: Scores = {}


class Piece(msgspec.Struct, frozen=True):
    """A piece of evidence.

    Attributes:
        kind: Id of the detector, or family of links, that it comes from.
        axis: The axis it speaks to.
        statement: One sentence with its numbers.
        log_e_value: Nats.
        members: Accounts that show it most, by their numbers.
        exchange_ids: Exchanges that prove it.
    """

    kind: str
    axis: str
    statement: str
    log_e_value: float
    members: tuple[int, ...]
    exchange_ids: tuple[str, ...]


class Shared(msgspec.Struct, frozen=True):
    """Something that members share.

    Attributes:
        kind: Id of the detector.
        label: A masked name of it.
        channel: The family of links.
        members: Who shares it, by their numbers.
        others: Accounts outside that do.
    """

    kind: str
    label: str
    channel: str
    members: tuple[int, ...]
    others: int


class Drawn(msgspec.Struct, frozen=True):
    """What is drawn of a campaign; no example texts.

    Attributes:
        days: ISO dates.
        own: Its own exchanges of each day.
        other: Its accounts' other exchanges.
        suspensions: When members were suspended.
        releases: When which model was released.
        ties: What members share, strongest first.
        volumes: Own exchanges of each member, in the order of their numbers.
        extraction: What each shows of it by itself, nats, in the same order; None where nothing
            is known, empty where that was not kept.
        concealment: Likewise.
    """

    days: tuple[str, ...] = ()
    own: tuple[int, ...] = ()
    other: tuple[int, ...] = ()
    suspensions: tuple[datetime, ...] = ()
    releases: tuple[tuple[datetime, str], ...] = ()
    ties: tuple[Shared, ...] = ()
    volumes: tuple[int, ...] = ()
    extraction: tuple[float | None, ...] = ()
    concealment: tuple[float | None, ...] = ()


class Told(msgspec.Struct, frozen=True):
    """What a sighting says of a campaign beside its figures.

    Attributes:
        evidence: Piece by piece.
        explanations: Innocent causes that were tested.
        capabilities: Shares of its traffic by what it trains.
        pivots: Moves from one model to another.
        taxonomy: Ids of other catalogues.
        actor: Who may be behind it.
        supersedes: Campaigns that ended in it.
        drawn: What is drawn of it.
    """

    evidence: tuple[Piece, ...]
    explanations: tuple[InnocentExplanation, ...]
    capabilities: dict[str, float]
    pivots: tuple[Pivot, ...]
    taxonomy: dict[str, tuple[str, ...]]
    actor: str
    supersedes: tuple[str, ...]
    drawn: Drawn


def told_of(
    campaign: Campaign,
    exhibit: Exhibit | None,
    numbers: Mapping[str, int],
    scores: Scores = NO_SCORES,
) -> Told:
    """What is kept of a campaign beside its figures.

    Args:
        campaign: Its record.
        exhibit: What is drawn of it; None where that was not kept.
        numbers: The number of each account.
        scores: What each account shows by itself.
    """
    drawn = Drawn() if exhibit is None else _drawn(campaign, exhibit, numbers)
    if scores:
        members = [name for _, name in _in_order(campaign, numbers)]
        alone = {
            axis.value: tuple(scores.get(axis, {}).get(name) for name in members)
            for axis in (Axis.EXTRACTION, Axis.CONCEALMENT)
        }
        drawn = msgspec.structs.replace(drawn, **alone)
    return Told(
        evidence=tuple(
            Piece(
                one.kind,
                one.axis.value,
                one.statement,
                one.log_e_value,
                tuple(numbers[name] for name in one.account_ids),
                one.exchange_ids,
            )
            for one in campaign.evidence
        ),
        explanations=campaign.innocent_explanations,
        capabilities=campaign.capabilities,
        pivots=campaign.pivots,
        taxonomy=campaign.taxonomy,
        actor=campaign.attribution.actor,
        supersedes=campaign.supersedes,
        drawn=drawn,
    )


def _drawn(campaign: Campaign, exhibit: Exhibit, numbers: Mapping[str, int]) -> Drawn:
    volumes = dict(exhibit.account_volumes)
    return Drawn(
        days=exhibit.days,
        own=exhibit.own,
        other=exhibit.other,
        suspensions=exhibit.suspensions,
        releases=exhibit.releases,
        ties=tuple(
            Shared(
                one.kind,
                one.label,
                one.channel.value,
                tuple(numbers[name] for name in one.account_ids if name in numbers),
                one.others,
            )
            for one in exhibit.ties
        ),
        volumes=tuple(volumes.get(name, 0) for _, name in _in_order(campaign, numbers)),
    )


def _in_order(campaign: Campaign, numbers: Mapping[str, int]) -> list[tuple[int, str]]:
    return sorted({(numbers[name], name) for name in campaign.account_ids})


def without_member(told: Told, number: int) -> Told:
    """What is told, without a member; exchanges of evidence that named it may be its own."""
    return msgspec.structs.replace(
        told,
        evidence=tuple(
            msgspec.structs.replace(
                one,
                members=tuple(each for each in one.members if each != number),
                exchange_ids=(),
            )
            if number in one.members
            else one
            for one in told.evidence
        ),
    )


def packed(told: Told) -> bytes:
    """As bytes, to be sealed."""
    return zstandard.compress(msgspec.msgpack.encode(told), 3)


def unpacked(data: bytes) -> Told:
    """What `packed` made."""
    plain = zstandard.decompress(data, max_output_size=MOST_BYTES)
    return msgspec.msgpack.decode(plain, type=Told)

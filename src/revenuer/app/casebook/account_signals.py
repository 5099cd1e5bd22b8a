"""Why an account is in a case, signal by signal, and what speaks for it.

What the casebook keeps says it of the campaign: the pieces of evidence that name the account, what
it shares with others. What each detector made of the account alone lies in the folder of the scan,
as long as that is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from sqlalchemy import Connection

from revenuer.app.casebook.accounts import cases_of_account
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.reading import CampaignSeen, campaigns_seen
from revenuer.app.casebook.sighted import ties_that_hold
from revenuer.app.casebook.told import Piece, Shared
from revenuer.app.details import FOLDER
from revenuer.casework.roles import Actor, Right
from revenuer.records import InnocentExplanation
from revenuer.store.casebook import sightings
from revenuer.store.casebook.rosters import known_numbers, rosters


@dataclass(frozen=True, slots=True)
class Signal:
    """What one detector makes of an account alone.

    Attributes:
        axis: It speaks to.
        detector: Its id.
        p_value: How rarely an ordinary account shows as much.
        log_e_value: The same as evidence, nats; below zero it speaks for the account.
    """

    axis: str
    detector: str
    p_value: float
    log_e_value: float


@dataclass(frozen=True, slots=True)
class Flagged:
    """What puts an account into a case.

    Attributes:
        case: The case.
        campaign: The campaign of it that the account is in.
        verdict: Of that campaign.
        log_e_value: Of that campaign, nats.
        probability: Likewise: that the account takes part.
        extraction: What the account shows of it by itself, nats; None where that is not known.
        concealment: Likewise.
        exchanges: Its own exchanges there; None where that was not kept.
        pieces: Evidence that names it.
        ties: What it shares with others, strongest first.
        explanations: Innocent causes that were tested for the campaign.
    """

    case: str
    campaign: str
    verdict: str
    log_e_value: float
    probability: float
    extraction: float | None
    concealment: float | None
    exchanges: int | None
    pieces: tuple[Piece, ...]
    ties: tuple[Shared, ...]
    explanations: tuple[InnocentExplanation, ...]


@dataclass(frozen=True, slots=True)
class Signals:
    """Why an account is where it is.

    Attributes:
        flagged: In each campaign that it is in now.
        alone: What each detector made of it in the newest scan that saw it, strongest first.
        unread: Why that is not known; empty where it is.
    """

    flagged: tuple[Flagged, ...]
    alone: tuple[Signal, ...]
    unread: str


def signals_of(casebook: Casebook, subject: str, *, actor: Actor) -> Signals:
    """Why an account is in its cases, and what speaks for it.

    Args:
        casebook: Where.
        subject: How the casebook writes it.
        actor: Who asks.
    """
    actor.needs(Right.READ)
    with casebook.reading() as connection:
        number = known_numbers(connection, [subject]).get(subject)
        if number is None:
            return Signals((), (), "It is in no case.")
        heads = [
            sightings.head_of(connection, case) for case in cases_of_account(connection, subject)
        ]
        rows = [row for head in heads for row in head]
        flagged = tuple(_flagged(casebook, connection, heads, number))
        newest = max(rows, key=lambda row: (row.at_us, row.sighting_id), default=None)
        scans = sightings.sightings(connection, [newest.sighting_id] if newest else [])
        account = casebook.names_of(connection, [subject]).get(subject)
    if account is None:
        return Signals(flagged, (), "Its id was erased, and with it what leads there.")
    folder = Path(next(iter(scans.values())).folder) if scans else None
    alone = _alone(folder, account) if folder is not None else None
    if alone is None:
        return Signals(flagged, (), "The folder of the scan is not here any more.")
    return Signals(flagged, alone, "" if alone else "The scan kept nothing of it alone.")


def _flagged(
    casebook: Casebook, connection: Connection, heads: Sequence[Sequence[Any]], number: int
) -> list[Flagged]:
    found = []
    for head in heads:
        kept = rosters(connection, {row.roster for row in head})
        mine = [row for row in head if row.roster in kept and number in kept[row.roster]]
        for one in campaigns_seen(casebook, connection, mine):
            place = int(np.searchsorted(kept[one.figures.roster], number))
            found.append(_told(one, number, place))
    return found


def _told(one: CampaignSeen, number: int, place: int) -> Flagged:
    row, told = one.figures, one.told
    drawn = told.drawn if told is not None else None

    def at(values: Sequence[Any]) -> Any:
        return values[place] if place < len(values) else None

    return Flagged(
        case=row.owner,
        campaign=row.campaign_id,
        verdict=row.verdict,
        log_e_value=row.log_e_value,
        probability=row.probability,
        extraction=at(drawn.extraction) if drawn else None,
        concealment=at(drawn.concealment) if drawn else None,
        exchanges=at(drawn.volumes) if drawn else None,
        pieces=tuple(each for each in told.evidence if number in each.members) if told else (),
        ties=tuple(ties_that_hold(told, number)) if told else (),
        explanations=told.explanations if told else (),
    )


def _alone(folder: Path, account: str) -> tuple[Signal, ...] | None:
    """What the folder of a scan says of an account; None where it says nothing of anybody."""
    path = folder / FOLDER / "evidence.parquet"
    try:
        found = (
            pl.scan_parquet(path)
            .filter(pl.col("account_id") == account)
            .sort("log_e_value", "detector", descending=[True, False])
            .select("axis", "detector", "p_value", "log_e_value")
            .collect()
        )
    except (pl.exceptions.PolarsError, OSError):
        return None
    return tuple(Signal(*row) for row in found.iter_rows())

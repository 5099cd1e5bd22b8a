"""What the folders say that cases were made from: which detectors spoke, and against what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection, func, select

from revenuer.app.cards import detectors
from revenuer.app.casebook.opening import Casebook
from revenuer.app.saved import EXHIBITS, RESULTS, read_findings
from revenuer.casework.roles import Actor, Right
from revenuer.detector import Card
from revenuer.errors import RevenuerError
from revenuer.instants import micros
from revenuer.records import Scanned, Verdict
from revenuer.store.casebook import sightings
from revenuer.store.casebook.case_tables import case_sightings

FOLDERS_REMEMBERED = 16
"""Folders whose findings are kept in memory until they change. placeholder"""
NEWEST = 12
"""Folders that are looked at, those of the newest sightings. placeholder"""
ACCUSED = (Verdict.CONVICTED, Verdict.SUSPECTED)


@dataclass(frozen=True, slots=True)
class KnownScan:
    """A folder of a scan or a watch.

    Attributes:
        folder: Where.
        seen_us: The time of its newest sighting in the casebook.
        scanned: What it says that it read; None where it cannot be read any more.
        problem: Why it cannot.
        spoke: In how many accused campaigns each detector spoke, by its id.
    """

    folder: Path
    seen_us: int
    scanned: Scanned | None
    problem: str
    spoke: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Voice:
    """A detector, and when it was last heard.

    Attributes:
        card: What is known of it.
        spoke_us: The end of the newest log in which it spoke against an accused campaign; 0 for
            none that is known.
        campaigns: Accused campaigns against which it spoke there.
        blind: What the newest log lacked for it; empty if it could see.
        version_then: Its version at the newest scan; 0 where it did not run.
    """

    card: Card
    spoke_us: int
    campaigns: int
    blind: str
    version_then: int


@dataclass(frozen=True, slots=True)
class BaselineSeen:
    """What was ordinary, by what scans say of it.

    Attributes:
        id: Of the baseline; `fitted-…` where a scan made its own.
        first_us: The time of the first sighting that was judged by it.
        last_us: Of the last.
        sightings: How many.
    """

    id: str
    first_us: int
    last_us: int
    sightings: int

    @property
    def kept(self) -> bool:
        """Whether it was fitted once and kept, rather than by each scan anew."""
        return not self.id.startswith("fitted-")


def known_scans(casebook: Casebook, *, actor: Actor) -> list[KnownScan]:
    """The folders of the newest sightings, newest first."""
    actor.needs(Right.READ)
    with casebook.reading() as connection:
        newest = sightings.newest_by_folder(connection)
    ordered = sorted(newest.items(), key=lambda one: -one[1])[:NEWEST]
    return [_known(Path(folder), at_us) for folder, at_us in ordered]


def voices(scans: Sequence[KnownScan]) -> list[Voice]:
    """Every detector and when it was last heard, in the order in which reports name them."""
    heard = [one for one in scans if one.scanned is not None]
    newest = max(heard, key=lambda one: _end(one), default=None)
    found = []
    for card in detectors():
        last = max((one for one in heard if card.id in one.spoke), key=_end, default=None)
        blind, version = "", 0
        if newest is not None and newest.scanned is not None:
            said = [one for one in newest.scanned.blind if one.startswith(f"{card.id}:")]
            blind = said[0].partition(": ")[2] if said else ""
            version = newest.scanned.detector_versions.get(card.id, 0)
        spoke = 0 if last is None else _end(last)
        campaigns = 0 if last is None else last.spoke[card.id]
        found.append(Voice(card, spoke, campaigns, blind, version))
    return found


def baselines(casebook: Casebook, *, actor: Actor) -> list[BaselineSeen]:
    """The baselines that findings of the casebook rest on, the newest first."""
    actor.needs(Right.READ)
    with casebook.reading() as connection:
        return _baselines(connection)


def _baselines(connection: Connection) -> list[BaselineSeen]:
    at = case_sightings.c.at_us
    asked = select(case_sightings.c.baseline_id, func.min(at), func.max(at), func.count()).group_by(
        case_sightings.c.baseline_id
    )
    rows = [BaselineSeen(*row) for row in connection.execute(asked)]
    return sorted(rows, key=lambda one: -one.last_us)


def _known(folder: Path, seen_us: int) -> KnownScan:
    try:
        stamps = tuple(
            (folder / name).stat().st_mtime_ns if (folder / name).exists() else 0
            for name in (RESULTS[0], EXHIBITS)
        )
        scanned, spoke = _read(folder, stamps)
    except (RevenuerError, OSError, ValueError) as problem:
        return KnownScan(folder, seen_us, None, str(problem), {})
    return KnownScan(folder, seen_us, scanned, "", spoke)


@lru_cache(maxsize=FOLDERS_REMEMBERED)
def _read(folder: Path, stamps: tuple[int, ...]) -> tuple[Scanned, Mapping[str, int]]:
    """What a folder says, as long as its files are those of these times."""
    findings = read_findings(folder)
    accused = {one.id: one for one in findings.campaigns if one.verdict in ACCUSED}
    against: dict[str, set[str]] = {}
    for one in accused.values():
        for evidence in one.evidence:
            if evidence.log_e_value > 0:
                against.setdefault(evidence.kind, set()).add(one.id)
    for exhibit in findings.exhibits:
        if exhibit.campaign_id in accused:
            for tie in exhibit.ties:
                against.setdefault(tie.kind, set()).add(exhibit.campaign_id)
    return findings.scanned, {kind: len(campaigns) for kind, campaigns in against.items()}


def _end(one: KnownScan) -> int:
    return 0 if one.scanned is None else micros(one.scanned.last)

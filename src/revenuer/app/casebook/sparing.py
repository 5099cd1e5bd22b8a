"""Permits of the casebook carried to snapshots at once, without waiting for the next scan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from revenuer.app.casebook.opening import Casebook
from revenuer.app.composing import republish
from revenuer.app.desk import Desk, open_desk
from revenuer.errors import RevenuerError
from revenuer.guard.fingerprint import Kind, shown
from revenuer.store.casebook import permits
from revenuer.store.docket import docket_of


def spare_at_once(casebook: Casebook, snapshots: Iterable[str], now: datetime) -> list[str]:
    """Tell snapshots who holds a permit: decisions give them no more than a tag from now on.

    Args:
        casebook: Has the permits.
        snapshots: As the setting `casebook.snapshots` names them.
        now: When.

    Returns:
        What went wrong, a sentence for each snapshot that could not be told.
    """
    with casebook.reading() as connection:
        held = [one for one in permits.listed(connection) if one.holds(now)]
    until: dict[str, float] = {}
    for one in held:
        until[one.subject] = max(one.ends().timestamp(), until.get(one.subject, 0.0))
    problems = []
    for snapshot in map(Path, snapshots):
        if not docket_of(snapshot).exists:
            continue
        try:
            _tell(open_desk(snapshot, casebook.keys), until, now)
        except (RevenuerError, OSError) as problem:
            problems.append(f"{snapshot} could not be told of permits: {problem}")
    return problems


def _tell(desk: Desk, until: Mapping[str, float], now: datetime) -> None:
    with desk.docket.locked():
        standing = desk.docket.standing()
        found = _covered(desk, until, now)
        if found == standing.permitted:
            return
        desk.docket.keep_standing(replace(standing, permitted=found))
        republish(desk, now)


def _covered(desk: Desk, until: Mapping[str, float], now: datetime) -> dict[str, float]:
    """Members of decisions in force that hold a permit, or belong together with one that does."""
    found: dict[str, float] = {}
    names = desk.fingerprints
    for decision in desk.ledger().in_force(now):
        for member in decision.members:
            if member in until:
                found[member] = until[member]
        for roll in desk.docket.rolls(decision.id).values():
            for one in roll:
                owner = one.organization_id
                organization = shown(names.of(Kind.ORGANIZATION, owner)) if owner else ""
                ends = max(until.get(one.member, 0.0), until.get(organization, 0.0))
                if ends:
                    # A guard takes the gravest of what is listed of both.
                    for member in filter(None, (one.member, organization)):
                        found[member] = max(ends, found.get(member, 0.0))
    return found

"""Findings taken into the casebook, and what follows: decisions move cases, admission learns of it.

Every way of adding is this one: `casebook add`, `scan` and `watch` with `--casebook`, `POST
/v1/scans`.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from revenuer.access.policy import AccessPolicy
from revenuer.access.profile import Tables
from revenuer.app.admission.desk import Desk
from revenuer.app.admission.known import verdicts_of
from revenuer.app.admission.rechecking import take_convictions
from revenuer.app.casebook.add import Added, add
from revenuer.app.casebook.decisions import Synced, sync
from revenuer.app.casebook.opening import Casebook
from revenuer.app.casebook.places import note_state
from revenuer.casework.roles import Actor, Right
from revenuer.errors import NotFoundError, SourceError
from revenuer.reports.wording import counted
from revenuer.store.casebook import sightings


@dataclass(frozen=True, slots=True)
class Followed:
    """What followed from findings.

    Attributes:
        synced: What became of cases since decisions were made about them.
        convicted: Accounts that admission knows as convicted from now on.
        acquitted: Accounts that it did, and that nothing convicts any more.
    """

    synced: Synced
    convicted: int
    acquitted: int

    @property
    def summary(self) -> str:
        """What followed, in a sentence; empty for nothing."""
        done = self.synced
        said = [
            f"{counted(many, what)} {how}"
            for many, what, how in (
                (len(done.actioned), "case", "actioned"),
                (len(done.undone), "case", "came back: all that was done was taken back"),
                (self.convicted, "applicant", "known as convicted"),
                (self.acquitted, "applicant", "acquitted"),
            )
            if many
        ]
        return f"Since: {'; '.join(said)}." if said else ""


def bare_desk(casebook: Casebook) -> Desk:
    """A desk of admission without tables, for what judges nobody."""
    return Desk(casebook, Tables(), AccessPolicy())


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What came of findings.

    Attributes:
        added: Of each folder.
        followed: Of all of them.
    """

    added: tuple[Added, ...]
    followed: Followed


def take_in(
    desk: Desk,
    folders: Sequence[Path],
    snapshots: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
    states: Sequence[Path] = (),
    casebook: Casebook | None = None,
) -> TakenIn:
    """Add what scans and watches found, and do what follows from it.

    Args:
        desk: Of admission; one without tables will do. Who adds again and again keeps it.
        folders: Their `--out` folders.
        snapshots: As the setting `casebook.snapshots` names them.
        actor: Who adds them.
        now: When.
        states: Their `--state` folders, where an erasure is to look too.
        casebook: Where they are added; the desk's without it.

    Raises:
        NotFoundError: A folder has no findings.
        ScanError: One cannot be read; nothing was added.
        NotAllowedError: The actor may not.
    """
    book = casebook or desk.casebook
    added = add(book, folders, actor=actor, now=now)
    for state in states:
        note_state(book, state, actor=actor, now=now)
    return TakenIn(tuple(added), follow(desk, folders, snapshots, actor=actor, now=now))


def catch_up(desk: Desk, snapshots: Sequence[str], *, actor: Actor, now: datetime) -> Followed:
    """Do what follows from all that was added before, as far as its folders are still there.

    Args:
        desk: Of admission.
        snapshots: As the setting `casebook.snapshots` names them.
        actor: Who asks.
        now: When.
    """
    actor.needs(Right.WORK)
    with desk.casebook.reading() as connection:
        newest = sightings.newest_by_folder(connection)
    folders, problems = [], []
    # The oldest first: a later folder's word holds.
    for folder in map(Path, sorted(newest, key=lambda one: (newest[one], one))):
        with suppress(NotFoundError):
            try:
                verdicts_of([folder])
            except SourceError as problem:
                problems.append(str(problem))
                continue
            folders.append(folder)
    done = follow(desk, folders, snapshots, actor=actor, now=now)
    synced = replace(done.synced, problems=(*done.synced.problems, *problems))
    return replace(done, synced=synced)


def follow(
    desk: Desk,
    folders: Sequence[Path],
    snapshots: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
) -> Followed:
    """Take over what was decided, and tell admission whom findings convict.

    Args:
        desk: Of admission, and with it the casebook; who adds again and again keeps it.
        folders: Of the findings that were added.
        snapshots: As the setting `casebook.snapshots` names them.
        actor: Who adds them.
        now: When.

    Raises:
        NotFoundError: A folder has no findings.
    """
    synced = sync(desk.casebook, snapshots, actor=actor, now=now)
    taken = take_convictions(desk, folders, actor=actor, now=now)
    return Followed(synced, taken.convicted, taken.acquitted)

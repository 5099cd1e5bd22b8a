"""What follows once findings are in the casebook: decisions move cases, admission learns of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from revenuer.access.policy import AccessPolicy
from revenuer.access.profile import Tables
from revenuer.app.admission.desk import Desk
from revenuer.app.admission.rechecking import take_convictions
from revenuer.app.casebook.decisions import Synced, sync
from revenuer.app.casebook.opening import Casebook
from revenuer.casework.roles import Actor
from revenuer.reports.wording import counted


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

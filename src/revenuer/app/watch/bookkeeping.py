"""What a look found, added to a casebook."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from revenuer.app.admission.desk import Desk
from revenuer.app.casebook.following import bare_desk, take_in
from revenuer.app.casebook.opening import Casebook
from revenuer.casework.roles import Actor
from revenuer.errors import RevenuerError

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Bookkeeper:
    """Adds the findings of a watch to a casebook.

    A casebook that cannot be written stops no watch: it is said. What a look found is in the
    next one too.

    Attributes:
        findings: Folder of the watch's results.
        casebook: Opened.
        actor: Who watches.
        snapshots: Whose decisions move cases; see `decisions.sync`.
    """

    findings: Path
    casebook: Casebook
    actor: Actor
    snapshots: tuple[str, ...] = ()
    _desk: Desk = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Keep one desk, so that a look reads only what is new to admission."""
        object.__setattr__(self, "_desk", bare_desk(self.casebook))

    def after_look(self, now: datetime) -> None:
        """Add what a look has just found."""
        try:
            folders = [self.findings]
            take_in(self._desk, folders, self.snapshots, actor=self.actor, now=now)
        except (RevenuerError, OSError) as problem:
            logger.warning("The look could not be added to the casebook: %s", problem)

"""What a look found, added to a casebook."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from revenuer.app.casebook.add import add
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
    """

    findings: Path
    casebook: Casebook
    actor: Actor

    def after_look(self, now: datetime) -> None:
        """Add what a look has just found."""
        try:
            add(self.casebook, [self.findings], actor=self.actor, now=now)
        except (RevenuerError, OSError) as problem:
            logger.warning("The look could not be added to the casebook: %s", problem)

"""`access assess` over files with a casebook: every application judged and kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from revenuer.access.applications import Application
from revenuer.access.programmes import asks
from revenuer.app.admission.batch import Assessed, shown, written
from revenuer.app.admission.desk import Desk
from revenuer.app.admission.keeping import assess
from revenuer.app.admission.reading import applications
from revenuer.app.progress import Progress, Silent
from revenuer.casework.roles import Actor

AT_ONCE = 500
"""Applications in one change: on the disk together, and others may write between two."""


def assess_and_keep(
    desk: Desk,
    places: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
    out: Path | None = None,
    progress: Progress | None = None,
) -> Assessed:
    """Judge applications from files, in their order, and keep them.

    Args:
        desk: Where.
        places: Files, folders, globs or `-`.
        actor: Who asks.
        now: The time.
        out: JSON Lines, an assessment each; nothing is written without it.
        progress: Told how far the work is.

    Raises:
        NotAllowedError: They do not have the right.
        SourceError: A file cannot be read.
    """
    progress, done = progress or Silent(), Assessed()
    with TemporaryDirectory(prefix="revenuer-") as folder:
        source = applications(places, Path(folder), done.taken)
        with progress.stage("Assessing applications", None) as advance, written(out) as target:
            for some in _parts(source):
                judged = assess(desk, some, actor=actor, now=now, as_made=True)
                for application, assessment in zip(some, judged, strict=True):
                    done.count(assessment)
                    if target is not None:
                        asked = asks(application, desk.tables.domains)
                        wanted = [check.value for check in asked] if application.programme else []
                        target.write(msgspec.json.encode(shown(assessment, wanted)) + b"\n")
                advance(len(some))
    return done


def _parts(source: Iterator[Application]) -> Iterator[list[Application]]:
    while some := list(islice(source, AT_ONCE)):
        yield some

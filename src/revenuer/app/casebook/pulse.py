"""Whether the casebook has changed: asked every second, so it costs next to nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from revenuer.app.casebook.opening import Casebook
from revenuer.app.erasing.lists import INTEL
from revenuer.app.sharing.steps import LOG
from revenuer.casework.chain import BrokenEntryError, entry_of
from revenuer.settings import Settings
from revenuer.store.casebook import audit_table, cases
from revenuer.store.casebook.holds import places_of_kind
from revenuer.store.docket import docket_of

MOST_READ = 1000
"""Entries that are looked at to see whether they tell of more than looking. placeholder"""
LOOKS = frozenset({"signed-in", "session-ended", "subject-access", "unmasked"})
"""Kinds of entries that tell that somebody came, went or looked: no page is another by them."""
LOOKING = ("-read", "-shown", "-listed", "-exported")
"""Ends of such kinds."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """How far a casebook has got.

    Attributes:
        entry: Number of the newest entry of its audit log.
        changed: Of the newest that changed what pages show.
        cases: Cases that were ever opened.
        beside: How the logs beside the casebook are: another text whenever one has grown.
    """

    entry: int = 0
    changed: int = 0
    cases: int = 0
    beside: str = ""


def pulse(casebook: Casebook, since: Pulse | None = None, logs: Sequence[Path] = ()) -> Pulse:
    """How far it has got.

    Args:
        casebook: Which.
        since: What was known of it; without, its newest entry is taken for a change.
        logs: Of dockets and of sharing: what is decided there is in the casebook's own log only
            once somebody has followed it, and pages show it before. Those of folders in which
            peers' lists wait are looked at as well, as far as the casebook knows the folders.
    """
    with casebook.reading() as connection:
        lists = [Path(place) / LOG for place in places_of_kind(connection, INTEL)]
        beside = _as_they_are([*logs, *lists])
        entry = audit_table.newest_number(connection)
        if since is not None and entry == since.entry:
            return since if beside == since.beside else replace(since, beside=beside)
        changed = entry
        if since is not None and 0 <= entry - since.entry <= MOST_READ:
            lines = audit_table.lines_after(connection, since.entry)
            told = [number for number, line in lines if not _is_look(line)]
            changed = max(told, default=since.changed)
        return Pulse(entry, changed, cases.ever_opened(connection), beside)


def logs_beside(settings: Settings) -> tuple[Path, ...]:
    """The logs of the dockets and of sharing that the settings name."""
    found = [docket_of(Path(one)).audit_path for one in settings.casebook.snapshots]
    if settings.share.folder:
        found.append(Path(settings.share.folder) / LOG)
    return tuple(found)


def is_look(kind: str) -> bool:
    """Whether an entry of this kind tells of nothing but looking.

    Examples:
        >>> is_look("appeal-read"), is_look("signed-in"), is_look("appeal-decided")
        (True, True, False)
    """
    return kind in LOOKS or kind.endswith(LOOKING)


def _as_they_are(logs: Sequence[Path]) -> str:
    """A digest of the sizes and times of logs: they are looked at every second, so not read."""
    seen = sha256()
    for path in logs:
        try:
            about = path.stat()
            seen.update(f"{about.st_size} {about.st_mtime_ns};".encode())
        except OSError:
            seen.update(b"none;")
    return seen.hexdigest()[:16] if logs else ""


def _is_look(line: bytes) -> bool:
    try:
        return is_look(entry_of(line).kind)
    except BrokenEntryError:
        # Whoever verifies the log is told; here it is only something that has changed.
        return False

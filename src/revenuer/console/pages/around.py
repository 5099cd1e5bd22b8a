"""What lies around the casebook, as the settings name it."""

from __future__ import annotations

from pathlib import Path

from revenuer.app.casebook.places import Around
from revenuer.console.page import Visit


def around_of(visit: Visit) -> Around:
    """Snapshots of guards and the folder of sharing."""
    settings = visit.settings
    snapshots = dict.fromkeys(Path(one).resolve() for one in settings.casebook.snapshots)
    share = Path(settings.share.folder) if settings.share.folder else None
    return Around(visit.keys, tuple(snapshots), share)

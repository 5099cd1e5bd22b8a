"""What a caller may name on this machine: scans below configured folders, configured snapshots."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from msgspec import Meta

from revenuer.errors import NotFoundError
from revenuer.settings import Settings

_PART = r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}"
ScanName = Annotated[
    str,
    Meta(
        max_length=512,
        pattern=rf"^{_PART}(/{_PART}){{0,5}}$",
        description="A scan's folder, below one of `api.scan_folders`.",
    ),
]
SnapshotName = Annotated[
    str,
    Meta(pattern=rf"^{_PART}$", description="Of a snapshot's file, without its ending."),
]


def scan_at(settings: Settings, name: str) -> Path:
    """The folder of a scan.

    A link that leads out of the configured folders leads nowhere.

    Raises:
        NotFoundError: There is none below the configured folders.
    """
    for root in (Path(folder).resolve() for folder in settings.api.scan_folders):
        found = (root / name).resolve()
        if found != root and found.is_relative_to(root) and found.is_dir():
            return found
    raise NotFoundError(
        f"No scan {name!r} is below the folders that may be named here.",
        "The setting api.scan_folders says which these are.",
    )


def snapshots(settings: Settings) -> dict[str, Path]:
    """The configured snapshots, by name."""
    return {Path(one).stem: Path(one) for one in settings.casebook.snapshots}


def snapshot_at(settings: Settings, name: str) -> Path:
    """A configured snapshot.

    Raises:
        NotFoundError: None is called so.
    """
    known = snapshots(settings)
    if name not in known:
        raise NotFoundError(
            f"No snapshot is called {name!r}.", "The setting casebook.snapshots says which are."
        )
    return known[name]

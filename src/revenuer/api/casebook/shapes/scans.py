"""What is taken and answered of scans that are added."""

from __future__ import annotations

from revenuer.api.casebook.places import ScanName
from revenuer.api.casebook.words import Given, Shown


class ShownAdded(Shown):
    """What came of a scan that was added.

    Attributes:
        sighting: Its name.
        is_new: Whether it had not been added before.
        campaigns: How many it has.
        opened: Cases that were opened.
        grown: Cases that were seen again.
        merged: Cases that turned out to be one: those that ended, to where they went.
        reopened: Cases that came back.
        actioned: Cases that decisions act on by now.
        undone: Cases of which all that was done was taken back.
        convicted: Accounts that admission knows as convicted from now on.
        acquitted: Accounts that it did, and that nothing convicts any more.
        unreadable: Snapshots whose decisions cannot be read.
    """

    sighting: str
    is_new: bool
    campaigns: int
    opened: list[str]
    grown: list[str]
    merged: dict[str, str]
    reopened: list[str]
    actioned: list[str]
    undone: list[str]
    convicted: int
    acquitted: int
    unreadable: int


class ScanGiven(Given):
    """A scan to add.

    Attributes:
        scan: Its folder, below one of `api.scan_folders`.
    """

    scan: ScanName

"""Exported bundles, read again for those who take another form."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from revenuer.app.sharing.inbox import read_file
from revenuer.errors import NotAllowedError
from revenuer.sharing.echoes import Ours
from revenuer.sharing.intake import Read
from revenuer.sharing.tlp import Tlp


def read_exported(bundles: Sequence[Path], up_to: Tlp) -> list[Read]:
    """Read bundles whose readers are known.

    Args:
        bundles: As `share export` writes them.
        up_to: The strictest label that whoever gets the other form may see.

    Raises:
        NotAllowedError: Something is for fewer eyes.
        SourceError: A file is no bundle.
    """
    reads = [read_file(path, Ours()) for path in bundles]
    order = list(Tlp)
    for each in (one for read in reads for one in read.taken):
        if order.index(each.tlp) > order.index(up_to):
            raise NotAllowedError(
                f"{each.id} is marked TLP:{each.tlp.upper()}: {each.tlp.meaning}.",
                "Leave it out, or name the circle that reads it with --up-to.",
            )
    return reads

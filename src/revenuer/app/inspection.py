"""`inspect`: how logs would be read, before anything is read in earnest."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from revenuer.app.observe import sighted
from revenuer.app.progress import Progress, Silent
from revenuer.detectors import load_detectors
from revenuer.errors import ConfigError
from revenuer.sources import Inspection, inspect_logs, load_column_map
from revenuer.sources.files import STDIN


@dataclass(frozen=True, slots=True)
class Inspected:
    """What logs offer.

    Attributes:
        tables: One inspection for each table that was named, exchanges first.
        able: Ids of the detectors that could run.
        blind: A sentence for each detector that could not, with the columns it lacks.
    """

    tables: tuple[Inspection, ...]
    able: tuple[str, ...]
    blind: tuple[str, ...]


def inspect(
    exchanges: Sequence[str],
    *,
    accounts: str | None = None,
    permits: str | None = None,
    account_links: str | None = None,
    column_map: str | None = None,
    map_pairs: Sequence[str] = (),
    log_format: str | None = None,
    progress: Progress | None = None,
) -> Inspected:
    """Look at the start of every file and say what it offers.

    Args:
        exchanges: Files, folders, globs, or `-` for stdin.
        accounts: The accounts table.
        permits: The permits table.
        account_links: The table of attributes that change.
        column_map: A TOML column map.
        map_pairs: `name=column` pairs on top of it.
        log_format: Name of an adapter; None to look at the logs.
        progress: Told how far the work is.
    """
    progress = progress or Silent()
    mapped = load_column_map(Path(column_map) if column_map else None, map_pairs, log_format)
    others = {"accounts": accounts, "permits": permits, "account_links": account_links}
    places: dict[str, Sequence[str]] = {"exchanges": exchanges}
    places |= {name: [place] for name, place in others.items() if place is not None}
    if [place for where in places.values() for place in where].count(STDIN) > 1:
        raise ConfigError("stdin can be one table only", "Write the others to files.")
    found = []
    with (
        tempfile.TemporaryDirectory(prefix="revenuer-") as work,
        progress.stage("looking", len(places)) as advance,
    ):
        for table, where in places.items():
            found.append(inspect_logs(where, table=table, column_map=mapped, workdir=Path(work)))
            advance(1)
    present = frozenset().union(*(one.present for one in found))
    seeing, blind = sighted(load_detectors(), present)
    return Inspected(tuple(found), tuple(detector.card.id for detector in seeing), blind)

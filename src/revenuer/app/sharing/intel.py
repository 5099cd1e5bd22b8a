"""Accepted intelligence, as a scan takes it in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from revenuer.errors import NotFoundError, SourceError
from revenuer.features.peer_matches import INDICATORS, peer_matches
from revenuer.features.tables import PEER_MATCHES, LogTables
from revenuer.sources import Logs

MATCHES = "peer_matches.parquet"
"""In the folder of intelligence: what private matching found."""
CLEAR = "indicators.parquet"
"""In the folder of intelligence: what is accepted and named in clear."""
SOURCES = "sources.parquet"
"""In the folder of intelligence: what peers call themselves."""
NAMES = pl.Schema({"identity": pl.String(), "name": pl.String()})


@dataclass(frozen=True, slots=True)
class Intelligence:
    """What peers say, as far as a person accepted it.

    Attributes:
        indicators: kind, value, cluster, source, since, until; see `features.peer_matches`.
        found: account_id, cluster, source, kind, unit: what private matching asked for, of
            campaigns and of ordinary accounts, and what the peer has of it.
    """

    indicators: pl.DataFrame
    found: pl.DataFrame

    @property
    def is_empty(self) -> bool:
        """Whether no peer is listened to."""
        return self.indicators.is_empty() and self.found.is_empty()

    @property
    def digest(self) -> str:
        """The same intelligence, the same digest."""
        rows = (self.indicators.write_csv(), self.found.write_csv())
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def read_intelligence(folder: Path | None) -> Intelligence | None:
    """What a folder of intelligence holds; None without a folder.

    Raises:
        NotFoundError: There is no such folder, or nothing of the kind in it.
        SourceError: A file in it is something else.
    """
    if folder is None:
        return None
    files = [folder / CLEAR, folder / MATCHES]
    if not any(one.exists() for one in files):
        raise NotFoundError(
            f"{folder} holds no accepted intelligence.",
            "Make it: revenuer share import, then revenuer share accept.",
        )
    names = dict(_read(folder / SOURCES, NAMES).iter_rows())
    # One peer has one name, however its word came: it is one sighting.
    told = pl.col("source").replace({one: f"{name} ({one})" for one, name in names.items()})
    return Intelligence(
        _read(files[0], INDICATORS.to_polars()).with_columns(told),
        _read(files[1], PEER_MATCHES.to_polars())
        # Without the ordinary accounts that were asked for, nobody knows what a match is worth.
        .drop_nulls("unit")
        .unique(maintain_order=True)
        .with_columns(told),
    )


def accepted_indicators(folder: Path) -> pl.DataFrame:
    """What is accepted and named in clear, of the columns of `INDICATORS`; peers by identity."""
    return _read(folder / CLEAR, INDICATORS.to_polars())


def _read(path: Path, wanted: pl.Schema) -> pl.DataFrame:
    if not path.exists():
        return pl.DataFrame(schema=wanted)
    try:
        rows = pl.read_parquet(path).select(pl.col(n).cast(t) for n, t in wanted.items())
    except (pl.exceptions.PolarsError, OSError) as problem:
        said = str(problem).splitlines()[0]
        hint = f"It has the columns {', '.join(wanted)}."
        raise SourceError(f"{path} cannot be read as intelligence: {said}", hint) from problem
    return rows.sort(rows.columns)


def listen(logs: Logs, intelligence: Intelligence | None) -> LogTables:
    """The tables with what accounts have that peers name.

    Args:
        logs: Opened.
        intelligence: None or empty leaves the tables as they are.
    """
    if intelligence is None or intelligence.is_empty:
        return logs.tables
    indicators = logs.engine.upload("peer_indicators", intelligence.indicators)
    found = logs.engine.upload("peer_found", intelligence.found)
    matches = peer_matches(logs.tables, indicators, found)
    present = logs.tables.present | {f"peer_matches.{name}" for name in PEER_MATCHES.names}
    return replace(logs.tables, peer_matches=matches, present=present)

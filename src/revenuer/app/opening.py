"""Open logs as a command asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from revenuer.app.progress import Progress
from revenuer.sources import ColumnMap, EngineMaker, Keeping, Logs, Span, load_column_map, open_logs


class TablesBeside(TypedDict):
    """As `Beside`, for a call."""

    accounts: str | None
    permits: str | None
    account_links: str | None
    column_map: str | None
    map_pairs: Sequence[str]
    log_format: str | None


@dataclass(frozen=True, slots=True)
class Beside:
    """Which tables stand beside the exchanges, and how all of them are read.

    Attributes:
        accounts: The accounts table.
        permits: The permits table.
        account_links: The table of attributes that change.
        column_map: A TOML column map.
        map_pairs: `name=column` pairs on top of it.
        log_format: Name of an adapter; None to look at the logs.
    """

    accounts: str | None = None
    permits: str | None = None
    account_links: str | None = None
    column_map: str | None = None
    map_pairs: Sequence[str] = ()
    log_format: str | None = None

    def as_arguments(self) -> TablesBeside:
        """For `open_with`."""
        return TablesBeside(
            accounts=self.accounts,
            permits=self.permits,
            account_links=self.account_links,
            column_map=self.column_map,
            map_pairs=self.map_pairs,
            log_format=self.log_format,
        )

    def mapped(self) -> ColumnMap:
        """How the operator's own names are read."""
        path = Path(self.column_map) if self.column_map else None
        return load_column_map(path, self.map_pairs, self.log_format)


def open_with(
    exchanges: Sequence[str],
    *,
    workdir: Path,
    progress: Progress,
    accounts: str | None = None,
    permits: str | None = None,
    account_links: str | None = None,
    column_map: str | None = None,
    map_pairs: Sequence[str] = (),
    log_format: str | None = None,
    engine: EngineMaker | None = None,
    keeping: Keeping | None = None,
    kept: Span | None = None,
) -> Logs:
    """Open logs; see `sources.open_logs`."""
    mapped = load_column_map(Path(column_map) if column_map else None, map_pairs, log_format)
    done = 0.0
    with progress.stage("reading", 100) as advance:

        def read(what: str, share: float) -> None:
            nonlocal done
            advance(round(100 * share) - round(100 * done))
            done = share

        return open_logs(
            exchanges,
            accounts=accounts,
            permits=permits,
            account_links=account_links,
            column_map=mapped,
            workdir=workdir,
            progress=read,
            engine=engine,
            keeping=keeping,
            kept=kept,
        )

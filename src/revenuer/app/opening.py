"""Open logs as a command asks for them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from revenuer.app.progress import Progress
from revenuer.sources import EngineMaker, Keeping, Logs, load_column_map, open_logs


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
        )

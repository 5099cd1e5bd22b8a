"""`doctor`: how well logs can be judged, column by column and detector by detector."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import ibis.expr.types as ir

from revenuer.app.columns import ColumnHealth, column_health
from revenuer.app.observe import sighted
from revenuer.app.opening import open_with
from revenuer.app.progress import Progress, Silent
from revenuer.detectors import load_detectors
from revenuer.settings import Settings
from revenuer.sources import EngineMaker, Logs


@dataclass(frozen=True, slots=True)
class Doctor:
    """How well logs can be judged.

    Attributes:
        exchanges: Exchanges read.
        accounts: Accounts that made them.
        described: Of those accounts, how many the accounts table describes.
        first: Time of the first exchange.
        last: Time of the last exchange.
        baseline: Owners outside all groups that a baseline needs before anything convicts.
        large_enough: Whether the accounts could be a baseline at all.
        columns: Every column of the tables, in the contract's order.
        able: Ids of the detectors that can run.
        blind: A sentence for each detector that cannot, with the columns it lacks.
    """

    exchanges: int
    accounts: int
    described: int
    first: datetime
    last: datetime
    baseline: int
    large_enough: bool
    columns: tuple[ColumnHealth, ...]
    able: tuple[str, ...]
    blind: tuple[str, ...]


def doctor(
    exchanges: Sequence[str],
    *,
    accounts: str | None = None,
    permits: str | None = None,
    account_links: str | None = None,
    column_map: str | None = None,
    map_pairs: Sequence[str] = (),
    log_format: str | None = None,
    settings: Settings | None = None,
    engine: EngineMaker | None = None,
    progress: Progress | None = None,
) -> Doctor:
    """Say how well logs can be judged.

    Args:
        exchanges: Files, folders, globs, or `-` for stdin.
        accounts: The accounts table.
        permits: The permits table.
        account_links: The table of attributes that change.
        column_map: A TOML column map.
        map_pairs: `name=column` pairs on top of it.
        log_format: Name of an adapter; None to look at the logs.
        settings: None for the defaults.
        engine: Starts what runs the queries; None for DuckDB.
        progress: Told how far the work is.
    """
    settings, progress = settings or Settings(), progress or Silent()
    with tempfile.TemporaryDirectory(prefix="revenuer-") as work:
        logs = open_with(
            exchanges,
            accounts=accounts,
            permits=permits,
            account_links=account_links,
            column_map=column_map,
            map_pairs=map_pairs,
            log_format=log_format,
            engine=engine,
            workdir=Path(work),
            progress=progress,
        )
        with logs:
            named = {"accounts": accounts, "permits": permits, "account_links": account_links}
            tables = ["exchanges", *(name for name, place in named.items() if place is not None)]
            return _examine(logs, tables, settings, progress)


def _examine(logs: Logs, tables: Sequence[str], settings: Settings, progress: Progress) -> Doctor:
    size = logs.engine.fetch(_size(logs)).row(0, named=True)
    seeing, blind = sighted(load_detectors(), logs.tables.present)
    needed = settings.judge.smallest_baseline
    return Doctor(
        **size,
        baseline=needed,
        large_enough=size["accounts"] >= needed,
        columns=_columns(logs, tables, progress),
        able=tuple(detector.card.id for detector in seeing),
        blind=blind,
    )


def _size(logs: Logs) -> ir.Table:
    """How much there is, in one row."""
    rows = logs.tables.exchanges
    known = logs.tables.accounts.select("account_id").distinct()
    described = rows.select("account_id").distinct().inner_join(known, "account_id")
    return rows.aggregate(
        exchanges=rows.count(),
        accounts=rows.account_id.nunique(),
        first=rows.occurred_at.min(),
        last=rows.occurred_at.max(),
    ).mutate(described=described.count().as_scalar())


def _columns(logs: Logs, tables: Sequence[str], progress: Progress) -> tuple[ColumnHealth, ...]:
    rows: dict[str, ir.Table] = {name: getattr(logs.tables, name) for name in tables}
    total = sum(len(table.columns) for table in rows.values())
    with progress.stage("columns", total) as advance:
        return tuple(
            column
            for name, table in rows.items()
            for column in column_health(name, table, logs.engine, advance)
        )

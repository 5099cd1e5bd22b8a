"""What the accounts that permits name used, and their colleagues, counted by the engine."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from revenuer.app.opening import open_with
from revenuer.app.progress import Progress, Silent
from revenuer.campaigns.permits import held_by
from revenuer.features.permit_use import USE, use_by_day
from revenuer.sources import EngineMaker, Logs

COLUMNS = ("account_id", "organization_id", "model", "day", "exchanges", "tokens")


def permit_use(logs: Logs, accounts: pl.DataFrame, permits: pl.DataFrame) -> pl.DataFrame:
    """What holders of permits used, a row an account, model and day; sorted.

    Permits that are over count too: what was used after their end is to be seen. So do other
    accounts of the organizations that holders belong to, which may go on where a permit ends.

    Args:
        logs: Opened.
        accounts: `account_id` and `organization_id` of every account of the logs.
        permits: The permits table.
    """
    known = accounts.select("account_id", "organization_id")
    held = held_by(known, permits)
    owners = held["organization_id"].drop_nulls()
    wanted = pl.col("account_id").is_in(held["account_id"].implode())
    wanted |= pl.col("organization_id").is_in(owners.implode())
    holders = known.filter(wanted).select("account_id").unique().sort("account_id")
    if holders.is_empty():
        used = pl.DataFrame(schema=pl.Schema(EMPTY))
    else:
        theirs = logs.engine.upload("permit_holders", holders)
        used = logs.engine.fetch(use_by_day(logs.tables.exchanges, theirs))
        used = used.cast(pl.Schema(EMPTY))
    return used.join(known, "account_id").select(COLUMNS).sort("account_id", "day", "model")


EMPTY = {name: USE[name].to_polars() for name in USE.names}
"""Columns of `use_by_day` as polars has them."""


def use_in_logs(
    exchanges: Sequence[str],
    *,
    permits: pl.DataFrame,
    accounts: str | None = None,
    engine: EngineMaker | None = None,
    progress: Progress | None = None,
) -> pl.DataFrame:
    """What holders of permits used in logs, without a scan of them.

    Args:
        exchanges: Files, folders, globs, or `-` for stdin.
        permits: The permits table.
        accounts: The accounts table, for permits of organizations.
        engine: Starts what runs the queries; None for DuckDB.
        progress: Told how far the work is.
    """
    with tempfile.TemporaryDirectory(prefix="revenuer-") as work:
        logs = open_with(
            exchanges,
            accounts=accounts,
            engine=engine,
            workdir=Path(work),
            progress=progress or Silent(),
        )
        with logs:
            return permit_use(logs, _owners(logs), permits)


def _owners(logs: Logs) -> pl.DataFrame:
    """Every account of logs, and whose it is as far as they say."""
    rows = logs.tables.exchanges
    seen = logs.engine.fetch(
        rows.group_by("account_id").aggregate(organization_seen=rows.organization_id.max())
    )
    told = logs.engine.fetch(logs.tables.accounts.select("account_id", "organization_id"))
    both = seen.join(told.unique("account_id"), "account_id", how="left")
    owner = pl.coalesce("organization_id", "organization_seen").alias("organization_id")
    return both.select("account_id", owner)

"""What the accounts that permits name used, and their colleagues, counted by the engine."""

from __future__ import annotations

import polars as pl

from revenuer.campaigns.permits import held_by
from revenuer.features.permit_use import USE, use_by_day
from revenuer.sources import Logs

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

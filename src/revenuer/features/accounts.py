"""One row an account: what every detector may count on, and what each asks for."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from revenuer.features.activity import activity_features
from revenuer.features.addresses import place_features
from revenuer.features.digests import standing_for
from revenuer.features.once import built_once
from revenuer.features.shared import shared
from revenuer.features.tables import LogTables


def base_aggregates(exchanges: ir.Table) -> dict[str, ir.Value]:
    """Name the aggregates that are always there."""
    return {
        "n_exchanges": exchanges.count(),
        # A tool loop counts as one task: rows without a task id stand for themselves.
        "n_tasks": exchanges.task_id.nunique() + exchanges.task_id.isnull().sum(),
        "first_at": exchanges.occurred_at.min(),
        "last_at": exchanges.occurred_at.max(),
        "input_tokens": exchanges.input_tokens.sum(),
        "output_tokens": exchanges.output_tokens.sum(),
        "reasoning_tokens": exchanges.reasoning_tokens.sum(),
        # Voices: whom one account speaks for.
        "n_end_users": exchanges.end_user_id.nunique(),
        "n_system_prompts": exchanges[standing_for(exchanges, "system_prompt")[0]].nunique()
        + exchanges.system_prompt_sketch.nunique(),
        "organization_seen": exchanges.organization_id.max(),
        "channel_seen": exchanges.channel.max(),
        # A declared gateway names its customers; a batch is no burst.
        "gateway_share": (exchanges.end_user_id.notnull() | exchanges.reseller_id.notnull())
        .cast("int64")
        .mean(),
        "batch_share": (exchanges.batch_id.notnull() | (exchanges.operation == "batch"))
        .fill_null(False)
        .cast("int64")
        .mean(),
    }


def account_features(
    logs: LogTables, wanted: Mapping[str, ir.Value], window_days: float
) -> ir.Table:
    """One pass over the exchanges with the base aggregates and the detectors' own.

    Args:
        logs: The contract's tables.
        wanted: Aggregates of the exchanges that detectors ask for, by name.
        window_days: Length of the window, days.

    Returns:
        `account_id` and a column per aggregate, those of `activity_features` and
        `place_features` among them.
    """
    exchanges = logs.exchanges
    rows = exchanges.group_by("account_id").aggregate(**base_aggregates(exchanges), **wanted)
    for other in (
        activity_features(shared(logs, "hours"), window_days),
        place_features(shared(logs, "places")),
    ):
        rows = rows.join(other, "account_id")
    return rows


MAY_BE_SAMPLED = "may_be_sampled"
"""Column of tables that know which rows `sampled` may take: their texts lie apart."""


@built_once
def sampled(exchanges: ir.Table, per_account: int) -> ir.Table:
    """The rows of each account whose ids have the lowest MD5: the same on every engine."""
    known = MAY_BE_SAMPLED in exchanges.columns
    ids = exchanges.select("account_id", "exchange_id", *([MAY_BE_SAMPLED] if known else []))
    if known:
        # Each apart: as one, texts would be carried along while the lowest are looked for.
        ids = ids.filter(ids[MAY_BE_SAMPLED])
        exchanges = exchanges.filter(exchanges[MAY_BE_SAMPLED])
    order = ids.exchange_id.hexdigest("md5")
    window = ibis.window(group_by=ids.account_id, order_by=order)
    lowest = (
        ids.select("exchange_id", place=ibis.row_number().over(window))
        .filter(lambda row: row.place < per_account)
        .select("exchange_id")
    )
    return exchanges.semi_join(lowest, "exchange_id")

"""What accounts used, by day and model: what a permit's bounds are held against."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from revenuer.features.once import built_once

USE = ibis.schema(
    {
        "account_id": "string",
        "model": "string",
        "day": "date",
        "exchanges": "int64",
        "tokens": "int64",
    }
)
"""Columns of what `use_by_day` gives; `model` is empty where the log does not name it."""


@built_once
def use_by_day(exchanges: ir.Table, holders: ir.Table) -> ir.Table:
    """What some accounts used, a row an account, model and day (UTC).

    Args:
        exchanges: The contract's.
        holders: Their `account_id`, each once.
    """
    rows = exchanges.select(
        "account_id",
        model=ibis.coalesce(exchanges.model, ""),
        day=exchanges.occurred_at.date(),
        tokens=ibis.coalesce(exchanges.input_tokens, 0) + ibis.coalesce(exchanges.output_tokens, 0),
    ).semi_join(holders, "account_id")
    return rows.group_by("account_id", "model", "day").aggregate(
        exchanges=rows.count(), tokens=rows.tokens.sum()
    )

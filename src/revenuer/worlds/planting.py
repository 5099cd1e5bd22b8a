"""Plant one campaign in somebody's own logs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from revenuer.worlds.cohort import Cohort
from revenuer.worlds.generate import World
from revenuer.worlds.people import NEVER_US
from revenuer.worlds.scenarios.cast import SCENARIOS
from revenuer.worlds.spec import WorldSpec
from revenuer.worlds.stage import Models, set_stage
from revenuer.worlds.texts import Pools


@dataclass(frozen=True)
class Soil:
    """What the logs say that a campaign is planted in.

    Attributes:
        first: Time of their first exchange.
        last: Time of their last exchange.
        models: Their commonest models, commonest first; at least one.
        columns: Columns that have values; others stay empty in planted rows too.
        prompts: Some of their prompts, for campaigns that relay real users; may be empty.
    """

    first: datetime
    last: datetime
    models: tuple[str, ...]
    columns: frozenset[str]
    prompts: pa.StringArray


def plant_campaign(
    soil: Soil, pools: Pools, *, scenario: str, accounts: int, exchanges: int, seed: int
) -> World:
    """One campaign whose window, models and columns are those of the logs."""
    days = max(2, (soil.last - soil.first) // timedelta(days=1) + 2)
    spec = WorldSpec(
        scenarios=(scenario,), innocents=(), exchanges=exchanges, days=days,
        start=soil.first.astimezone(UTC), seed=seed, text="prompt" in soil.columns,
    )  # fmt: skip
    if len(soil.prompts):
        pools = replace(pools, chat=soil.prompts)
    names = (*soil.models, *[soil.models[-1]] * 3)[:3]
    stage = set_stage(spec, pools)
    # Without a known release nobody moves: every model was there before the window.
    models = Models((names[0], names[1], names[2]), (0, 0, NEVER_US))
    stage = replace(stage, models=models)
    role = SCENARIOS[scenario]
    # Days before the first exchange and after the last are cut off; make up for them.
    inside = (soil.last - soil.first) / timedelta(days=days)
    cohort = role.build(stage, max(accounts, 2), int(exchanges / max(inside, 0.05)))
    return World(stage, (cohort,))


def fit_rows(part: pa.Table, soil: Soil, schema: pa.Schema) -> pa.Table:
    """Planted rows inside the logs' window, in the logs' columns and types.

    Args:
        part: Rows of a planted campaign, with every column of the contract.
        soil: What the logs say.
        schema: The logs' schema.
    """
    times = part["occurred_at"]
    inside = pc.and_(
        pc.greater_equal(times, pa.scalar(soil.first, times.type)),
        pc.less_equal(times, pa.scalar(soil.last, times.type)),
    )
    part = part.filter(inside)
    arrays = []
    for field in schema:
        known = field.name in part.column_names and field.name in soil.columns
        column = part[field.name] if known else pa.nulls(part.num_rows, field.type)
        arrays.append(column if column.type == field.type else column.cast(field.type, safe=False))
    return pa.Table.from_arrays(arrays, schema=schema)


def planted_accounts(cohort: Cohort, theirs: pa.Table) -> pa.Table:
    """The accounts of the logs' owner, unchanged, followed by the planted ones."""
    planted = cohort.accounts.table()
    arrays = []
    for field in theirs.schema:
        known = field.name in planted.column_names
        column = planted[field.name] if known else pa.nulls(planted.num_rows, field.type)
        arrays.append(column if column.type == field.type else column.cast(field.type, safe=False))
    return pa.concat_tables([theirs, pa.Table.from_arrays(arrays, schema=theirs.schema)])

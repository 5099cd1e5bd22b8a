"""Build a world: who is in it, then what they send, day by day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from revenuer.worlds.cohort import Cohort, send
from revenuer.worlds.columns import TEXT_COLUMNS, TRUTH_SCHEMA, sort_by_time
from revenuer.worlds.innocents.cast import INNOCENTS
from revenuer.worlds.innocents.ordinary import ordinary
from revenuer.worlds.reactions import react
from revenuer.worlds.scenarios.cast import SCENARIOS
from revenuer.worlds.spec import WorldSpec
from revenuer.worlds.stage import Stage, set_stage
from revenuer.worlds.texts import Pools

ORDINARY_BLOCK = 4000
PART_ROWS = 200_000


@dataclass(frozen=True)
class World:
    """Everybody in a world, before anything is sent."""

    stage: Stage
    cohorts: tuple[Cohort, ...]


def cast_world(spec: WorldSpec, pools: Pools) -> World:
    """Decide who is in the world."""
    stage = set_stage(spec, pools)
    cohorts = [*cast_campaigns(stage), *cast_innocents(stage)]
    rest = spec.accounts - sum(len(cohort.accounts) for cohort in cohorts)
    left = spec.exchanges * (1 - guilty_exchanges(spec) - innocent_exchanges(spec))
    blocks = max(1, -(-rest // ORDINARY_BLOCK))
    niche = np.flatnonzero(stage.software.weight == 0)
    for block in range(blocks):
        size = rest * (block + 1) // blocks - rest * block // blocks
        if size > 0:
            total = int(left * size / rest)
            # A small client stays small however many blocks there are.
            cohorts.append(ordinary(stage, f"block {block}", size, total, niche[block::blocks]))
    return World(stage, tuple(cohorts))


def guilty_exchanges(spec: WorldSpec) -> float:
    """Share of exchanges that campaign accounts send: three times their share of accounts."""
    return min(0.6, 3.0 * spec.guilty_share) if spec.scenarios else 0.0


def innocent_exchanges(spec: WorldSpec) -> float:
    """Share of exchanges that look-alikes send."""
    return 0.2 * len(spec.innocents) / len(INNOCENTS)


def cast_campaigns(stage: Stage) -> list[Cohort]:
    """The campaigns of a world, sized in proportion to the public cases."""
    spec = stage.spec
    if not spec.guilty_share:
        return []
    chosen = [SCENARIOS[name] for name in spec.scenarios]
    account_weight = sum(role.accounts for role in chosen)
    exchange_weight = sum(role.exchanges for role in chosen)
    cohorts, reactions = [], dict(spec.reactions)
    for name, role in zip(spec.scenarios, chosen, strict=True):
        share = role.accounts / account_weight * spec.guilty_share
        count = max(role.fewest, round(spec.accounts * share))
        total = spec.exchanges * guilty_exchanges(spec) * role.exchanges / exchange_weight
        cohort = role.build(stage, count, int(total))
        cohorts.append(react(stage, cohort, reactions[name]) if name in reactions else cohort)
    return cohorts


def cast_innocents(stage: Stage) -> list[Cohort]:
    """The look-alikes of a world; together a tenth of its accounts."""
    spec = stage.spec
    every = sum(role.exchanges for role in INNOCENTS.values())
    cohorts = []
    for name in spec.innocents:
        role = INNOCENTS[name]
        count = max(role.fewest, round(spec.accounts * role.accounts / 1000))
        total = spec.exchanges * 0.2 * role.exchanges / every
        cohorts.append(role.build(stage, count, int(total)))
    return cohorts


def generate(
    world: World, *, progress: Callable[[str, int, int], None] | None = None
) -> Iterator[pa.Table]:
    """The exchanges of a world with their truth, in parts that are sorted by time.

    Memory stays flat: a part holds one day at most, or `PART_ROWS` rows and one cohort's day.
    """
    days = world.stage.spec.days
    for day in range(days):
        held: list[pa.Table] = []
        for cohort in world.cohorts:
            held += send(world.stage, cohort, day)
            if sum(table.num_rows for table in held) >= PART_ROWS:
                yield finish_part(world, held)
                held = []
        if held:
            yield finish_part(world, held)
        if progress is not None:
            progress("exchanges", day + 1, days)


def finish_part(world: World, tables: list[pa.Table]) -> pa.Table:
    """Mix the cohorts' rows by time; leave text out where the world has none."""
    part = sort_by_time(pa.concat_tables(tables)).combine_chunks()
    if world.stage.spec.text:
        return part
    for name in TEXT_COLUMNS:
        place = TRUTH_SCHEMA.get_field_index(name)
        part = part.set_column(place, name, pa.nulls(part.num_rows, pa.string()))
    policy = TRUTH_SCHEMA.get_field_index("data_policy")
    return part.set_column(policy, "data_policy", pa.array(np.full(part.num_rows, "metadata")))

"""Innocent pipelines: key migrations, build runners, products, audit files, backfills."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from revenuer.worlds.cohort import Cohort, Columns
from revenuer.worlds.dispatch import Draw
from revenuer.worlds.draws import hex_strings, mix, pick
from revenuer.worlds.harvest import choose_wordings, harvest
from revenuer.worlds.households import Pace, Team, cloud_runners, make_team, work_together
from revenuer.worlds.language import innocent_wordings as wordings
from revenuer.worlds.network import HOME
from revenuer.worlds.people import everyday_texts
from revenuer.worlds.rhythm import DAY_US, HOUR_US, IS_CLOCK_ROUND, IS_NIGHTLY, IS_OFFICE
from revenuer.worlds.software import LIBRARIES, PLATFORMS
from revenuer.worlds.stage import Stage


def key_migration(stage: Stage, count: int, exchanges: int) -> Cohort:
    """N2: a firm closes one account and goes on in another at once, at full volume."""
    rng = stage.random("N2")
    count += count % 2
    team = make_team(rng, stage, count, (2, 2))
    change = stage.spec.start_us + (
        rng.uniform(0.3, 0.7, count // 2) * stage.spec.days * DAY_US
    ).astype(np.int64)
    old, new = np.arange(0, count, 2), np.arange(1, count, 2)
    team.accounts.put("closed_at", change, old)
    team.accounts.put("status", "closed", old)
    team.accounts.put("created_at", change - HOUR_US, new)
    days = stage.spec.start_us + np.arange(stage.spec.days) * DAY_US
    turn = np.repeat(change, 2)[:, None]
    second = np.tile([False, True], count // 2)[:, None]
    # Both work on the day of the change; sign-up and closing times cut what cannot be.
    active = np.where(second, days[None, :] + DAY_US > turn, days[None, :] < turn)
    text = everyday_texts(stage, "N2", np.ones(count, dtype=bool))
    pace = Pace(profile=IS_CLOCK_ROUND, stay=0.3, evenness=20.0)
    return work_together("N2", stage, rng, team, exchanges, pace, text, active=active)


def build_runners(stage: Stage, count: int, exchanges: int) -> Cohort:
    """N3: one key on hundreds of short-lived machines, with several clients."""
    rng = stage.random("N3")
    team = make_team(rng, stage, count, (1, 2))
    team = Team(team.group, team.accounts, cloud_runners(rng, stage, team.group), team.setup)
    agents = pa.array([f"{lib}.{n} ({PLATFORMS[2 + n]})" for n in range(2) for lib in LIBRARIES])

    def several_clients(draw: Draw, columns: Columns, random: np.random.Generator) -> None:
        columns["user_agent"] = agents.take(pa.array(pick(draw.session, "N3", 6)))

    text = everyday_texts(stage, "N3", np.ones(count, dtype=bool))
    pace = Pace(profile=IS_CLOCK_ROUND, stay=0.85, gap_s=4.0, failures=0.03, evenness=2.0)
    return work_together("N3", stage, rng, team, exchanges, pace, text, finish=several_clients)


def busy_team(stage: Stage, count: int, exchanges: int) -> Cohort:
    """N4: a handful of people with a product, and far more volume than seats."""
    rng = stage.random("N4")
    team = make_team(rng, stage, count, (2, 5), kind=HOME, plan="pro")
    text = everyday_texts(stage, "N4", np.ones(count, dtype=bool))
    pace = Pace(profile=IS_OFFICE, stay=0.5, failures=0.015, evenness=4.0)
    return work_together("N4", stage, rng, team, exchanges, pace, text)


def audit_trail(stage: Stage, count: int, exchanges: int) -> Cohort:
    """N6: every call asks for the reasons, because a regulator will."""
    rng = stage.random("N6")
    team = make_team(rng, stage, count, (1, 4), kind=HOME)
    targets = [stage.pools.passages, stage.pools.general]
    text = harvest(targets, wordings.AUDIT, "reasoning", salt="N6")
    return work_together("N6", stage, rng, team, exchanges, Pace(profile=IS_OFFICE, stay=0.2), text)


def small_model_data(stage: Stage, count: int, exchanges: int) -> Cohort:
    """N10: one open organization writes training examples for a small model of its own."""
    rng = stage.random("N10")
    team = make_team(rng, stage, count, (1, 3))
    targets = [stage.pools.general, stage.pools.passages]
    text = harvest(targets, choose_wordings(stage, "examples", "N10"), "generation", salt="N10")
    pace = Pace(profile=IS_NIGHTLY, stay=0.98, gap_s=6.0, failures=0.02, evenness=2.0)
    return work_together("N10", stage, rng, team, exchanges, pace, text)


def retrieval_backfill(stage: Stage, count: int, exchanges: int) -> Cohort:
    """N11: a whole archive through one template, in batches, with very long inputs."""
    rng = stage.random("N11")
    team = make_team(rng, stage, count, (1, 2))

    def in_batches(draw: Draw, columns: Columns, random: np.random.Generator) -> None:
        day = (draw.at // DAY_US).astype(np.uint64)
        batch = mix(day * np.uint64(1000) + draw.who.astype(np.uint64), "N11")
        columns["batch_id"] = hex_strings(batch, "batch_")
        columns["operation"] = pa.array(["batch"] * len(draw))
        submitted = draw.at - random.integers(HOUR_US // 6, 4 * HOUR_US, len(draw))
        columns["submitted_at"] = pa.array(submitted, pa.timestamp("us", tz="UTC"))
        longer = random.integers(3_000, 24_000, len(draw))
        columns["input_tokens"] = pa.array(longer)

    text = harvest([stage.pools.passages], wordings.BACKFILL, "extract", salt="N11")
    pace = Pace(profile=IS_NIGHTLY, stay=0.995, gap_s=1.5, evenness=1.5)
    return work_together("N11", stage, rng, team, exchanges, pace, text, finish=in_batches)


def permitted_distillation(stage: Stage, count: int, exchanges: int) -> Cohort:
    """A customer that distils with permission: several accounts, one organization, a permit."""
    rng = stage.random("permitted")
    team = make_team(rng, stage, count, (4, 6), plan="scale")
    text = harvest(
        [stage.pools.reasoning, stage.pools.coding],
        choose_wordings(stage, "cot", "permitted"),
        "reasoning",
        salt="permitted",
    )
    pace = Pace(stay=0.98, gap_s=4.0, failures=0.02, evenness=10.0)
    cohort = work_together("permitted", stage, rng, team, exchanges, pace, text)
    permits = tuple(
        {
            "organization_id": organization,
            "purpose": "distillation",
            "valid_from": stage.spec.start_us - 30 * DAY_US,
            "valid_until": stage.spec.end_us + 300 * DAY_US,
            "max_exchanges": 10 * exchanges,
            "models": list(stage.models.names),
        }
        for organization in dict.fromkeys(team.accounts["organization_id"])
    )
    return Cohort(cohort.name, cohort.accounts, cohort.streams, permits=permits)

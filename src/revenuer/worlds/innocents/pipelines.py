"""Innocent pipelines that run like clockwork: evaluations, teams, audit trails, sweeps."""

from __future__ import annotations

import numpy as np

from revenuer.worlds.cohort import Cohort, Stream
from revenuer.worlds.dispatch import Draw, with_overload, work_alone
from revenuer.worlds.harvest import harvest
from revenuer.worlds.households import (
    cloud_runners,
    group_sizes,
    open_team,
    team_network,
    team_software,
)
from revenuer.worlds.language import innocent_wordings as wordings
from revenuer.worlds.network import CLOUD, HOME
from revenuer.worlds.people import everyday_texts, gradual_adoption, local_hours
from revenuer.worlds.rhythm import IS_CLOCK_ROUND, IS_OFFICE
from revenuer.worlds.stage import Stage


def nightly_evaluations(stage: Stage, count: int, exchanges: int) -> Cohort:
    """N1: regression suites that run day and night against fixed questions."""
    rng = stage.random("N1")
    group = group_sizes(rng, count, 1, 3)
    accounts = open_team(rng, stage, group)
    places = team_network(rng, stage, group, CLOUD)
    setup = team_software(rng, stage, group)
    setup.put("temperature", 0.0)
    days = stage.spec.days
    expected = np.full((count, days), exchanges / count / days)
    profile, offset = np.full(count, IS_CLOCK_ROUND), local_hours(stage, places)
    suite = [stage.pools.reasoning.slice(0, 400), stage.pools.coding.slice(0, 300)]

    def dispatch(day: int, random: np.random.Generator) -> Draw:
        draw = work_alone(
            random, stage.day_start(day), expected[:, day], profile, offset, stay=0.97, gap_s=8
        )
        return with_overload(random, draw, 0.02)

    text = harvest(suite, wordings.EVALUATION, "extract", salt="N1")
    stream = Stream("suite", dispatch, text, setup, places, gradual_adoption(rng, count))
    return Cohort("N1", accounts, (stream,))


def busy_team(stage: Stage, count: int, exchanges: int) -> Cohort:
    """N4: a handful of people with a product, and far more volume than seats."""
    rng = stage.random("N4")
    group = group_sizes(rng, count, 2, 5)
    accounts = open_team(rng, stage, group, plan="pro")
    places = team_network(rng, stage, group, HOME)
    setup = team_software(rng, stage, group)
    expected = rng.gamma(4.0, 0.25, (count, stage.spec.days))
    expected = expected / expected.sum() * exchanges
    profile, offset = np.full(count, IS_OFFICE), local_hours(stage, places)

    def dispatch(day: int, random: np.random.Generator) -> Draw:
        draw = work_alone(random, stage.day_start(day), expected[:, day], profile, offset, stay=0.5)
        return with_overload(random, draw, 0.015)

    stream = Stream(
        "product", dispatch, everyday_texts(stage, "N4", np.ones(count, dtype=bool)), setup, places, gradual_adoption(rng, count)
    )
    return Cohort("N4", accounts, (stream,))


def audit_trail(stage: Stage, count: int, exchanges: int) -> Cohort:
    """N6: every call asks for the reasons, because a regulator will."""
    rng = stage.random("N6")
    group = group_sizes(rng, count, 1, 4)
    accounts = open_team(rng, stage, group)
    places = team_network(rng, stage, group, HOME)
    setup = team_software(rng, stage, group)
    expected = rng.gamma(6.0, 1 / 6, (count, stage.spec.days))
    expected = expected / expected.sum() * exchanges
    profile, offset = np.full(count, IS_OFFICE), local_hours(stage, places)
    text = harvest(
        [stage.pools.passages, stage.pools.general], wordings.AUDIT, "reasoning", salt="N6"
    )

    def dispatch(day: int, random: np.random.Generator) -> Draw:
        return work_alone(random, stage.day_start(day), expected[:, day], profile, offset, stay=0.2)

    stream = Stream("decisions", dispatch, text, setup, places, gradual_adoption(rng, count))
    return Cohort("N6", accounts, (stream,))


def academic_sweep(stage: Stage, count: int, exchanges: int) -> Cohort:
    """A benchmark run over a few days from one to four accounts of a research group."""
    rng = stage.random("sweep")
    group = group_sizes(rng, count, 1, 4)
    accounts = open_team(rng, stage, group, organization=False)
    accounts.put("programme", "education")
    places = cloud_runners(rng, stage, group)
    setup = team_software(rng, stage, group, system_prompts=False)
    days = stage.spec.days
    first = rng.integers(0, max(days - 4, 1), int(group.max()) + 1)[group]
    window = (np.arange(days) >= first[:, None]) & (np.arange(days) < first[:, None] + 4)
    expected = window / window.sum() * exchanges
    profile, offset = np.full(count, IS_CLOCK_ROUND), local_hours(stage, places)
    targets = [stage.pools.reasoning, stage.pools.coding, stage.pools.chinese]
    text = harvest(targets, wordings.BENCHMARK, "reasoning", salt="sweep")

    def dispatch(day: int, random: np.random.Generator) -> Draw:
        draw = work_alone(
            random, stage.day_start(day), expected[:, day], profile, offset, stay=0.99, gap_s=3
        )
        return with_overload(random, draw, 0.03)

    stream = Stream("sweep", dispatch, text, setup, places, gradual_adoption(rng, count))
    return Cohort("sweep", accounts, (stream,))

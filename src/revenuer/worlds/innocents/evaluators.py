"""Innocent evaluators: nightly suites, day-one benchmarks, drift monitors, academic sweeps."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from revenuer.worlds.cohort import Adoption, Cohort, Stream
from revenuer.worlds.dispatch import Draw, plain_draw, with_overload
from revenuer.worlds.draws import mix
from revenuer.worlds.harvest import harvest
from revenuer.worlds.households import Pace, Team, cloud_runners, make_team, work_together
from revenuer.worlds.language import innocent_wordings as wordings
from revenuer.worlds.network import HOME
from revenuer.worlds.people import gradual_adoption, prompt_adoption
from revenuer.worlds.rhythm import DAY_US, HOUR_US, IS_EVENING
from revenuer.worlds.stage import NEW, OLD, Stage


def nightly_evaluations(stage: Stage, count: int, exchanges: int) -> Cohort:
    """N1: regression suites that run day and night against fixed questions."""
    rng = stage.random("N1")
    team = make_team(rng, stage, count, (1, 3))
    team.setup.put("temperature", 0.0)
    suite = [stage.pools.reasoning.slice(0, 400), stage.pools.coding.slice(0, 300)]
    text = harvest(suite, wordings.EVALUATION, "extract", salt="N1")
    pace = Pace(stay=0.85, gap_s=8.0, failures=0.02, evenness=60.0)
    return work_together("N1", stage, rng, team, exchanges, pace, text)


def day_one_benchmarks(stage: Stage, count: int, exchanges: int) -> Cohort:
    """N8: unrelated reviewers who try a new model hard within hours of its release."""
    rng = stage.random("N8")
    team = make_team(rng, stage, count, (1, 1), kind=HOME, organization=False, plan="pro")
    days = np.arange(stage.spec.days)
    release = (stage.models.released_us[NEW] - stage.spec.start_us) // DAY_US
    loud = (days >= release) & (days < release + 4)
    # Before the release they are ordinary, light users.
    active = np.where(loud, 1.0, 0.04)[None, :] * np.ones((count, 1))
    targets = [stage.pools.reasoning, stage.pools.coding, stage.pools.tools]
    text = harvest(targets, wordings.BENCHMARK, "reasoning", salt="N8")
    delay = (rng.gamma(2.0, 2.5, count) * HOUR_US).astype(np.int64)
    adoption = Adoption(np.full(count, OLD), delay, np.full(count, 0.8))
    pace = Pace(profile=IS_EVENING, stay=0.95, gap_s=12.0, failures=0.03)
    return work_together(
        "N8", stage, rng, team, exchanges, pace, text, active=active, adoption=adoption
    )


def drift_monitors(stage: Stage, count: int, exchanges: int) -> Cohort:
    """N9: the same two dozen probes every hour on the hour, to notice a change in quality."""
    rng = stage.random("N9")
    team = make_team(rng, stage, count, (1, 2))
    team.setup.put("temperature", 0.0)
    probes = 24
    rounds = max(1, round(exchanges / count / stage.spec.days / probes))
    hours = np.sort(rng.permutation(24)[: min(rounds, 24)])
    text = harvest(
        [stage.pools.reasoning.slice(900, probes)], wordings.EVALUATION, "extract", salt="N9"
    )

    def dispatch(day: int, random: np.random.Generator) -> Draw:
        who, hour, probe = (
            axis.ravel()
            for axis in np.meshgrid(np.arange(count), hours, np.arange(probes), indexing="ij")
        )
        at = stage.day_start(day) + hour * HOUR_US + probe * 2_000_000
        at = at + random.integers(0, 1_500_000, at.size)
        draw = plain_draw(random, who, at)
        return with_overload(random, replace(draw, item=mix(probe, "N9")), 0.01)

    stream = Stream("probes", dispatch, text, team.setup, team.places, gradual_adoption(rng, count))
    return Cohort("N9", team.accounts, (stream,))


def academic_sweep(stage: Stage, count: int, exchanges: int) -> Cohort:
    """A benchmark run over a few days from one to four accounts of a research group."""
    rng = stage.random("sweep")
    team = make_team(rng, stage, count, (1, 4), organization=False)
    team.accounts.put("programme", "education")
    team.setup.put("system_prompt", None)
    team = Team(team.group, team.accounts, cloud_runners(rng, stage, team.group), team.setup)
    days = np.arange(stage.spec.days)
    groups = int(team.group.max()) + 1
    first = rng.integers(0, max(stage.spec.days - 4, 1), groups)[team.group]
    active = (days >= first[:, None]) & (days < first[:, None] + 4)
    targets = [stage.pools.reasoning, stage.pools.coding, stage.pools.chinese]
    text = harvest(targets, wordings.BENCHMARK, "reasoning", salt="sweep")
    pace = Pace(stay=0.99, gap_s=3.0, failures=0.03)
    adoption = prompt_adoption(rng, count, hours=(24, 300), moved=0.5)
    return work_together(
        "sweep", stage, rng, team, exchanges, pace, text, active=active, adoption=adoption
    )

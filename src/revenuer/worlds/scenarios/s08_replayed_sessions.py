"""S8: sessions of a rival's own users, stored and replayed, several rollouts each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from revenuer.worlds.cohort import CampaignTruth, Cohort, Dispatcher, Stream
from revenuer.worlds.dispatch import Draw, join_draws, with_overload, work_alone
from revenuer.worlds.draws import mix
from revenuer.worlds.harvest import choose_wordings, harvest, relayed_developers
from revenuer.worlds.operators import burst, draw_ties, make_pool
from revenuer.worlds.people import prompt_adoption
from revenuer.worlds.queues import living, shared_queue, steady
from revenuer.worlds.rhythm import DAY_US, HOUR_US, IS_NIGHTLY
from revenuer.worlds.scenarios.s06_tag_and_relay import wear_harnesses
from revenuer.worlds.stage import Stage


def replayed_sessions(stage: Stage, count: int, exchanges: int) -> Cohort:
    """Many quiet accounts; each stored session is sent two to four times, by machines.

    Source:
        Anthropic (2026-09-10), GTG-16008: over 400,000 exchanges in 20 days, more than
        1,500 accounts, about 13 a day each; stored sessions replayed for fine-tuning and
        reinforcement learning, development environments rebuilt, answers judged.
    """
    rng = stage.random("S8")
    ties = draw_ties(rng, low=3)
    created = burst(rng, count, stage.spec.start_us - 15 * DAY_US, days=16, clumps=5)
    pool = make_pool(rng, stage, count, ties, created=created)
    wear_harnesses(rng, stage, pool.setup.columns, count)
    adoption = prompt_adoption(rng, count, hours=(30, 120), moved=0.5)
    judged = int(exchanges * 0.15)
    streams = (
        Stream(
            "replay",
            rollouts(rng, stage, count, exchanges - judged),
            relayed_developers(stage, "S8"),
            pool.setup,
            pool.places,
            adoption,
            own=True,
        ),
        Stream(
            "judge",
            shared_queue(
                stage, steady(rng, stage, judged), living(stage, pool.accounts), hand_over=0.0
            ),
            harvest(
                [stage.pools.traces], choose_wordings(stage, "judge", "S8"), "score", salt="S8judge"
            ),
            pool.setup,
            pool.places,
            adoption,
            own=True,
        ),
    )
    truth = CampaignTruth(
        "S8", "S8", True, "convicted", ("synthetic-data", "cot-autograding"),
        "Stored sessions replayed at machine pace, the same turns through several accounts.", ties,
    )  # fmt: skip
    return Cohort("S8", pool.accounts, streams, truth)


def rollouts(rng: np.random.Generator, stage: Stage, count: int, exchanges: int) -> Dispatcher:
    """Sessions of the day, each sent again by other accounts within the hour."""
    repeats = int(rng.integers(2, 5))
    expected = np.full((count, stage.spec.days), exchanges / repeats / count / stage.spec.days)
    profile, offset = np.full(count, IS_NIGHTLY), np.full(count, int(rng.integers(-8, 10)))

    def dispatch(day: int, random: np.random.Generator) -> Draw:
        start = stage.day_start(day)
        first = work_alone(random, start, expected[:, day], profile, offset, stay=0.8, gap_s=6.0)
        copies = [first]
        for number in range(1, repeats):
            moved = (mix(first.session, number) % np.uint64(HOUR_US)).astype(np.int64)
            who = (mix(first.session, f"rollout {number}") % np.uint64(count)).astype(np.int64)
            session = mix(first.session, f"copy {number}")
            copies.append(replace(first, who=who, at=first.at + moved, session=session))
        return with_overload(random, join_draws(copies), 0.01)

    return dispatch

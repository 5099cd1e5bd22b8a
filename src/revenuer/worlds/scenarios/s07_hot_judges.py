"""S7: a few hot accounts that clean and judge reasoning traces."""

from __future__ import annotations

from revenuer.worlds.cohort import CampaignTruth, Cohort, Stream
from revenuer.worlds.harvest import choose_wordings, harvest
from revenuer.worlds.operators import burst, draw_ties, make_pool
from revenuer.worlds.people import prompt_adoption
from revenuer.worlds.queues import living, shared_queue, steady
from revenuer.worlds.rhythm import DAY_US
from revenuer.worlds.stage import Stage


def hot_judges(stage: Stage, count: int, exchanges: int) -> Cohort:
    """A handful of accounts around the clock: cleaners, judges, filters, writers.

    Source:
        Anthropic (2026-09-10), GTG-16006: 273 accounts rotated in ten days, about 1,100
        exchanges an account a day; 770,609 of them fed its traces back to be cleaned.
    """
    rng = stage.random("S7")
    ties = draw_ties(rng)
    created = burst(rng, count, stage.spec.start_us - 3 * DAY_US, days=4, clumps=2)
    pool = make_pool(rng, stage, count, ties, created=created, per_card=(2, 4))
    load = steady(rng, stage, exchanges)
    targets = [stage.pools.traces]
    adoption = prompt_adoption(rng, count, hours=(30, 90), moved=0.3)
    parts = {"clean": (0.5, "critique"), "judge": (0.4, "score"), "tasks": (0.1, "generation")}
    streams = tuple(
        Stream(
            method,
            shared_queue(
                stage,
                load * part,
                living(stage, pool.accounts),
                hand_over=0.05,
                crests=200,
                width_s=400.0,
            ),
            harvest(targets, choose_wordings(stage, method, "S7"), size, salt="S7" + method),
            pool.setup,
            pool.places,
            adoption,
            own=True,
        )
        for method, (part, size) in parts.items()
    )
    truth = CampaignTruth(
        "S7", "S7", True, "convicted",
        ("cot-critiquing", "cot-autograding", "rl-prompt-generation"),
        "Few accounts, each very busy; teacher traces are fed back to be cleaned and scored.", ties,
    )  # fmt: skip
    return Cohort("S7", pool.accounts, streams, truth)

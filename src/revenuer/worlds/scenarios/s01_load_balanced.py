"""S1: chain-of-thought harvesting, balanced over accounts that share cards."""

from __future__ import annotations

from revenuer.worlds.cohort import CampaignTruth, Cohort, Stream
from revenuer.worlds.harvest import choose_wordings, harvest, task_pools
from revenuer.worlds.operators import burst, draw_ties, make_pool
from revenuer.worlds.people import prompt_adoption
from revenuer.worlds.queues import living, shared_queue, steady
from revenuer.worlds.rhythm import DAY_US
from revenuer.worlds.stage import Stage


def load_balanced(stage: Stage, count: int, exchanges: int) -> Cohort:
    """Accounts on shared cards, in lockstep: reasoning, grading and safe rewrites.

    Source:
        Anthropic (2026-02-23), "Detecting and preventing distillation attacks", the first
        of three campaigns: over 150,000 exchanges, identical patterns, shared payment
        methods and coordinated timing.
    """
    rng = stage.random("S1")
    ties = draw_ties(rng, ("payment",))
    created = burst(rng, count, stage.spec.start_us - 9 * DAY_US, days=10)
    pool = make_pool(rng, stage, count, ties, created=created)
    load = steady(rng, stage, exchanges)
    shares = {"cot": 0.6, "judge": 0.25, "rewrite": 0.15}
    pools = {
        "cot": task_pools(stage, rng, 2),
        "judge": [stage.pools.traces],
        "rewrite": [stage.pools.sensitive],
    }
    sizes = {"cot": "reasoning", "judge": "score", "rewrite": "rewrite"}
    adoption = prompt_adoption(rng, count, hours=(20, 60), moved=float(rng.uniform(0.4, 0.8)))
    hand_over = float(rng.uniform(0.02, 0.06))
    streams = tuple(
        Stream(
            method,
            shared_queue(
                stage, load * part, living(stage, pool.accounts), hand_over=hand_over, crests=16
            ),
            harvest(
                pools[method],
                choose_wordings(stage, method, "S1"),
                sizes[method],
                salt="S1" + method,
            ),
            pool.setup,
            pool.places,
            adoption,
            own=True,
        )
        for method, part in shares.items()
    )
    truth = CampaignTruth(
        "S1",
        "S1",
        True,
        "convicted",
        ("cot-exfiltration", "cot-autograding", "synthetic-data"),
        "Synchronised load balancing over accounts that share cards.",
        ties,
    )
    return Cohort("S1", pool.accounts, streams, truth)

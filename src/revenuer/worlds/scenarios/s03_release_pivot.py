"""S3: bulk agentic coding that moves to a new model within a day of its release."""

from __future__ import annotations

from revenuer.worlds.cohort import CampaignTruth, Cohort, Stream
from revenuer.worlds.harvest import choose_wordings, harvest
from revenuer.worlds.operators import burst, draw_ties, make_pool
from revenuer.worlds.people import prompt_adoption
from revenuer.worlds.queues import living, shared_queue, steady
from revenuer.worlds.rhythm import DAY_US
from revenuer.worlds.stage import Stage


def release_pivot(stage: Stage, count: int, exchanges: int) -> Cohort:
    """Agentic coding and orchestration in bulk; nearly half moves within a day.

    Source:
        Anthropic (2026-02-23), the third campaign: over 13 million exchanges on agentic
        coding and tool use; redirected nearly half its traffic within 24 hours of a release.
    """
    rng = stage.random("S3")
    ties = draw_ties(rng)
    created = burst(rng, count, stage.spec.start_us - 30 * DAY_US, days=25, clumps=4)
    pool = make_pool(rng, stage, count, ties, created=created, plan="payg")
    pool.setup.put("tool_count", int(rng.integers(4, 20)))
    load = steady(rng, stage, exchanges)
    moved = float(rng.uniform(0.42, 0.55))
    targets = [stage.pools.coding, stage.pools.tools]
    stream = Stream(
        "agentic",
        shared_queue(
            stage,
            load,
            living(stage, pool.accounts),
            hand_over=float(rng.uniform(0.0, 0.03)),
            crests=90,
        ),
        harvest(targets, choose_wordings(stage, "agentic", "S3"), "agentic", salt="S3"),
        pool.setup,
        pool.places,
        prompt_adoption(rng, count, hours=(3, 23), moved=moved),
        own=True,
    )
    note = f"Moves {moved:.0%} of its traffic to the new model within 24 hours of the release."
    truth = CampaignTruth("S3", "S3", True, "convicted", ("synthetic-data",), note, ties)
    return Cohort("S3", pool.accounts, (stream,), truth)

"""S2: one campaign over API, apps, clouds and resellers, on account types of every kind."""

from __future__ import annotations

import numpy as np

from revenuer.worlds.cohort import CampaignTruth, Cohort, Stream
from revenuer.worlds.draws import mint
from revenuer.worlds.harvest import choose_wordings, harvest
from revenuer.worlds.operators import Pool, burst, draw_ties, make_pool
from revenuer.worlds.people import prompt_adoption
from revenuer.worlds.queues import living, shared_queue, steady
from revenuer.worlds.rhythm import DAY_US
from revenuer.worlds.stage import Stage

CHANNELS = ("api", "app", "cloud:nimbus", "cloud:stratus", "reseller:bridge")
PLANS = ("free", "pro", "payg", "team")


def many_pathways(stage: Stage, count: int, exchanges: int) -> Cohort:
    """Hundreds of accounts of mixed types over several pathways; reasoning comes later.

    Source:
        Anthropic (2026-02-23), the second campaign: over 3.4 million exchanges, hundreds of
        accounts spanning multiple access pathways, later reconstructing reasoning traces.
    """
    rng = stage.random("S2")
    ties = draw_ties(rng, low=3)
    created = burst(rng, count, stage.spec.start_us - 80 * DAY_US, days=85, clumps=9)
    pool = make_pool(rng, stage, count, ties, created=created)
    vary_types(rng, pool, count)
    change = int(stage.spec.days * rng.uniform(0.4, 0.7))
    early = steady(rng, stage, int(exchanges * 0.6), last=change + 2)
    late = steady(rng, stage, exchanges - int(exchanges * 0.6), first=change)
    adoption = prompt_adoption(rng, count, hours=(20, 100), moved=float(rng.uniform(0.5, 0.9)))
    coding = [stage.pools.coding, stage.pools.tools]
    phases = (
        ("agentic", early, coding, "agentic"),
        ("cot", late, [stage.pools.reasoning, *coding], "reasoning"),
    )
    streams = tuple(
        Stream(
            method,
            shared_queue(
                stage, load, living(stage, pool.accounts), hand_over=0.01, crests=60, mode="random"
            ),
            harvest(targets, choose_wordings(stage, method, "S2"), size, salt="S2" + method),
            pool.setup,
            pool.places,
            adoption,
            own=True,
        )
        for method, load, targets, size in phases
    )
    truth = CampaignTruth(
        "S2", "S2", True, "convicted", ("synthetic-data", "cot-exfiltration"),
        "Mixed account types over five pathways; changes from coding to reasoning.", ties,
    )  # fmt: skip
    return Cohort("S2", pool.accounts, streams, truth)


def vary_types(rng: np.random.Generator, pool: Pool, count: int) -> None:
    """Spread the accounts over plans, programmes and channels."""
    channel = rng.choice(np.array(CHANNELS, dtype=object), count, p=[0.4, 0.15, 0.2, 0.1, 0.15])
    pool.setup.put("channel", channel)
    cloud = np.char.startswith(channel.astype(str), "cloud:")
    # A cloud ends the TLS connection itself and passes no handshake on.
    pool.setup.put("tls_fingerprint", None, cloud)
    pool.setup.put("tls_terminated_by", "cloud", cloud)
    pool.setup.put("region", rng.choice(np.array(["us-1", "eu-1", "ap-1"], object), count), cloud)
    pool.accounts.put("plan", rng.choice(np.array(PLANS, dtype=object), count))
    programme = rng.choice(np.array(["education", "security-research", "startup"], object), count)
    pool.accounts.put("programme", programme, rng.random(count) < 0.3)
    firm = rng.random(count) < 0.15
    pool.accounts.put("organization_id", mint(rng, "org_", int(firm.sum())), firm)

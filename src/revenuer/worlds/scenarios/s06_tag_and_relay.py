"""S6: users of coding harnesses, tagged and relayed; signed reasoning replayed elsewhere."""

from __future__ import annotations

import numpy as np

from revenuer.worlds.cohort import CampaignTruth, Cohort, Stream
from revenuer.worlds.harvest import relayed_developers
from revenuer.worlds.operators import burst, draw_ties, make_pool
from revenuer.worlds.people import prompt_adoption
from revenuer.worlds.relays import relayed_users
from revenuer.worlds.rhythm import DAY_US
from revenuer.worlds.stage import Stage


def tag_and_relay(stage: Stage, count: int, exchanges: int) -> Cohort:
    """Only users of coding harnesses are relayed, each turn through whichever account is free.

    Source:
        Anthropic (2026-09-10), GTG-16001: over 12.1 million exchanges in 14 days, about
        864,000 a day; string checks picked out users of coding harnesses; cross-session
        replay of thinking signatures.
    """
    rng = stage.random("S6")
    ties = draw_ties(rng)
    created = burst(rng, count, stage.spec.start_us - 10 * DAY_US, days=12)
    pool = make_pool(rng, stage, count, ties, created=created, plan="payg")
    wear_harnesses(rng, stage, pool.setup.columns, count)
    pool.setup.put("reasoning_effort", "high")
    hop = float(rng.uniform(0.35, 0.9))
    users = max(20, exchanges // 40)
    stream = Stream(
        "relay",
        relayed_users(rng, stage, count, users, exchanges, hop=hop, stay=0.88, gap_s=35.0),
        relayed_developers(stage, "S6"),
        pool.setup,
        pool.places,
        prompt_adoption(rng, count, hours=(6, 40), moved=0.95),
        own=True,
    )  # fmt: skip
    truth = CampaignTruth(
        "S6", "S6", True, "convicted", ("synthetic-data", "cot-exfiltration"),
        f"{hop:.0%} of turns replay reasoning that was signed for another account.", ties,
    )  # fmt: skip
    return Cohort("S6", pool.accounts, (stream,), truth)


def wear_harnesses(
    rng: np.random.Generator, stage: Stage, columns: dict[str, np.ndarray], count: int
) -> None:
    """The relay passes on the harness's own words and tools, with its own TLS handshake."""
    software = stage.software
    build = software.builds(rng, count, software.harness != np.array(None))
    columns["harness"] = software.harness[build]
    columns["system_prompt"] = software.system[build]
    columns["tool_count"] = software.tools[build].astype(object)
    columns["streamed"] = np.full(count, True, dtype=object)

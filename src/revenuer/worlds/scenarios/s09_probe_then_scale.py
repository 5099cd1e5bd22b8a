"""S9: thousands of different techniques are tried first; what works is then scaled up."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from revenuer.worlds.cohort import CampaignTruth, Cohort, Columns, Stream
from revenuer.worlds.dispatch import Draw
from revenuer.worlds.harvest import choose_wordings, harvest, task_pools
from revenuer.worlds.language.grammar import write_rows
from revenuer.worlds.language.probes import PROBES, SLOTS
from revenuer.worlds.operators import burst, draw_ties, make_pool
from revenuer.worlds.people import prompt_adoption
from revenuer.worlds.queues import living, shared_queue, steady
from revenuer.worlds.rhythm import DAY_US
from revenuer.worlds.stage import Stage
from revenuer.worlds.texts import TextMaker, Texts, choose, join


def probe_then_scale(stage: Stage, count: int, exchanges: int) -> Cohort:
    """A few accounts probe, mostly refused; then all accounts send what worked.

    Source:
        Anthropic (2026-09-10): one lab ran more than 12,000 requests, each a different
        technique; most were rejected, some worked, and those were scaled up.
    """
    rng = stage.random("S9")
    ties = draw_ties(rng)
    probers = max(2, count // 5)
    change = int(stage.spec.days * rng.uniform(0.35, 0.55))
    created = sign_up_twice(rng, stage, count, probers, change)
    pool = make_pool(rng, stage, count, ties, created=created)
    adoption = prompt_adoption(rng, count, hours=(10, 60), moved=0.8)
    probing = steady(rng, stage, int(exchanges * 0.2), last=change)
    scaled = steady(rng, stage, int(exchanges * 0.8), first=change)
    streams = (
        Stream(
            "probe",
            shared_queue(
                stage,
                probing,
                living(stage, pool.accounts, np.arange(probers)),
                hand_over=0.0,
                crests=70,
                mode="random",
            ),
            probes(stage),
            pool.setup,
            pool.places,
            adoption,
            own=True,
            finish=mostly_refused,
        ),
        Stream(
            "scale",
            shared_queue(
                stage,
                scaled,
                living(stage, pool.accounts),
                hand_over=float(rng.uniform(0.01, 0.05)),
            ),
            harvest(
                task_pools(stage, rng, 3),
                choose_wordings(stage, "cot", "S9"),
                "reasoning",
                salt="S9",
            ),
            pool.setup,
            pool.places,
            adoption,
            own=True,
        ),
    )
    truth = CampaignTruth(
        "S9", "S9", True, "convicted", ("cot-exfiltration",),
        f"{probers} accounts try other techniques each time until day {change}; then all scale up.",
        ties,
    )  # fmt: skip
    return Cohort("S9", pool.accounts, streams, truth)


def sign_up_twice(
    rng: np.random.Generator, stage: Stage, count: int, probers: int, change: int
) -> NDArray[np.int64]:
    """The probers come first; the rest two days before the campaign scales up."""
    first = burst(rng, probers, stage.spec.start_us - 5 * DAY_US, days=4, clumps=1)
    second = burst(rng, count - probers, stage.day_start(change) - 2 * DAY_US, days=2.5)
    return np.concatenate([first, second])


def probes(stage: Stage) -> TextMaker:
    """Every request another technique."""

    def say(draw: Draw) -> Texts:
        technique = write_rows(draw.item, "probe", PROBES, SLOTS)
        known = choose(stage.pools.elicitations, draw.item, "probe-known")
        task = choose(stage.pools.reasoning, draw.item, "probe-task")
        return Texts(join(task, "\n", technique, " ", known), "probe")

    return say


def mostly_refused(draw: Draw, columns: Columns, rng: np.random.Generator) -> None:
    """Nine in ten probes are refused in a few words."""
    refused = pa.array(rng.random(len(draw)) < 0.9)
    few = pa.array(rng.integers(8, 60, len(draw)))
    columns["stop_reason"] = pc.if_else(refused, "refusal", columns["stop_reason"])
    for name in ("output_tokens", "delivered_output_tokens"):
        columns[name] = pc.if_else(refused, few, columns[name])
    columns["reasoning_tokens"] = pc.if_else(refused, 0, columns["reasoning_tokens"])

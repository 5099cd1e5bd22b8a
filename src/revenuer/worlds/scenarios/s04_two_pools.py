"""S4: one fixed injected prompt, and a second pool that starts when the first is suspended."""

from __future__ import annotations

import numpy as np

from revenuer.worlds.accounts import Accounts
from revenuer.worlds.cohort import CampaignTruth, Cohort, Dispatcher, Stream
from revenuer.worlds.dispatch import Draw
from revenuer.worlds.harvest import choose_wordings, harvest, task_pools
from revenuer.worlds.operators import Pool, burst, draw_ties, make_pool
from revenuer.worlds.people import prompt_adoption
from revenuer.worlds.queues import living, shared_queue, steady
from revenuer.worlds.rhythm import DAY_US, HOUR_US
from revenuer.worlds.stage import Stage
from revenuer.worlds.texts import TextMaker, Texts, join


def two_pools(stage: Stage, count: int, exchanges: int) -> Cohort:
    """A fixed prefix on every request; pool 2 takes over when pool 1 is suspended.

    Source:
        Anthropic (2026-09-10), "Detecting and countering misuse of AI", GTG-16005: one fixed
        prompt in every request that forces reasoning into tags, about 3 million a day;
        nearly 5,000 accounts, then failover to a second pool.
    """
    rng = stage.random("S4")
    days = stage.spec.days
    ties = draw_ties(rng, ("e-mail",))
    change = int(days * rng.uniform(0.4, 0.6))
    ban_us = stage.day_start(change) + int(rng.integers(6, 20)) * HOUR_US
    first = count * 11 // 20
    created = np.concatenate(
        [
            burst(rng, first, stage.spec.start_us - 6 * DAY_US, days=8),
            burst(rng, count - first, ban_us - 3 * DAY_US, days=3.2, clumps=2),
        ]
    )
    pool = make_pool(rng, stage, count, ties, created=created)
    suspend_first_pool(rng, pool.accounts, first, ban_us)
    adoption = prompt_adoption(rng, count, hours=(10, 50), moved=float(rng.uniform(0.5, 0.95)))
    text = injected(choose_wordings(stage, "cot", "S4")[0], task_pools(stage, rng, 3))
    streams = tuple(
        Stream(name, dispatch, text, pool.setup, pool.places, adoption, own=True)
        for name, dispatch in dispatchers(stage, rng, pool, first, change, exchanges)
    )
    truth = CampaignTruth(
        "S4", "S4", True, "convicted", ("cot-exfiltration",),
        "One fixed prefix; pool 2 starts within hours of the suspension of pool 1.", ties,
    )  # fmt: skip
    return Cohort("S4", pool.accounts, streams, truth)


def suspend_first_pool(
    rng: np.random.Generator, accounts: Accounts, first: int, ban_us: int
) -> None:
    """Suspend pool 1 in one sweep of half an hour."""
    accounts.suspend(ban_us + rng.integers(0, HOUR_US // 2, first), slice(0, first))


def dispatchers(
    stage: Stage, rng: np.random.Generator, pool: Pool, first: int, change: int, exchanges: int
) -> list[tuple[str, Dispatcher]]:
    """The queue before and after the suspension, each over its own pool."""
    hand_over = float(rng.uniform(0.01, 0.05))
    members = np.arange(len(pool.accounts))
    ban_us = int(pool.accounts["suspended_at"][:first].astype(np.int64).min())
    share_before = (ban_us - stage.spec.start_us) / (stage.spec.end_us - stage.spec.start_us)
    before = steady(rng, stage, int(exchanges * share_before), last=change + 1)
    after = steady(rng, stage, int(exchanges * (1 - share_before)), first=change)
    old = shared_queue(
        stage, before, living(stage, pool.accounts, members[:first]), hand_over=hand_over
    )
    new = shared_queue(
        stage, after, living(stage, pool.accounts, members[first:]), hand_over=hand_over
    )

    def after_ban(day: int, random: np.random.Generator) -> Draw:
        draw = new(day, random)
        return draw.take(np.flatnonzero(draw.at > ban_us + HOUR_US))

    return [("pool 1", old), ("pool 2", after_ban)]


def injected(wording: str, targets: list) -> TextMaker:  # type: ignore[type-arg]
    """Put the same words before every task."""
    prefix = wording.replace("{body}", "").strip() + "\n---\n"
    tasks = harvest(targets, ("{body}",), "reasoning", salt="S4")

    def say(draw: Draw) -> Texts:
        texts = tasks(draw)
        return Texts(join(prefix, texts.prompt), texts.size)

    return say

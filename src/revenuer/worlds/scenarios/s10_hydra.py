"""S10: a reseller's hydra that mixes several labs' harvesting with innocent customers."""

from __future__ import annotations

import numpy as np

from revenuer.worlds.accounts import Accounts, changed_cards
from revenuer.worlds.cohort import CampaignTruth, Cohort, Stream
from revenuer.worlds.dispatch import Draw, work_alone
from revenuer.worlds.harvest import choose_wordings, harvest, task_pools
from revenuer.worlds.network import Places
from revenuer.worlds.operators import burst, draw_ties, make_pool
from revenuer.worlds.people import everyday_texts, gradual_adoption, own_software, prompt_adoption
from revenuer.worlds.queues import living, shared_queue, steady
from revenuer.worlds.rhythm import DAY_US, IS_EVENING
from revenuer.worlds.stage import Stage

LABS = {"cot": "reasoning", "examples": "generation", "agentic": "agentic"}


def hydra(stage: Stage, count: int, exchanges: int) -> Cohort:
    """Many accounts, several harvesting customers, and unrelated ones in the same accounts.

    Source:
        Anthropic (2026-02-23): one proxy network ran more than 20,000 accounts at once and
        mixed distillation traffic with unrelated customer requests.
    """
    rng = stage.random("S10")
    ties = draw_ties(rng, ("payment", "e-mail"), low=3)
    created = burst(rng, count, stage.spec.start_us - 20 * DAY_US, days=30, clumps=8)
    pool = make_pool(rng, stage, count, ties, created=created)
    replace_banned(rng, stage, pool.accounts)
    mixed = float(rng.uniform(0.4, 0.6))
    load = steady(rng, stage, int(exchanges * (1 - mixed)))
    shares = rng.dirichlet([4.0] * len(LABS))
    adoption = prompt_adoption(rng, count, hours=(8, 60), moved=float(rng.uniform(0.4, 0.9)))
    streams = [
        Stream(
            method,
            shared_queue(
                stage, load * part, living(stage, pool.accounts), hand_over=0.03, mode="random"
            ),
            harvest(
                task_pools(stage, rng, 2),
                choose_wordings(stage, method, "S10"),
                size,
                salt="S10" + method,
            ),
            pool.setup,
            pool.places,
            adoption,
            own=True,
        )
        for (method, size), part in zip(LABS.items(), shares, strict=True)
    ]
    streams.append(customers(stage, rng, count, int(exchanges * mixed), pool.places))
    truth = CampaignTruth(
        "S10", "S10", True, "convicted", ("cot-exfiltration", "synthetic-data"),
        f"{mixed:.0%} of the traffic in these accounts is of innocent customers.", ties,
    )  # fmt: skip
    links = changed_cards(rng, pool.accounts, 0.2, shared=True)
    return Cohort("S10", pool.accounts, tuple(streams), truth, links=links)


def replace_banned(rng: np.random.Generator, stage: Stage, accounts: Accounts) -> None:
    """A few accounts at a time are suspended; the rest, and newer ones, carry on."""
    banned = np.flatnonzero(rng.random(len(accounts)) < 0.12)
    when = rng.uniform(0.2, 0.9, banned.size) * stage.spec.days * DAY_US
    accounts.suspend(stage.spec.start_us + when.astype(np.int64), banned)


def customers(
    stage: Stage, rng: np.random.Generator, count: int, exchanges: int, places: Places
) -> Stream:
    """Innocent customers of the reseller, inside the same accounts."""
    days = stage.spec.days
    weights = rng.lognormal(0.0, 0.8, (count, days))
    expected = weights / weights.sum() * exchanges
    profile, offset = np.full(count, IS_EVENING), rng.integers(-8, 10, count)

    def dispatch(day: int, random: np.random.Generator) -> Draw:
        return work_alone(random, stage.day_start(day), expected[:, day], profile, offset)

    setup = own_software(stage, rng, count, apps=0.7, prompts=0.4)
    return Stream(
        "customers",
        dispatch,
        everyday_texts(stage, "S10", rng.random(count) < 0.3),
        setup,
        places,
        gradual_adoption(rng, count),
    )

"""S5: low and slow relay of another service's real users."""

from __future__ import annotations

import numpy as np

from revenuer.worlds.cohort import CampaignTruth, Cohort, Stream
from revenuer.worlds.dispatch import Draw
from revenuer.worlds.language.system_prompts import write_system_prompts
from revenuer.worlds.operators import burst, draw_ties, make_pool
from revenuer.worlds.people import prompt_adoption
from revenuer.worlds.relays import relayed_users
from revenuer.worlds.rhythm import DAY_US
from revenuer.worlds.stage import Stage
from revenuer.worlds.texts import TextMaker, Texts, choose_among


def relay(stage: Stage, count: int, exchanges: int) -> Cohort:
    """Thousands of quiet accounts that carry the requests of a rival's own users.

    Source:
        Anthropic (2026-09-10), GTG-16002: 5,380 accounts, mostly in two countries, some
        6 to 46 exchanges an account a day; served one model as another and kept the answers.
    """
    rng = stage.random("S5")
    ties = draw_ties(rng, ("signup-network",), low=3)
    created = burst(rng, count, stage.spec.start_us - 12 * DAY_US, days=18, clumps=6)
    pool = make_pool(rng, stage, count, ties, created=created, plan="pro")
    pool.setup.put("system_prompt", served_as(rng))
    pool.setup.put("streamed", True)
    users = max(20, exchanges // 12)
    dispatch = relayed_users(rng, stage, count, users, exchanges, hop=0.12, stay=0.35)
    stream = Stream(
        "relay", dispatch, relayed(stage), pool.setup, pool.places,
        prompt_adoption(rng, count, hours=(12, 40), moved=0.9), own=True,
    )  # fmt: skip
    truth = CampaignTruth(
        "S5", "S5", True, "convicted", ("synthetic-data",),
        "Relays a rival service's users; a handful of exchanges an account a day.", ties,
    )  # fmt: skip
    return Cohort("S5", pool.accounts, (stream,), truth)


def served_as(rng: np.random.Generator) -> str:
    """The system prompt of the service that the answers are passed off as."""
    return str(write_system_prompts(rng, 1)[0])


def relayed(stage: Stage) -> TextMaker:
    """What real users of all kinds ask, none of them tied to the account that carries it."""
    pools = stage.pools
    every = (pools.chat, pools.general, pools.coding, pools.chinese)

    def say(draw: Draw) -> Texts:
        prompt = choose_among(every, draw.item, "relay")
        return Texts(prompt, "chat", history=True)

    return say

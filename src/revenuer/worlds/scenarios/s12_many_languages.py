"""S12: reasoning coerced into many languages."""

from __future__ import annotations

import numpy as np

from revenuer.worlds.cohort import CampaignTruth, Cohort, Stream
from revenuer.worlds.dispatch import Draw
from revenuer.worlds.draws import pick
from revenuer.worlds.language.coercion import COERCION
from revenuer.worlds.language.grammar import by_kind
from revenuer.worlds.operators import burst, draw_ties, make_pool
from revenuer.worlds.people import prompt_adoption
from revenuer.worlds.queues import living, shared_queue, steady
from revenuer.worlds.rhythm import DAY_US
from revenuer.worlds.stage import Stage
from revenuer.worlds.texts import TextMaker, Texts, choose_among, fill


def many_languages(stage: Stage, count: int, exchanges: int) -> Cohort:
    """One demand, in a dozen languages: think in the language of the question.

    Source:
        Google GTIG (2026-02-12), "AI Threat Tracker": more than 100,000 prompts that coerce
        the language of the thinking, to copy reasoning in languages other than English.
    """
    rng = stage.random("S12")
    ties = draw_ties(rng, low=3)
    created = burst(rng, count, stage.spec.start_us - 8 * DAY_US, days=9)
    pool = make_pool(rng, stage, count, ties, created=created)
    pool.setup.put("reasoning_effort", "high")
    languages = rng.permutation(len(COERCION))[: int(rng.integers(6, len(COERCION) + 1))]
    stream = Stream(
        "coercion",
        shared_queue(
            stage,
            steady(rng, stage, exchanges),
            living(stage, pool.accounts),
            hand_over=0.02,
            crests=50,
        ),
        coerced(stage, languages),
        pool.setup,
        pool.places,
        prompt_adoption(rng, count, hours=(10, 80), moved=0.7),
        own=True,
    )
    truth = CampaignTruth(
        "S12", "S12", True, "convicted", ("cot-exfiltration",),
        f"The same demand in {languages.size} languages.", ties,
    )  # fmt: skip
    return Cohort("S12", pool.accounts, (stream,), truth)


def coerced(stage: Stage, languages: np.ndarray) -> TextMaker:
    """Tasks under a demand about the language of the thinking."""
    pools = stage.pools
    targets = (pools.reasoning, pools.general, pools.chinese)
    every = list(COERCION.values())

    def say(draw: Draw) -> Texts:
        body = choose_among(targets, draw.item, "S12")
        which = languages[pick(draw.item, "S12-language", languages.size)]
        prompt = by_kind(
            which, lambda place, rows: fill(every[place], draw.item[rows], "S12", body.take(rows))
        )
        return Texts(prompt, "reasoning")

    return say

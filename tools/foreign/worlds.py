"""Which world a seed gives: how many accounts and exchanges, for how long, who lives in it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from foreign import everyday, firms, guilty, research, schools, software
from foreign.formats import SHAPES
from foreign.log import Log
from foreign.words import Words, read_sets

Kind = Callable[[Log, int, float], None]
GROUPS: tuple[tuple[Kind, int, int], ...] = (
    (everyday.stepwise, 10, 60),
    (everyday.family, 3, 15),
    (everyday.vpn_users, 20, 80),
    (everyday.internet_cafe, 12, 50),
    (everyday.tutorial, 20, 120),
    (everyday.famous_prompt, 10, 60),
    (everyday.extension, 40, 250),
    (everyday.privacy_client, 15, 70),
    (everyday.group_buy, 8, 30),
    (everyday.teachers, 12, 50),
    (firms.nightly_batch, 15, 40),
    (firms.translation_agency, 10, 30),
    (firms.legal_firm, 8, 25),
    (firms.gateway, 3, 8),
    (firms.white_label_support, 12, 40),
    (firms.consultancy, 6, 15),
    (firms.call_centre, 12, 40),
    (firms.content_agency, 5, 14),
    (firms.document_search, 3, 10),
    (firms.graders, 4, 9),
    (firms.labelling_crowd, 20, 60),
    (firms.short_calls, 2, 8),
    (firms.rollout, 20, 90),
    (schools.university_class, 40, 160),
    (schools.hackathon, 30, 110),
    (schools.workshop, 25, 80),
    (research.evaluation_startup, 8, 24),
    (research.synthetic_data, 5, 12),
    (research.synthetic_data_no_permit, 5, 12),
    (research.replication_lab, 12, 24),
    (research.red_teamers, 8, 20),
    (software.coding_agent, 30, 150),
    (software.unserved_developers, 15, 70),
    (software.automation, 20, 90),
    (software.test_suites, 8, 30),
    (software.game, 2, 6),
    (software.three_stages, 4, 12),
    (software.homework_app, 10, 30),
)
"""Every kind of innocent that comes in groups, with the least and the most of them."""
CAMPAIGNS: tuple[tuple[Kind, int, int], ...] = (
    (guilty.harvest, 40, 90),
    (guilty.reasoning_harvest, 25, 60),
)
CROWD_SHARE = 0.45
"""At least this share of the accounts is the plain crowd of app users and developers."""


@dataclass(frozen=True)
class Recipe:
    """What a seed asks for.

    Attributes:
        seed: Where all chance comes from.
        accounts, exchanges: About how many.
        days: Length of the log.
        shape: Which columns and which file format, a name of `SHAPES`.
        surge: How far a new model raises everybody's volume; 1 for no release.
        campaigns: How many campaigns are planted.
        answers: Whether the log has the answers' text.
    """

    seed: int
    accounts: int
    exchanges: int
    days: float
    shape: str
    surge: float
    campaigns: int
    answers: bool


def recipe(seed: int) -> Recipe:
    """The world of a seed; shapes and the number of campaigns go round, so that all come up."""
    r = random.Random(seed * 7919 + 13)
    return Recipe(
        seed=seed,
        accounts=int(1000 * 5 ** r.random()),
        exchanges=int(30_000 * (200 / 30) ** r.random()),
        days=r.choice((2.0, 4.0, 7.0, 14.0, 28.0, 42.0)),
        shape=list(SHAPES)[seed % len(SHAPES)],
        surge=r.choice((1.0, 1.0, 1.6, 3.0)),
        campaigns=(0, 0, 1, 2)[(seed + seed // 12) % 4],
        answers=r.random() < 0.3,
    )


def build(wanted: Recipe, prompts: Path | None = None) -> Log:
    """The log of a recipe: groups of many kinds first, and then a crowd to fill it up."""
    r = random.Random(wanted.seed)
    log = Log(
        random=r,
        np=np.random.default_rng(wanted.seed),
        words=Words(r, read_sets(prompts)),
        days=wanted.days,
        surge=wanted.surge,
        answers=wanted.answers,
        id_style=r.choice(("hex", "number", "prefix")),
    )
    volume = wanted.exchanges / wanted.accounts / 4
    small = min(1.0, wanted.accounts / 3000)
    for kind, least, most in r.sample(CAMPAIGNS, wanted.campaigns):
        kind(log, max(15, int(r.randint(least, most) * small)), volume)
    for kind, least, most in r.sample(GROUPS, len(GROUPS)):
        if len(log.accounts) > wanted.accounts * (1 - CROWD_SHARE):
            break
        if len(log.exchanges) < wanted.exchanges * 0.75:
            kind(log, max(least // 2, int(r.randint(least, most) * small)), volume)
    _crowd(log, wanted)
    return log


def _crowd(log: Log, wanted: Recipe) -> None:
    """App users and developers, with what is left of the accounts and the exchanges."""
    left = max(50, wanted.accounts - len(log.accounts))
    each = max(1.0, (wanted.exchanges - len(log.exchanges)) / left / 2)
    app = log.random.uniform(0.3, 0.8)
    everyday.chatters(log, int(left * app), each)
    everyday.developers(log, int(left * (1 - app)), each)

"""What an attacker may meet: one arm a countermeasure and strength.

Answers are never falsified: where a method changes the reasoning that is drawn, the answer is the
one that the unchanged model gives, as `countermeasures` demands; arms that break this are there
for comparison and say so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import torch

from revenuer.lab.embedded import shown
from revenuer.lab.embedded.grading import grade
from revenuer.lab.embedded.sampling import Following, with_answers
from revenuer.lab.embedded.students import Harvest
from revenuer.lab.embedded.task import Programs, programs, prompts
from revenuer.lab.embedded.world import World
from revenuer.lab.token_methods import (
    Antidistillation,
    AntidistillationFingerprint,
    GreenList,
    GumbelMax,
    ProductOfExperts,
    TokenMethod,
    Tournament,
)

KEY = b"the lab's own mark"
ACCOUNTS = 8
"""How many accounts the attacker of seed coupling pools."""

Kind = Literal["clean", "text", "tokens", "parameters", "habit", "mark", "comparison"]


@dataclass(frozen=True, slots=True)
class Arm:
    """One way of answering.

    Attributes:
        name: With its strength.
        kind: Where it takes hold.
        shown: What becomes of the reasoning; a name of `shown.SHOWN`.
        method: What acts on tokens, if anything does.
        temperature: At which the teacher is drawn from.
        keeps_answers: Whether answers are put back to the unchanged model's.
        passes: Models run for each token, the teacher included.
        pooled: Whether the attacker sends the same prompts from `ACCOUNTS` accounts.
        coupled: Whether those accounts then draw alike.
    """

    name: str
    kind: Kind
    shown: str = "whole"
    method: Callable[[World], TokenMethod] | None = None
    temperature: float = 1.0
    keeps_answers: bool = False
    passes: int = 1
    pooled: bool = False
    coupled: bool = False


def answered(world: World, arm: Arm, given: Programs, seed: int) -> torch.Tensor:
    """What the teacher's tokens are under an arm, before its text is changed. Shape (n, length)."""
    method = arm.method(world) if arm.method is not None else None
    said = world.ask(given, temperature=arm.temperature, seed=seed, method=method)
    if arm.keeps_answers:
        clean = world.ask(given, temperature=1.0, seed=seed)
        answers = grade(given, clean.numpy()).answered
        said = with_answers(said, torch.from_numpy(answers))
        # Reasoning that never comes to an answer would lose it: the unchanged reply is served.
        lost = torch.from_numpy(grade(given, said.numpy()).answered != answers)
        said = torch.where(lost[:, None], clean, said)
    return said


def served(world: World, arm: Arm, given: Programs, seed: int) -> Harvest:
    """What an account gets for prompts under an arm."""
    said = answered(world, arm, given, seed).numpy()
    rng = np.random.default_rng([seed, 3])
    changed = shown.rewritten(said, shown.SHOWN[arm.shown], rng)
    return Harvest(given, prompts(given, world.school.task), changed, len(given))


def harvested(world: World, arm: Arm, seed: int, count: int, *, times: int = 1) -> Harvest:
    """What an attacker gets for `count` prompts, each asked `times`.

    An attacker who pools accounts spends the same queries on fewer prompts, each from all of them.
    """
    rng = np.random.default_rng([seed, 2])
    if not arm.pooled:
        given = programs(count, world.school.task, rng)
        rows = np.tile(np.arange(count), times)
        return served(world, arm, given[rows], seed)
    given = programs(count // ACCOUNTS, world.school.task, rng)
    if not arm.coupled:
        return served(world, arm, given[np.tile(np.arange(len(given)), ACCOUNTS)], seed)
    one = served(world, arm, given, seed)
    return replace(one.rows(np.tile(np.arange(len(given)), ACCOUNTS)), queries=count)


def _product(share: float) -> Arm:
    return Arm(
        f"product-of-experts {share:g}",
        "tokens",
        method=lambda world: ProductOfExperts(Following(world.proxy), share=share),
        keeps_answers=True,
        passes=2,
    )


def _antidistillation(strength: float) -> Arm:
    return Arm(
        f"antidistillation-sampling {strength:g}",
        "tokens",
        method=lambda world: Antidistillation(
            Following(world.ahead), Following(world.behind), strength=strength
        ),
        keeps_answers=True,
        passes=3,
    )


CLEAN = Arm("none", "clean")
ARMS = (
    CLEAN,
    Arm("reasoning-withheld", "text", "reasoning-withheld"),
    Arm("reasoning-summarised", "text", "reasoning-summarised"),
    Arm("reasoning-concluded", "text", "reasoning-concluded"),
    Arm("reasoning-reordered", "text", "reasoning-reordered"),
    Arm("trace-rewritten", "text", "trace-rewritten"),
    Arm("habit", "habit", "habit"),
    Arm("sampling-limited", "parameters", temperature=0.0),
    Arm("many accounts", "comparison", pooled=True),
    Arm("seed-coupling", "parameters", pooled=True, coupled=True),
    _product(0.3),
    _product(0.6),
    _antidistillation(0.5),
    _antidistillation(1.5),
    Arm("green-list 2", "mark", method=lambda world: GreenList(KEY, delta=2.0)),
    Arm("gumbel-max", "mark", method=lambda world: GumbelMax(KEY)),
    Arm("tournament 8", "mark", method=lambda world: Tournament(KEY, layers=8)),
    Arm(
        "antidistillation-fingerprint 8",
        "mark",
        method=lambda world: AntidistillationFingerprint(KEY, Following(world.proxy), strength=8.0),
        passes=2,
    ),
    Arm("temperature 2", "comparison", temperature=2.0),
    Arm("falsified", "comparison", "falsified"),
)
BY_NAME = {arm.name: arm for arm in ARMS}

"""Distillation by the teacher's probabilities, on its replies or on the student's own.

What an API's log-probabilities are worth to a student is the difference to its words alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal

import torch
from torch import Tensor

from revenuer.lab.embedded.arms import CLEAN, harvested
from revenuer.lab.embedded.divergences import Divergence, divergence, shown_logits
from revenuer.lab.embedded.network import Network
from revenuer.lab.embedded.sampling import replies
from revenuer.lab.embedded.schooling import copied
from revenuer.lab.embedded.taught import lessons_of
from revenuer.lab.embedded.training import Lessons, Loss, Recipe, train, train_on
from revenuer.lab.embedded.vocabulary import PAD
from revenuer.lab.embedded.world import World

SHOWN_TOP = 5
"""Log-probabilities a place that a capped API shows; a common API's own cap is 20 at most."""
WARM_SHARE = 0.5
"""Share of the steps that an on-policy student first spends on the teacher's words: one that
cannot begin a reply learns nothing from its own; placeholder."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way of distilling.

    Attributes:
        name: Of it.
        level: By words, by probabilities on the teacher's words, or on the student's own.
        kind: Which divergence.
        top: How many log-probabilities a place are shown; None for all.
    """

    name: str
    level: Literal["sequence", "logits", "on-policy"]
    kind: Divergence = "forward-kl"
    top: int | None = None


WAYS = (
    Way("sequence", "sequence"),
    Way("forward KL", "logits"),
    Way(f"forward KL, top {SHOWN_TOP} shown", "logits", top=SHOWN_TOP),
    Way("reverse KL", "logits", "reverse-kl"),
    Way("JSD", "logits", "jsd"),
    Way("on-policy, reverse KL", "on-policy", "reverse-kl"),
)


def distilled(world: World, way: Way, count: int) -> Network:
    """Distil the teacher into a student a seed, from `count` prompts."""
    task = world.school.task
    rows = [harvested(world, CLEAN, seed, count).lessons for seed in world.seeds]
    lessons = lessons_of(rows, task.prompt_length, count, world.seeds)
    students, recipe = copied(world.bases), world.school.student
    if way.level == "sequence":
        train(students, lessons, recipe, world.seeds[0])
        return students
    if way.level == "on-policy":
        first = Recipe(int(recipe.steps * WARM_SHARE), recipe.batch)
        train(students, lessons, first, world.seeds[0])
        rest = Recipe(recipe.steps - first.steps, recipe.batch)
        train_on(students, lessons, rest, world.seeds[0], _own_words(world, way))
        return students
    train_on(students, lessons, recipe, world.seeds[0], partial(_apart, world, way))
    return students


def _own_words(world: World, way: Way) -> Loss:
    def loss(network: Network, part: Lessons) -> Tensor:
        asked = part.words[..., : part.prompt_length]
        seed = int(asked.sum()) % 2**31
        said = replies(network, asked, world.school.task.reply_length, temperature=1.0, seed=seed)
        own = Lessons(torch.cat((asked, said), -1), part.prompt_length)
        return _apart(world, way, network, own)

    return loss


def _apart(world: World, way: Way, network: Network, part: Lessons) -> Tensor:
    """Mean divergence over the replies' words. Shape (members,)."""
    start = part.prompt_length - 1
    read, wanted = part.words[..., :-1], part.words[..., start + 1 :]
    with torch.no_grad():
        flat = read.reshape(1, -1, read.shape[-1])
        theirs = world.teacher(flat)[0].view(*read.shape, -1)[..., start:, :]
        if way.top is not None:
            theirs = shown_logits(theirs, way.top)
    ours = network(read)[..., start:, :]
    counts = (wanted != PAD).float()
    each = divergence(ours, theirs, way.kind)
    return (each * counts).sum((1, 2)) / counts.sum((1, 2)).clamp(min=1.0)

"""A student that fills in the reasoning it was not shown, before it learns.

Source:
    arXiv 2603.07267 (2026): a model of the attacker's own is taught to write the whole trace from
    the prompt and what is shown; its traces are then trained on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from revenuer.lab.embedded import shown
from revenuer.lab.embedded.arms import Arm
from revenuer.lab.embedded.grading import grade
from revenuer.lab.embedded.sampling import replies
from revenuer.lab.embedded.schooling import copied
from revenuer.lab.embedded.students import Harvest
from revenuer.lab.embedded.taught import OWN_EXAMPLES, lessons_of, own_harvest
from revenuer.lab.embedded.training import train
from revenuer.lab.embedded.vocabulary import END, ID, PAD, Ids
from revenuer.lab.embedded.world import World


def inverted(world: World, arm: Arm, harvests: Sequence[Harvest]) -> list[Harvest]:
    """Replace what was shown by what an inverter makes of it, where that ends in the answer.

    Args:
        world: Where students begin.
        arm: What the API does, which the attacker does to its own examples in the same way.
        harvests: A seed's each.

    Returns:
        A seed's each; the attacker's own examples are among them.
    """
    task = world.school.task
    own = [own_harvest(world, seed, OWN_EXAMPLES) for seed in world.seeds]
    rng = np.random.default_rng([world.seeds[0], 6])
    hidden = [shown.rewritten(one.replies, shown.SHOWN[arm.shown], rng) for one in own]
    width = max(one.shape[1] for one in (*hidden, *(h.replies for h in harvests))) + 1
    begun = [_beginning(one.prompts, said, width) for one, said in zip(own, hidden, strict=True)]
    rows = [np.concatenate([a, one.replies], axis=1) for a, one in zip(begun, own, strict=True)]
    inverter = copied(world.bases)
    lessons = lessons_of(rows, task.prompt_length + width, OWN_EXAMPLES, world.seeds)
    train(inverter, lessons, world.school.student, world.seeds[0])
    asked = np.stack([_beginning(one.prompts, one.replies, width) for one in harvests])
    written = replies(inverter, torch.from_numpy(asked), task.reply_length).numpy()
    return [
        _joined(_believed(harvest, said), mine)
        for harvest, said, mine in zip(harvests, written, own, strict=True)
    ]


def _beginning(prompts: Ids, said: Ids, width: int) -> Ids:
    """The prompt, what is shown of its reply, and a colon, all as long. Shape (n, ...)."""
    rows = np.full((len(said), width), PAD, dtype=np.int64)
    rows[:, : said.shape[1]] = np.where(said == END, PAD, said)
    rows[:, -1] = ID[":"]
    return np.concatenate([prompts, rows], axis=1)


def _believed(harvest: Harvest, written: Ids) -> Harvest:
    shown_answers = grade(harvest.programs, harvest.replies).answered
    grades = grade(harvest.programs, written)
    kept = np.flatnonzero((grades.last == shown_answers) & (grades.answered == shown_answers))
    return replace(harvest, replies=written).rows(kept)


def _joined(harvest: Harvest, own: Harvest) -> Harvest:
    width = max(harvest.replies.shape[1], own.replies.shape[1])
    both = [
        np.pad(one, ((0, 0), (0, width - one.shape[1])), constant_values=PAD)
        for one in (harvest.replies, own.replies)
    ]
    programs = harvest.programs.joined(own.programs)
    return Harvest(
        programs,
        np.concatenate([harvest.prompts, own.prompts]),
        np.concatenate(both),
        harvest.queries,
    )

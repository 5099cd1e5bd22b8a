"""What a customer gets under a countermeasure: right answers, true steps, plain wording, time."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import torch

from revenuer.lab.embedded.arms import CLEAN, Arm, answered, served
from revenuer.lab.embedded.grading import grade
from revenuer.lab.embedded.training import Lessons, sequence_losses
from revenuer.lab.embedded.world import World

SEED = 7


@dataclass(frozen=True, slots=True)
class Served:
    """What is served, on programs that nobody was taught.

    Attributes:
        accuracy: Share of right answers.
        true_steps: Share of shown steps that hold; None where none is shown.
        steps_shown: Steps shown a program, as a share of those it takes.
        surprise: Nats a word of what is shown, to the unchanged teacher: how unlike its own.
        passes: Models run for each token.
        slower: Processor time to serve, to that of serving without.
    """

    accuracy: float
    true_steps: float | None
    steps_shown: float
    surprise: float
    passes: int
    slower: float


def serving(world: World, arm: Arm) -> Served:
    """Serve the test programs under an arm, and look at what comes."""
    given = world.tests()
    one = served(world, arm, given, SEED)
    grades = grade(given, one.replies)
    takes = len(given) * (world.school.task.variables - 1)
    lessons = Lessons(torch.from_numpy(one.lessons)[None], world.school.task.prompt_length)
    surprise = float(sequence_losses(world.teacher, lessons).mean())
    slower = _seconds(world, arm) / _seconds(world, CLEAN)
    return Served(
        grades.accuracy,
        grades.fidelity if grades.steps.any() else None,
        float(np.minimum(grades.steps.sum() / takes, 1.0)),
        surprise,
        arm.passes,
        slower,
    )


def _seconds(world: World, arm: Arm) -> float:
    """Processor time of drawing the tokens, the best of three: the rest is the machine's."""
    times = []
    for _ in range(3):
        begun = time.process_time()
        answered(world, arm, world.tests(), SEED)
        times.append(time.process_time() - begun)
    return min(times)

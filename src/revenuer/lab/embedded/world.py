"""The setting that every countermeasure is measured in: a teacher, its proxies, students' bases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from revenuer.lab.embedded import style as wording
from revenuer.lab.embedded.network import Network, Shape
from revenuer.lab.embedded.reweighing import moved, trusted_direction
from revenuer.lab.embedded.sampling import replies
from revenuer.lab.embedded.schooling import School, copied
from revenuer.lab.embedded.style import Style
from revenuer.lab.embedded.task import Programs, programs, prompts
from revenuer.lab.embedded.training import Lessons, Recipe, train

TEACHER_SEED = 1000
PROXY_SHAPE = Shape(48, 2, 2)
"""The provider's own stand-in for a student: smaller, since it knows no student's size."""
HELD_OUT = 256
WARM = Recipe(80)
"""The proxy sees a few traces before it guides: a cold one ruins the teacher first."""
REACH = 0.01
"""Of the central difference of antidistillation sampling; the source's own."""
TESTS = 500

Make = Callable[[], Network]


@dataclass(frozen=True, slots=True)
class World:
    """What all measurements share.

    Attributes:
        school: How models were made.
        style: The teacher's.
        teacher: One member.
        bases: Where students begin, a member a seed.
        proxy: One member, warmed on traces.
        ahead: The proxy moved so that its students get worse.
        behind: The proxy moved the other way.
        seeds: Of the students.
    """

    school: School
    style: Style
    teacher: Network
    bases: Network
    proxy: Network
    ahead: Network
    behind: Network
    seeds: tuple[int, ...]

    def ask(self, given: Programs, **how: object) -> Tensor:
        """What the teacher replies, as `sampling.replies`. Shape (n, length)."""
        asked = torch.from_numpy(prompts(given, self.school.task))
        return replies(self.teacher, asked, self.school.task.reply_length, **how)[0]

    def tests(self) -> Programs:
        """Programs that nobody was taught, the same for every student."""
        rng = np.random.default_rng([TEACHER_SEED, 99])
        return programs(TESTS, self.school.task, rng)

    def restricted_tests(self) -> Programs:
        """Programs that the teacher refuses."""
        rng = np.random.default_rng([TEACHER_SEED, 98])
        return programs(TESTS // 2, self.school.task, rng, restricted=1.0)


def world(school: School, seeds: tuple[int, ...], folder: Path) -> World:
    """Make the models, or read them where they were made already.

    Args:
        school: How.
        seeds: Of the students' bases.
        folder: Where they are kept, as safetensors.
    """
    made = {name: make() for name, make in makers(school, seeds, folder).items()}
    proxy, ahead, behind = (copied(made["proxies"], [member]) for member in range(3))
    style = _style()
    return World(school, style, made["teacher"], made["bases"], proxy, ahead, behind, seeds)


def makers(school: School, seeds: tuple[int, ...], folder: Path) -> dict[str, Make]:
    """Give what makes or reads each family of models of a world: independent of one another."""
    return {
        "teacher": lambda: kept(
            folder / "teacher", school.shape, 1, lambda: school.teachers([_style()], [TEACHER_SEED])
        ),
        "bases": lambda: kept(
            folder / "bases", school.shape, len(seeds), lambda: school.bases(list(seeds))
        ),
        "proxies": lambda: kept(
            folder / "proxies", PROXY_SHAPE, 3, lambda: _proxies(school, _style())
        ),
    }


def _style() -> Style:
    return Style.drawn(np.random.default_rng([TEACHER_SEED, 0]))


def kept(file: Path, shape: Shape, members: int, make: Make) -> Network:
    """Read a network that was made before, or make and keep it."""
    place = file.with_suffix(".safetensors")
    if place.exists():
        network = Network(shape, [0] * members)
        network.load_state_dict(load_file(place))
        return network
    made = make()
    place.parent.mkdir(parents=True, exist_ok=True)
    halfway = place.with_suffix(".part")
    save_file({name: one.contiguous() for name, one in made.state_dict().items()}, halfway)
    halfway.rename(place)
    return made


def _proxies(school: School, style: Style) -> Network:
    """A warm proxy, and it moved both ways along what makes it right on held-out traces."""
    small = replace(school, shape=PROXY_SHAPE)
    proxy = small.bases([TEACHER_SEED + 1])
    rng = np.random.default_rng([TEACHER_SEED, 1])
    given = programs(HELD_OUT, school.task, rng)
    said = wording.replies(given, school.task, style, rng)
    rows = torch.from_numpy(np.concatenate([prompts(given, school.task), said], axis=1))[None]
    held_out = Lessons(rows, school.task.prompt_length)
    train(proxy, held_out, WARM, TEACHER_SEED)
    direction = trusted_direction(proxy, held_out)
    moves = (0.0, REACH, -REACH)
    each = [moved(proxy, direction, distance).state_dict() for distance in moves]
    family = Network(PROXY_SHAPE, [0, 0, 0])
    family.load_state_dict({name: torch.cat([one[name] for one in each]) for name in each[0]})
    return family

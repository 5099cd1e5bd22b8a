"""The grid: every arm against the students that have an answer to it, row by row, resumable."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from revenuer.lab.embedded import taught
from revenuer.lab.embedded.arms import ARMS, Arm, harvested
from revenuer.lab.embedded.customers import serving
from revenuer.lab.embedded.inversion import inverted
from revenuer.lab.embedded.students import ADAPTED, Harvest
from revenuer.lab.embedded.world import World

PROMPTS = 1000
"""Queries of a student that asks once."""
TIMES = 4
"""How much more often the ones that ask again do."""

ANSWERS = {
    "text": ("four-times", "inverted"),
    "tokens": ("consistent", "reweighed", "re-queried"),
    "parameters": ("de-duplicated", "four-times"),
    "mark": ("paraphrased",),
    "clean": ("four-times",),
    "comparison": ("consistent",),
}
"""What an adaptive student tries against each kind."""
FURTHER = {"reasoning-reordered": ("put-in-order",), "trace-rewritten": ("paraphrased",)}


@dataclass(frozen=True, slots=True)
class Cell:
    """One arm and one student.

    Attributes:
        arm: How the API answers.
        student: What the student does; a name.
    """

    arm: Arm
    student: str

    @property
    def key(self) -> str:
        """Its name in results."""
        return f"{self.arm.name} / {self.student}"


def cells(arms: Sequence[Arm] = ARMS) -> list[Cell]:
    """Pair every arm with its students, the passive one first."""
    return [
        Cell(arm, student)
        for arm in arms
        for student in ("passive", *ANSWERS[arm.kind], *FURTHER.get(arm.name, ()))
    ]


def measured(world: World, cell: Cell, *, count: int = PROMPTS) -> dict[str, Any]:
    """Train a student a seed in a cell and grade them.

    Returns:
        A row: arm, student, what the students reach a seed, queries, processor seconds.
    """
    begun = time.process_time()
    harvests = [_harvest(world, cell, seed, count) for seed in world.seeds]
    if cell.student == "inverted":
        harvests = inverted(world, cell.arm, harvests)
    students = taught.taught(world, harvests, reweighed=cell.student == "reweighed")
    found = taught.marks(world, students)
    return {
        "key": cell.key,
        "arm": cell.arm.name,
        "kind": cell.arm.kind,
        "student": cell.student,
        "queries": max(one.queries for one in harvests),
        "kept": [len(one.lessons) for one in harvests],
        "accuracy": found.accuracy,
        "refused": found.refused,
        "cpu_s": round(time.process_time() - begun, 1),
    }


def without_api(world: World) -> dict[str, Any]:
    """Give what a student reaches on its own worked examples, with no API at all."""
    students = taught.taught(
        world, [taught.own_harvest(world, seed, taught.OWN_EXAMPLES) for seed in world.seeds]
    )
    found = taught.marks(world, students)
    return {"key": "own examples", "accuracy": found.accuracy, "refused": found.refused}


def untaught(world: World) -> dict[str, Any]:
    """Give what the bases reach."""
    found = taught.marks(world, world.bases)
    return {"key": "base", "accuracy": found.accuracy, "refused": found.refused}


def customer(world: World, arm: Arm) -> dict[str, Any]:
    """Give what a customer gets under an arm."""
    return {"key": f"{arm.name} / customer", "arm": arm.name, **asdict(serving(world, arm))}


def _harvest(world: World, cell: Cell, seed: int, count: int) -> Harvest:
    rng = np.random.default_rng([seed, 8])
    if cell.student == "four-times":
        return harvested(world, cell.arm, seed, TIMES * count)
    if cell.student == "re-queried":
        return ADAPTED["consistent"](harvested(world, cell.arm, seed, count, times=TIMES), rng)
    harvest = harvested(world, cell.arm, seed, count)
    return ADAPTED.get(cell.student, ADAPTED["passive"])(harvest, rng)


class Rows:
    """Results in a file of JSON Lines: what is there is not measured again."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.found = {row["key"]: row for row in self._read()}

    def of(self, key: str, measure: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Give the row of a key, measured now if it is not there."""
        if key not in self.found:
            row = measure()
            self.found[key] = row
            with self.file.open("a") as end:
                end.write(json.dumps(row) + "\n")
        return self.found[key]

    def _read(self) -> Iterator[dict[str, Any]]:
        if self.file.exists():
            for line in self.file.read_text("utf-8").splitlines():
                # A line cut off by a kill is measured again.
                if line.endswith("}"):
                    yield json.loads(line)

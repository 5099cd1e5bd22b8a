"""The jobs of the bench: each a name, run in a process of its own, its rows plain data."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

from revenuer.lab.embedded import taught
from revenuer.lab.embedded.arms import ARMS, BY_NAME
from revenuer.lab.embedded.canary_trial import COPIES, canaries
from revenuer.lab.embedded.customers import serving
from revenuer.lab.embedded.grid import PROMPTS, Cell, cells, measured
from revenuer.lab.embedded.habit_trial import SHARES as HABIT_SHARES
from revenuer.lab.embedded.habit_trial import habit
from revenuer.lab.embedded.innocents import TOGETHER, innocents, micro_base, others
from revenuer.lab.embedded.logit_level import WAYS, distilled
from revenuer.lab.embedded.power import MARKS, SHARES, power
from revenuer.lab.embedded.schooling import School
from revenuer.lab.embedded.task import Task
from revenuer.lab.embedded.world import World, makers, world

FEW_PROMPTS = 250
"""Where words alone teach little: what log-probabilities are worth shows there."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured.

    Attributes:
        name: Of the folder it is kept in.
        variables: Of the task.
        seeds: Students an arm.
        prompts: Queries of a student that asks once.
        innocents: Micro-students of other teachers.
        steps: Share of the recipes' steps; below 1 models are bad, and only the way is tried.
        arms: How many arms; None for all.
        shares: Shares of marked lessons.
    """

    name: str
    variables: int = 4
    seeds: int = 3
    prompts: int = PROMPTS
    innocents: int = 200
    steps: float = 1.0
    arms: int | None = None
    shares: tuple[float, ...] = SHARES


SIZES = {
    "quick": Size("quick", 3, 2, 200, TOGETHER, 0.2, 3, (1.0, 0.0)),
    "standard": Size("standard"),
    "full": Size("full", 6, 8, 2 * PROMPTS, 1000),
}


def jobs(size: Size) -> list[tuple[str, ...]]:
    """Give the names of all jobs."""
    arms = ARMS[: size.arms]
    found: list[tuple[str, ...]] = [("students", "base"), ("students", "own examples")]
    found += [("innocents", str(first)) for first in range(0, size.innocents, TOGETHER)]
    found += [("power", mark.arm.name, str(size.shares[0]), "") for mark in MARKS]
    found += [("power", MARKS[0].arm.name, str(share), "") for share in size.shares[1:]]
    found += [("power", mark.arm.name, "1.0", "paraphrased") for mark in MARKS]
    found += [("habit", "habit", str(share), "") for share in HABIT_SHARES]
    found += [("habit", "habit", "1.0", "paraphrased")]
    found += [("canaries", str(copies)) for copies in COPIES]
    found += [("way", way.name) for way in WAYS]
    found += [("customer", arm.name) for arm in arms]
    return found + [("cell", one.arm.name, one.student) for one in cells(arms)]


def run(size: Size, folder: Path, job: tuple[str, ...]) -> dict[str, Any]:
    """Run one job.

    Returns:
        Its row: the job, what was found, processor seconds.
    """
    here = _world(size, folder)
    begun = time.process_time()
    found = _KINDS[job[0]](size, folder, here, *job[1:])
    return {"job": list(job), "found": found, "cpu_s": round(time.process_time() - begun, 1)}


def models(size: Size, folder: Path) -> dict[str, Callable[[], object]]:
    """Give what makes the models that all jobs share, the costliest first."""
    school = _school(size)
    return {
        "others": lambda: others(school, folder),
        **makers(school, tuple(range(size.seeds)), folder),
        "micro": lambda: micro_base(school, folder),
    }


def make(size: Size, folder: Path, name: str) -> tuple[str, float]:
    """Make models that are not there yet; give the processor time it took."""
    begun = time.process_time()
    models(size, folder)[name]()
    return name, time.process_time() - begun


@cache
def _world(size: Size, folder: Path) -> World:
    return world(_school(size), tuple(range(size.seeds)), folder)


def _school(size: Size) -> School:
    return School(Task(size.variables)).scaled(size.steps)


def _students(size: Size, folder: Path, here: World, which: str) -> Any:
    if which == "base":
        return asdict(taught.marks(here, here.bases))
    own = [taught.own_harvest(here, seed, taught.OWN_EXAMPLES) for seed in here.seeds]
    return asdict(taught.marks(here, taught.taught(here, own)))


def _customer(size: Size, folder: Path, here: World, arm: str) -> Any:
    return asdict(serving(here, BY_NAME[arm]))


def _cell(size: Size, folder: Path, here: World, arm: str, student: str) -> Any:
    return measured(here, Cell(BY_NAME[arm], student), count=size.prompts)


def _power(size: Size, folder: Path, here: World, name: str, share: str, how: str) -> Any:
    mark = next(one for one in MARKS if one.arm.name == name)
    return power(here, mark, float(share), size.prompts, paraphrases=bool(how))


def _habit(size: Size, folder: Path, here: World, name: str, share: str, how: str) -> Any:
    return habit(here, float(share), size.prompts, paraphrases=bool(how))


def _innocents(size: Size, folder: Path, here: World, first: str) -> Any:
    return innocents(here, others(here.school, folder), int(first), folder)


def _canaries(size: Size, folder: Path, here: World, copies: str) -> Any:
    return canaries(here, size.prompts, int(copies))


def _way(size: Size, folder: Path, here: World, name: str) -> Any:
    way = next(one for one in WAYS if one.name == name)
    students = distilled(here, way, min(FEW_PROMPTS, size.prompts))
    return asdict(taught.marks(here, students))


_KINDS = {
    "students": _students,
    "customer": _customer,
    "cell": _cell,
    "power": _power,
    "habit": _habit,
    "innocents": _innocents,
    "canaries": _canaries,
    "way": _way,
}

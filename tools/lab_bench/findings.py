"""What the bench's rows say, worked out: protection, harm, power, false accusations, effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import binom, t

from revenuer.lab.embedded.innocents import ANSWERS
from revenuer.stats.exact_rate import Rate

LEVEL = 0.01
"""The threshold fixed in advance for all tests of provenance."""


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over seeds with its 95 % interval.

    Attributes:
        value: The mean.
        low: Lower end, by Student's t.
        high: Upper end.
    """

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Mean:
        """Work it out; one value has no interval."""
        mean = float(np.mean(values))
        if len(values) < 2:
            return cls(mean, mean, mean)
        half = float(t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / len(values) ** 0.5)
        return cls(mean, max(mean - half, 0.0), min(mean + half, 1.0))

    def __str__(self) -> str:
        """Say it in per cent."""
        return f"{self.value:4.0%} ({self.low:.0%}-{self.high:.0%})"


@dataclass(frozen=True, slots=True)
class Line:
    """One arm.

    Attributes:
        arm: Its name.
        kind: Where it takes hold.
        served: What a customer gets, as `customers.Served`.
        passive: What the student who takes everything reaches.
        adaptive: Each other student, by name.
        queries: Of each student, by name.
    """

    arm: str
    kind: str
    served: dict[str, Any]
    passive: Mean
    adaptive: dict[str, Mean]
    queries: dict[str, int]

    @property
    def best(self) -> str:
        """The student who gets furthest; the passive one if no other does."""
        all_of_them = {"passive": self.passive, **self.adaptive}
        return max(all_of_them, key=lambda name: all_of_them[name].value)

    @property
    def reached(self) -> Mean:
        """What that one reaches."""
        return self.adaptive.get(self.best, self.passive)


class Findings:
    """Rows of all jobs, by job."""

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self.rows = {tuple(row["job"]): row["found"] for row in rows if row["job"][0] != "models"}
        self.cpu_s = sum(row["cpu_s"] for row in rows)

    def base(self) -> Mean:
        """What students can before they are taught."""
        return Mean.of(self.rows["students", "base"]["accuracy"])

    def own(self) -> Mean:
        """What they reach on examples of their own alone."""
        return Mean.of(self.rows["students", "own examples"]["accuracy"])

    def lines(self, kinds: dict[str, str]) -> list[Line]:
        """Give the arms that were measured, in order; `kinds` by name of arm."""
        found = []
        for arm, kind in kinds.items():
            cells = self._cells(arm)
            if ("customer", arm) not in self.rows or "passive" not in cells:
                continue
            means = {name: Mean.of(row["accuracy"]) for name, row in cells.items()}
            queries = {name: row["queries"] for name, row in cells.items()}
            served = self.rows["customer", arm]
            found.append(Line(arm, kind, served, means.pop("passive"), means, queries))
        return found

    def _cells(self, arm: str) -> dict[str, dict[str, Any]]:
        """What students reached, by name; those of marks and habits stand in their tests."""
        cells = {job[2]: row for job, row in self.rows.items() if job[:2] == ("cell", arm)}
        for student, how in (("passive", ""), ("paraphrased", "paraphrased")):
            for kind in ("power", "habit"):
                if row := self.rows.get((kind, arm, "1.0", how)):
                    cells[student] = row
        return cells

    def protection(self, reached: Mean) -> float:
        """How much of the gain that a student has of an unprotected API is kept from it."""
        clean = Mean.of(self.rows["cell", "none", "passive"]["accuracy"]).value
        base = self.base().value
        return 1 - (reached.value - base) / max(clean - base, 1e-9)

    def power(self) -> list[dict[str, Any]]:
        """Give the tests for marks, a row a mark, share and budget, over the seeds."""
        every = [one for job, row in self.rows.items() if job[0] == "power" for one in row["tests"]]
        keys = ("mark", "share", "paraphrased", "answers", "paired")
        groups: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
        for one in every:
            groups.setdefault(tuple(one[key] for key in keys), []).append(one)
        return [
            dict(zip(keys, group, strict=True))
            | {
                "found": sum(one["p"] <= LEVEL for one in found),
                "of": len(found),
                "z": float(np.mean([one["z"] for one in found])),
                "p": max(one["p"] for one in found),
            }
            for group, found in groups.items()
        ]

    def false_accusations(self, level: float) -> dict[str, Rate]:
        """Give how many innocents each test accuses, by test."""
        every = [one for job, rows in self.rows.items() if job[0] == "innocents" for one in rows]
        tests = every[0]["p"] if every else {}
        return {
            test: Rate.of(sum(one["p"][test] <= level for one in every), len(every))
            for test in tests
        }

    def habit(self) -> list[dict[str, Any]]:
        """Give how often students open as the habit has it, a row a share, reworded and budget.

        `found` counts those above what the worst innocent may do: the upper end of its exact 95 %
        interval.
        """
        above = self.habit_of_innocents().high
        found = []
        for job, row in self.rows.items():
            if job[0] != "habit":
                continue
            share, how = job[2:]
            for answers in sorted({one["answers"] for one in row["openings"]}):
                counts = [one["opened"] for one in row["openings"] if one["answers"] == answers]
                p_values = [float(binom.sf(count - 1, answers, above)) for count in counts]
                found.append(
                    {
                        "share": float(share),
                        "paraphrased": bool(how),
                        "answers": answers,
                        "rate": sum(counts) / (answers * len(counts)),
                        "found": sum(p <= LEVEL for p in p_values),
                        "of": len(counts),
                    }
                )
        return found

    def habit_of_innocents(self) -> Rate:
        """Give how often the innocent with the most of it opens as our habit has it."""
        every = [one for job, rows in self.rows.items() if job[0] == "innocents" for one in rows]
        return Rate.of(max(one["opened"] for one in every), ANSWERS)

    def innocents_solve(self) -> Mean:
        """Give how good the innocents became."""
        every = [one for job, rows in self.rows.items() if job[0] == "innocents" for one in rows]
        return Mean.of([one["accuracy"] for one in every])

    def canaries(self) -> dict[int, list[dict[str, Any]]]:
        """Give the canaries' rows, by how often each was served."""
        return {int(job[1]): rows for job, rows in self.rows.items() if job[0] == "canaries"}

    def ways(self) -> dict[str, Mean]:
        """Give what each way of distilling reaches, by name."""
        ways = {job[1]: row for job, row in self.rows.items() if job[0] == "way"}
        return {name: Mean.of(row["accuracy"]) for name, row in ways.items()}

    def refusals(self) -> Mean:
        """Give how often a student of the unprotected API still refuses."""
        return Mean.of(self.rows["cell", "none", "passive"]["refused"])

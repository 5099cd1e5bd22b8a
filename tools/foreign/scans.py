"""Scan a foreign world with the real command, and count whom it names."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from foreign.formats import SHAPES, write
from foreign.guilty import GUILTY
from foreign.log import Log
from foreign.worlds import Recipe, build


@dataclass(frozen=True)
class Group:
    """A group that a scan reported.

    Attributes:
        verdict: What the scan says of it.
        log_e_value: In nats, the least of `axes`.
        axes: The three axes.
        members: How many accounts of each kind.
    """

    verdict: str
    log_e_value: float
    axes: dict[str, float]
    members: Counter[str]

    @property
    def innocent(self) -> bool:
        """Whether most of its accounts are."""
        return sum(self.members[kind] for kind in GUILTY) * 2 < self.members.total()


@dataclass
class Scanned:
    """How one world came out.

    Attributes:
        recipe: The world.
        kinds: How many accounts of each kind it has.
        exchanges: How many it has.
        groups: What was reported.
        seconds: Wall time of the scan.
        error: What the command said where it did not end well.
    """

    recipe: Recipe
    kinds: Counter[str]
    exchanges: int
    groups: list[Group] = field(default_factory=list)
    seconds: float = 0.0
    error: str = ""

    @property
    def guilty(self) -> int:
        """Guilty accounts in the world."""
        return sum(self.kinds[kind] for kind in GUILTY)

    @property
    def guilty_convicted(self) -> int:
        """Guilty accounts in convictions."""
        return sum(self._in("convicted")[kind] for kind in GUILTY)

    def innocent(self, verdict: str) -> Counter[str]:
        """Innocent accounts in groups with a verdict, by kind."""
        found = self._in(verdict)
        return Counter({kind: n for kind, n in found.items() if kind not in GUILTY})

    def _in(self, verdict: str) -> Counter[str]:
        return sum((g.members for g in self.groups if g.verdict == verdict), Counter[str]())

    def record(self) -> str:
        """All of it as JSON."""
        return json.dumps(self, default=vars, sort_keys=True)


def scan(wanted: Recipe, folder: Path, prompts: Path | None) -> Scanned:
    """Make the world, run `revenuer scan` on it, and compare with the truth."""
    return judge(build(wanted, prompts), wanted, folder)


def judge(log: Log, wanted: Recipe, folder: Path) -> Scanned:
    """Run `revenuer scan` on a world as its recipe says, and compare with the truth."""
    args = write(log, SHAPES[wanted.shape], folder, wanted.seed)
    result = Scanned(wanted, Counter(log.kinds.values()), len(log.exchanges))
    began = time.monotonic()
    program = Path(sys.executable).with_name("revenuer")
    command = [str(program), "scan", *args, "--out", str(folder / "out")]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    result.seconds = time.monotonic() - began
    if ran.returncode:
        result.error = ran.stderr[-2000:]
    else:
        result.groups = _groups(folder / "out", log)
    return result


def _groups(out: Path, log: Log) -> list[Group]:
    """The groups of a scan, with the truth about their members."""
    found = json.loads((out / "campaigns.json").read_text())
    return [
        Group(
            one["verdict"],
            one["log_e_value"],
            one["axes"],
            Counter(log.kinds[account] for account in one["account_ids"]),
        )
        for one in found["campaigns"]
    ]

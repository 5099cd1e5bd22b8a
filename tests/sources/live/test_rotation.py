"""Whatever a rotation does, in whatever order: each record comes once."""

from __future__ import annotations

import gzip
import json
import random
import shutil
from pathlib import Path

import pytest
from taking import each_once, records

from revenuer.sources.live import files, tracked
from revenuer.sources.live.files import FileSource


class Writer:
    """A log that is written and rotated in every way there is, and a taker that is restarted."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.whim = random.Random(seed)
        self.logs, self.into = folder / "logs", folder / "into"
        self.logs.mkdir()
        self.into.mkdir()
        self.log = self.logs / "app.jsonl"
        self.number = 0
        self.turn = 0
        self.rest = b""
        self.positions: dict[str, str] = {}
        self.rows: list[str] = []
        self.done: list[str] = []
        self.source = self.open()

    def open(self, *, until_end: bool = False) -> FileSource:
        return FileSource(str(self.logs), self.positions, until_end=until_end)

    def append(self) -> None:
        step = self.whim.choice([1, 5, 60, 900])
        content = self.rest + records(self.number, self.number + step)
        self.number += step
        cut = len(content) - self.whim.choice([0, 0, 7])
        content, self.rest = content[:cut], content[cut:]
        with self.log.open("ab") as file:
            file.write(content)

    def finish_line(self) -> None:
        if self.rest:
            with self.log.open("ab") as file:
                file.write(self.rest)
            self.rest = b""

    def rename(self) -> None:
        self.finish_line()
        if self.log.exists():
            self.log.rename(self.logs / f"app-{self.turn}.jsonl")

    def rename_away(self) -> None:
        self.finish_line()
        # Under its new name it is no log: something of it must have been stored before.
        self.drain()
        if self.log.exists():
            self.log.rename(self.logs / f"app.jsonl.{self.turn}")
            self.take()

    def cut(self) -> None:
        self.finish_line()
        if self.log.exists():
            # The copy is no log by its name: it is known by what was taken of it.
            self.drain()
            self.append()
            self.finish_line()
            shutil.copy(self.log, self.logs / f"app.jsonl.c{self.turn}")
            with self.log.open("r+b") as file:
                file.truncate(0)
            self.append()
            self.finish_line()
            self.take()

    def pack(self) -> None:
        rotated = sorted(self.logs.glob("app-*.jsonl"))
        if rotated:
            path = self.whim.choice(rotated)
            packed = path.with_name(path.name + ".gz")
            packed.write_bytes(gzip.compress(path.read_bytes()))
            path.unlink()

    def take(self, *, store: bool = True) -> int:
        count = 0
        self.source._roster._next_look = 0
        for _ in range(self.whim.choice([1, 3, 50])):
            taken = self.source.take(
                self.into, most_bytes=self.whim.choice([2_000, 50_000]), wait_s=0
            )
            if taken is None:
                break
            lines = taken.path.read_bytes().splitlines()
            taken.path.unlink()
            count += len(lines)
            if store:
                self.rows += [json.loads(line)["exchange_id"] for line in lines]
                self.positions |= taken.positions
        return count

    def drain(self) -> None:
        self.source._roster._look()
        nothing = 0
        while nothing < 3:
            nothing = 0 if self.take() else nothing + 1

    def restart(self) -> None:
        if self.whim.random() < 0.5:
            # Taken and not stored, as if it had been killed there.
            self.take(store=False)
        self.source.close()
        self.source = self.open()

    def run(self, turns: int) -> None:
        steps = [self.append, self.take, self.rename, self.rename_away, self.cut, self.pack]
        for self.turn in range(turns):
            step = self.whim.choices([*steps, self.restart], [8, 8, 2, 2, 2, 2, 2])[0]
            self.done.append(step.__name__)
            step()
        self.finish_line()
        self.source.close()
        self.source = self.open(until_end=True)
        while not self.source.ended:
            self.take()
        self.source.close()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (tracked, files):
        monkeypatch.setattr(module, "STILL_S", 0.0)


SEEDS = [*range(12), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(12, 300))]


@pytest.mark.parametrize("seed", SEEDS)
def test_each_record_comes_once(tmp_path: Path, hasty: None, seed: int) -> None:
    writer = Writer(tmp_path, seed)
    writer.run(40)
    each_once(writer.rows, range(writer.number))

"""Exchanges a second and memory of a watch, each in a process of its own.

python tools/watching/rates.py FOLDER STATE     takes a folder without looking, prints JSON
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

REVENUER = (sys.executable, "-c", "from revenuer.cli import main; main()", "--quiet")
POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class Ran:
    """One process.

    Attributes:
        seconds: On the clock.
        cpu_s: Of the processor, in all threads.
        gib: Its largest resident set, as far as it was seen every tenth of a second.
        lines: What it wrote, a JSON object a line.
    """

    seconds: float
    cpu_s: float
    gib: float
    lines: tuple[dict[str, float], ...]


@dataclass(frozen=True, slots=True)
class Rate:
    """What a watch of a whole world took.

    Attributes:
        exchanges: That were taken.
        looks: That were made.
        looking_s: Seconds on the clock for all looks.
        watch: The watch.
        taking: The same batches taken and kept, without a look.
    """

    exchanges: int
    looks: int
    looking_s: float
    watch: Ran
    taking: Ran


def run(command: Sequence[str]) -> Ran:
    """Run a command to its end.

    Raises:
        CalledProcessError: It failed.
    """
    begun, peak = time.perf_counter(), 0
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, stdout=said)
        ended = 0
        while not ended:
            # Of the process itself: what the kernel tells of a child counts its parent's too.
            peak = max(peak, highest(process.pid))
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            if not ended:
                time.sleep(POLL_S)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        said.seek(0)
        lines = tuple(json.loads(line) for line in said)
    return Ran(seconds, usage.ru_utime + usage.ru_stime, peak / 2**20, lines)


def highest(pid: int) -> int:
    """The largest resident set of a running process so far, KiB; 0 if it has gone. Linux tells."""
    try:
        told = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return 0
    for line in told.splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0


def rate(world: Path, work: Path) -> Rate:
    """Watch a world, and take it without looking."""
    logs = str(world / "exchanges")
    watch = run(
        [
            *REVENUER,
            "watch",
            logs,
            *("--accounts", str(world / "accounts.parquet")),
            *("--permits", str(world / "permits.parquet")),
            *("--config", str(world / "releases.toml")),
            *("--state", str(work / "state"), "--out", str(work / "out")),
            *("--until-end", "--json"),
        ]
    )
    taking = run([sys.executable, __file__, logs, str(work / "taken")])
    taken = int(taking.lines[0]["exchanges"])
    looking_s = sum(one["seconds"] for one in watch.lines)
    return Rate(taken, len(watch.lines), looking_s, watch, taking)


def take_all(place: str, state: Path) -> int:
    """Take a whole source as a watch does, and never look; how many exchanges there were."""
    from revenuer.app.opening import Beside
    from revenuer.app.state import keeping
    from revenuer.app.watch.taking import Taker
    from revenuer.app.watch.watching import BOOKS, SEGMENTS, SPOOL
    from revenuer.settings import Settings
    from revenuer.sources import Segments
    from revenuer.sources.live import open_live
    from revenuer.store.watch_books import Books

    settings = Settings()
    state.mkdir(parents=True)
    part_s = settings.watch.look_hours * 3600
    kept = keeping(state, settings, False, folder=SEGMENTS, part_s=part_s)
    with (
        closing(Books(state / BOOKS)) as books,
        closing(Segments(kept, Beside().mapped())) as segments,
    ):
        taker = Taker(books, segments, state)
        source = open_live(place, {}, until_end=True, spool=state / SPOOL, environment={})
        with closing(source):
            while not source.ended:
                taker.take(source, place, most_bytes=int(settings.watch.batch_mb * 1e6), wait_s=0.0)
        return taker.counted.exchanges


if __name__ == "__main__":
    print(json.dumps({"exchanges": take_all(sys.argv[1], Path(sys.argv[2]))}))

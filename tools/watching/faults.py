"""Watches that are killed, filled up and fed with rubbish, held against one that is left alone."""

from __future__ import annotations

import json
import resource
import shutil
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from revenuer.features.accounts import MAY_BE_SAMPLED
from watching.poison import PLANTED, POISONS, lay_out, read_back, written
from watching.streams import Stream

DEFECT = "This is a defect"
LONGEST = 0.6
"""The latest moment of a kill, as a share of an undisturbed watch: later ones end too many."""
SIZES_MB = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32)
ORDER = ("number", "at_us", "since_us")


@dataclass(frozen=True, slots=True)
class End:
    """What a watch left behind, as far as it must be the same.

    Attributes:
        results: The bytes of `campaigns.json`, and the rows of the two tables beside it.
        looks: Number, time and beginning of every look, from the books.
        kept: What the last look left for the next, as bytes by name.
        positions: Where each source stands.
        rows: Digest of every exchange in every segment, sorted: what the state holds, once.
        counts: Rows, quarantined and late ones over all segments, and batches rejected.
    """

    results: dict[str, bytes]
    looks: tuple[tuple[int, ...], ...]
    kept: dict[str, bytes]
    positions: tuple[tuple[str, ...], ...]
    rows: tuple[int, ...]
    counts: tuple[int, ...]

    @property
    def convicted(self) -> int:
        """How many campaigns were convicted: nothing can be lost of a watch that finds nothing."""
        told = json.loads(self.results["campaigns.json"])["campaigns"]
        return sum(one["verdict"] == "convicted" for one in told)


@dataclass(frozen=True, slots=True)
class Trial:
    """One kind of fault.

    Attributes:
        fault: What was done.
        times: How often.
        rounds: How many watches went through it to their end.
        differs: What was not as in the undisturbed watch.
        notes: Where it struck, or what was said.
    """

    fault: str
    times: int
    rounds: int
    differs: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


def end_of(state: Path, out: Path, *, without: str | None = None) -> End:
    """Read what a watch left.

    Args:
        state: Of the watch.
        out: Its results.
        without: Ids of this beginning do not count in `rows`, nor does a record that is there
            twice, nor what is said of a row beside the others of its batch.
    """
    results = {"campaigns.json": (out / "campaigns.json").read_bytes()}
    for name in ("accounts.parquet", "exchanges.parquet"):
        results[name] = pl.read_parquet(out / name).write_json().encode()
    with closing(sqlite3.connect(state / "watch.sqlite")) as books:
        looks = tuple(books.execute(f"SELECT {', '.join(ORDER)} FROM looks ORDER BY number"))
        kept = dict(books.execute("SELECT name, value FROM kept"))
        positions = tuple(books.execute("SELECT * FROM positions ORDER BY source, part"))
        asked = "SELECT sum(rows), sum(quarantined), sum(late) FROM segments"
        counts = books.execute(asked).fetchone()
        names = {row[0] for row in books.execute("SELECT name FROM segments")}
    folders = {one.name for one in (state / "segments").iterdir() if one.is_dir()}
    left = {one for one in folders ^ names if not one.startswith(".")}
    assert not left, f"segments that only the disk or only the books have: {sorted(left)}"
    rejected = len(list((state / "rejected").glob("*"))) if (state / "rejected").exists() else 0
    rows = stored(state)
    if without is not None:
        rows = rows.filter(~pl.col("exchange_id").str.starts_with(without))
        rows = rows.unique("exchange_id", keep="first", maintain_order=True).drop(MAY_BE_SAMPLED)
    hashed = tuple(sorted(rows.hash_rows().to_list())) if rows.height else ()
    return End(results, looks, kept, positions, hashed, (*counts, rejected))


def stored(state: Path) -> pl.DataFrame:
    """Every row of every segment, but for the number of its line."""
    files = sorted((state / "segments").glob("[0-9]*/*.parquet"))
    frames = [pl.read_parquet(one) for one in files]
    frame = pl.concat(frames, how="diagonal_relaxed")
    lines = [name for name in frame.columns if "line" in name]
    return frame.drop(lines).select(sorted(set(frame.columns) - set(lines)))


def differing(one: End, other: End, *, parts: Sequence[str] = End.__slots__) -> tuple[str, ...]:
    """Which parts of two ends differ."""
    found = []
    for part in parts:
        here, there = getattr(one, part), getattr(other, part)
        if here == there:
            continue
        if isinstance(here, dict):
            names = here.keys() | there.keys()
            found += [name for name in sorted(names) if here.get(name) != there.get(name)]
        else:
            found.append(part)
    return tuple(found)


def to_end(stream: Stream, state: Path, out: Path) -> End:
    """Watch to the end.

    Raises:
        CalledProcessError: It failed.
    """
    subprocess.run(stream.command(state, out), check=True, stdout=subprocess.DEVNULL)
    return end_of(state, out)


# --- killed ---------------------------------------------------------------------------


def killed(
    stream: Stream, wanted: End, work: Path, *, times: int, longest_s: float, seed: int
) -> Trial:
    """Kill watches at random moments, start them again, and look at what they leave.

    A watch that comes to its end between two kills is looked at, and the next one is begun.
    """
    rng, struck = np.random.default_rng(seed), 0
    where: Counter[str] = Counter()
    differs: list[str] = []
    rounds = 0
    while struck < times:
        state, out = work / f"state-{rounds}", work / f"out-{rounds}"
        while struck < times:
            process = subprocess.Popen(stream.command(state, out), stdout=subprocess.DEVNULL)
            try:
                code = process.wait(rng.uniform(0, longest_s))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
                struck += 1
                where[moment(state, out)] += 1
                continue
            if code:
                differs.append(f"exit code {code}")
            break
        differs += differing(wanted, to_end(stream, state, out))
        rounds += 1
        shutil.rmtree(state)
        shutil.rmtree(out)
    notes = tuple(f"{count} {what}" for what, count in where.most_common())
    return Trial("kill -9", struck, rounds, tuple(sorted(set(differs))), notes)


def moment(state: Path, out: Path) -> str:
    """What a watch was doing when it was killed, from what it left."""
    segments = state / "segments"
    if not segments.exists():
        return "starting"
    if (out / ".unfinished").exists():
        return "writing results"
    if any(segments.glob(".work-*")) or any(segments.glob("*.unfinished")):
        return "keeping a batch"
    return "between, or looking"


# --- a full disk ----------------------------------------------------------------------


@contextmanager
def small_disk(folder: Path, mb: int) -> Iterator[bool]:
    """A file system of a size; False where none may be mounted."""
    folder.mkdir(parents=True)
    asked = ["mount", "-t", "tmpfs", "-o", f"size={mb}m", "tmpfs", str(folder)]
    if subprocess.run(asked, capture_output=True).returncode:
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def grow(folder: Path, mb: int) -> None:
    """Make a mounted file system larger."""
    asked = ["mount", "-o", f"remount,size={mb}m", str(folder)]
    subprocess.run(asked, check=True)


def full_disk(stream: Stream, wanted: End, work: Path, sizes_mb: Sequence[int]) -> Trial:
    """Watch on a disk that is too small, make it larger, and go on."""
    disk = work / "disk"
    said: Counter[str] = Counter()
    with small_disk(disk, sizes_mb[0]) as mounted:
        state, out = disk / "state", disk / "out"
        failed = 0
        for size in (*sizes_mb, None):
            if mounted:
                grow(disk, size or 4096)
            limit = None if mounted or size is None else size * 1_000_000
            done = _limited(stream.command(state, out), limit)
            if done.returncode == 0:
                break
            failed += 1
            said[_told(done.stderr)] += 1
        differs = list(differing(wanted, end_of(state, out))) if done.returncode == 0 else ["end"]
    if any(DEFECT in one for one in said):
        differs.append("its message")
    how = "full disk" if mounted else "files that may not grow"
    notes = tuple(f"{count} times: {what}" for what, count in said.most_common())
    return Trial(how, failed, 1, tuple(differs), notes)


def _limited(command: Sequence[str], most: int | None) -> subprocess.CompletedProcess[str]:
    """Run a command whose files may not grow beyond a size."""

    def limit() -> None:
        if most is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    return subprocess.run(command, capture_output=True, text=True, preexec_fn=limit)


def _told(text: str) -> str:
    """What a failed command said, in one line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    first = next((line for line in lines if line.startswith("Error")), lines[-1] if lines else "")
    return f"{first} {DEFECT}" if DEFECT in text else first


# --- all of it ------------------------------------------------------------------------


def poisoned(stream: Stream, clean: End, name: str, work: Path, seed: int) -> Trial:
    """Watch a stream with wrong records in it, and look for traces of them."""
    rng = np.random.default_rng(seed)
    spoiled = written(stream.world, work / "spoiled", POISONS[name](read_back(stream), rng))
    done = _limited(spoiled.command(work / "state", work / "out"), None)
    if done.returncode:
        return Trial(name, 1, 1, ("end",), (_told(done.stderr),))
    end = end_of(work / "state", work / "out", without=PLANTED)
    parts = ("results", "looks", "rows")
    wrong = f"{end.counts[1] or 0:,} rows quarantined, {end.counts[3]} batches rejected"
    differs = differing(clean, end, parts=parts)
    return Trial(name, 1, 1, differs, (wrong,))


def run_all(stream: Stream, work: Path, *, kills: int, seed: int = 0) -> tuple[list[Trial], End]:
    """Every fault, and the undisturbed watch.

    Args:
        stream: What is watched.
        work: A folder.
        kills: How often a watch is killed.
        seed: Of the moments.
    """
    begun = time.perf_counter()
    wanted = to_end(stream, work / "state", work / "out")
    took_s = time.perf_counter() - begun
    again = to_end(stream, work / "state-again", work / "out-again")
    trials = [Trial("none, a second time", 1, 1, differing(wanted, again))]
    longest_s = LONGEST * took_s
    trials.append(killed(stream, wanted, work, times=kills, longest_s=longest_s, seed=seed))
    trials.append(full_disk(stream, wanted, work, SIZES_MB))
    # Wrong records cut the batches elsewhere, so that other late ones miss a look: none is late.
    punctual = lay_out(stream.world, work / "punctual", late_share=0.0)
    to_end(punctual, work / "state-punctual", work / "out-punctual")
    clean = end_of(work / "state-punctual", work / "out-punctual", without="-")
    for number, name in enumerate(POISONS):
        trials.append(poisoned(punctual, clean, name, work / f"poison-{number}", seed))
    return trials, wanted

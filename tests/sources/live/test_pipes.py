"""Standard input and named pipes: kept on disk first, and taken from there."""

from __future__ import annotations

import os
import random
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from taking import each_once, record, records

from revenuer.sources.live import spool
from revenuer.sources.live.pipes import PipeSource

StartTaking = Callable[..., subprocess.Popen[bytes]]


class Pipe:
    """A pipe with something that writes to it and one source after another that reads it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "spool"
        self.into = folder / "into"
        self.into.mkdir()
        self.source_end, self.writer_end = os.pipe()
        self.positions: dict[str, str] = {}
        self.open_sources: list[PipeSource] = []

    def source(self) -> PipeSource:
        made = PipeSource(self.source_end, self.positions, folder=self.folder, name="stdin")
        self.open_sources.append(made)
        return made

    def take(
        self, source: PipeSource, count: int, *, most: int = 1 << 20, store: bool = True
    ) -> list[str]:
        found: list[str] = []
        deadline = time.monotonic() + 10
        while len(found) < count and not source.ended and time.monotonic() < deadline:
            taken = source.take(self.into, most_bytes=most, wait_s=0.5)
            if taken is None:
                continue
            found += [line.split(b'"')[3].decode() for line in taken.path.read_bytes().splitlines()]
            if store:
                self.positions |= taken.positions
        return found

    def write(self, content: bytes) -> None:
        while content:
            content = content[os.write(self.writer_end, content) :]


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[Pipe]:
    made = Pipe(tmp_path)
    yield made
    for source in made.open_sources:
        source.close()
    os.close(made.writer_end)
    os.close(made.source_end)


def test_what_is_written_is_given(pipe: Pipe) -> None:
    source = pipe.source()
    pipe.write(records(0, 10) + record(10)[:9])
    each_once(pipe.take(source, 10), range(10))
    assert not source.ended
    pipe.write(record(10)[9:])
    each_once(pipe.take(source, 1), range(10, 11))


def test_it_ends_with_the_writer_and_a_last_line_needs_no_newline(
    tmp_path: Path,
) -> None:
    pipe = Pipe(tmp_path)
    source = pipe.source()
    pipe.write(records(0, 4) + record(4).rstrip())
    os.close(pipe.writer_end)
    each_once(pipe.take(source, 99), range(5))
    assert source.ended
    source.close()
    os.close(pipe.source_end)


def test_what_is_in_the_spool_is_taken_first(pipe: Pipe) -> None:
    first = pipe.source()
    pipe.write(records(0, 100))
    stored = pipe.take(first, 10, most=1000)
    lost = pipe.take(first, 10, most=1000, store=False)
    assert stored
    assert lost
    first.close()
    pipe.write(records(100, 110))
    second = pipe.source()
    pipe.write(records(110, 120))
    each_once(stored + pipe.take(second, 120 - len(stored)), range(120))


def test_the_spool_is_cut_once_it_was_stored(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "PIECE_BYTES", 10_000)
    source = pipe.source()
    found = []
    for start in range(0, 3000, 100):
        pipe.write(records(start, start + 100))
        found += pipe.take(source, 100)
    each_once(found, range(3000))
    assert len(list(pipe.folder.iterdir())) > 5
    source.acknowledge()
    assert len(list(pipe.folder.iterdir())) <= 2
    source.close()
    pipe.write(records(3000, 3010))
    each_once(pipe.take(pipe.source(), 10), range(3000, 3010))


def test_lines_are_whole_where_a_file_of_the_spool_ends(
    pipe: Pipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "PIECE_BYTES", 3_000)
    whole, whim = records(0, 2000), random.Random(2)
    source = pipe.source()

    def write() -> None:
        start = 0
        while start < len(whole):
            step = whim.randrange(1, 5000)
            pipe.write(whole[start : start + step])
            start += step

    writer = threading.Thread(target=write)
    writer.start()
    each_once(pipe.take(source, 2000), range(2000))
    writer.join()


@pytest.mark.parametrize("cut", [0, 1, 20, 80, 91])
def test_a_line_that_a_kill_cut_in_two_is_one_record(pipe: Pipe, cut: int) -> None:
    first = pipe.source()
    pipe.write(records(0, 5) + record(5)[:cut])
    stored = pipe.take(first, 5)
    first.close()
    pipe.write(record(5)[cut:] + records(6, 9))
    second = pipe.source()
    each_once(stored + pipe.take(second, 4), range(9))
    assert not second.skipped


def test_half_a_line_of_one_writer_does_not_spoil_the_next_ones(pipe: Pipe) -> None:
    first = pipe.source()
    pipe.write(records(0, 5) + record(99)[:30])
    stored = pipe.take(first, 5)
    first.close()
    pipe.write(records(5, 9))
    second = pipe.source()
    each_once(stored + pipe.take(second, 4), range(9))
    assert second.skipped == {"not-one-record": 1}


def test_a_line_without_an_end_stops_nobody(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "PIECE_BYTES", 20_000)
    monkeypatch.setattr(spool, "MOST_WAITING_BYTES", 200_000)
    source = pipe.source()
    endless = records(0, 3) + b"x" * 3_000_000 + b"\n" + records(3, 6)
    writer = threading.Thread(target=pipe.write, args=(endless,))
    writer.start()
    found: list[str] = []
    for _ in range(100):
        found += pipe.take(source, 1, most=50_000)
        source.acknowledge()
        if len(found) == 6:
            break
    writer.join(5)
    each_once(found, range(6))
    assert source.skipped == {"too-long": 1}


def test_the_writer_waits_when_nobody_takes(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "PIECE_BYTES", 100_000)
    monkeypatch.setattr(spool, "MOST_WAITING_BYTES", 150_000)
    source = pipe.source()
    writer = threading.Thread(target=pipe.write, args=(records(0, 6_000),))
    writer.start()
    time.sleep(0.3)
    assert writer.is_alive()
    assert source._spool.waiting() < 150_000 + 2 * spool.CHUNK_BYTES
    found: list[str] = []
    while len(found) < 6_000:
        found += pipe.take(source, 1)
        source.acknowledge()
    writer.join(5)
    each_once(found, range(6_000))


@pytest.mark.parametrize("kills", [1, pytest.param(20, marks=pytest.mark.slow)])
def test_a_killed_process_loses_nothing_of_a_pipe_that_stays_open(
    tmp_path: Path, taking: StartTaking, kills: int
) -> None:
    reader_end, writer_end = os.pipe()
    written, stop = 0, threading.Event()

    def write() -> None:
        nonlocal written
        while not stop.is_set():
            block = records(written, written + 50)
            while block:
                block = block[os.write(writer_end, block) :]
            written += 50
            time.sleep(0.05)

    writer = threading.Thread(target=write)
    writer.start()
    whim = random.Random(3)
    for _ in range(kills):
        process = taking("-", tmp_path / "state", most_bytes=5_000, stdin=reader_end)
        time.sleep(whim.uniform(0.2, 0.7))
        process.kill()
        process.wait()
    process = taking("-", tmp_path / "state", stdin=reader_end)
    stop.set()
    writer.join()
    os.close(writer_end)
    rows = stored(tmp_path / "state", written)
    process.kill()
    os.close(reader_end)
    each_once(rows, range(written))


def stored(state: Path, count: int) -> list[str]:
    import sqlite3

    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        database = sqlite3.connect(state / "state.db")
        rows = [row[0] for row in database.execute("SELECT id FROM rows")]
        database.close()
        if len(rows) >= count:
            break
        time.sleep(0.1)
    return rows


def test_a_named_pipe_outlives_its_writers(tmp_path: Path) -> None:
    from taking import Taker

    place = tmp_path / "pipe"
    os.mkfifo(place)
    taker = Taker(str(place), tmp_path / "state")
    for start in (0, 10):
        with place.open("wb") as writer:
            writer.write(records(start, start + 10))
        taker.until(start + 10)
    each_once(taker.rows(), range(20))
    taker.close()

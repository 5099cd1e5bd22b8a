"""Files that grow, rotate, are cut, compressed and deleted while they are read."""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from taking import Taker, each_once, record, records

from revenuer.errors import NothingToReadError
from revenuer.sources.live import open_live, tracked
from revenuer.sources.live.files import FileSource
from revenuer.sources.live.roster import IDLE_A_LOOK, Roster

MakeTaker = Callable[..., Taker]
StartTaking = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    return folder


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracked, "STILL_S", 0.2)
    monkeypatch.setattr(tracked, "LAST_LINE_S", 0.4)
    monkeypatch.setattr("revenuer.sources.live.files.LAST_LINE_S", 0.4)
    monkeypatch.setattr("revenuer.sources.live.files.STILL_S", 0.2)


def append(path: Path, content: bytes) -> None:
    with path.open("ab") as file:
        file.write(content)


def test_a_growing_file_is_followed(logs: Path, taker: MakeTaker) -> None:
    log = logs / "app.jsonl"
    log.write_bytes(records(0, 10))
    watched = taker(log)
    each_once(watched.until(10), range(10))
    append(log, records(10, 15) + record(15)[:20])
    each_once(watched.until(15), range(15))
    append(log, record(15)[20:])
    each_once(watched.until(16), range(16))


def test_new_files_and_subfolders_are_seen(logs: Path, taker: MakeTaker) -> None:
    watched = taker(logs)
    assert watched.once(wait_s=0) is None
    (logs / "one.jsonl").write_bytes(records(0, 5))
    (logs / "day" / "hour").mkdir(parents=True)
    (logs / "day" / "hour" / "two.jsonl").write_bytes(records(5, 9))
    each_once(watched.until(9), range(9))


def test_names_that_are_not_logs_are_left_out(logs: Path, taker: MakeTaker) -> None:
    for name in (".hidden.jsonl", "_SUCCESS", "a.jsonl.tmp", "b.jsonl.part", "note.txt", "c.md"):
        (logs / name).write_bytes(records(0, 3))
    (logs / "d.jsonl").write_bytes(records(3, 5))
    each_once(taker(logs, until_end=True).to_end(), range(3, 5))


def test_a_glob_takes_what_it_names_and_what_appears(logs: Path, taker: MakeTaker) -> None:
    for name in ("a", "b"):
        (logs / name).mkdir()
    (logs / "a" / "x-1.log").write_bytes(records(0, 3))
    (logs / "a" / "y-1.log").write_bytes(records(100, 103))
    watched = taker(f"{logs}/*/x-*.log")
    each_once(watched.until(3), range(3))
    (logs / "b" / "x-2.log").write_bytes(records(3, 6))
    each_once(watched.until(6), range(6))


def test_a_file_may_appear_later(logs: Path, taker: MakeTaker) -> None:
    watched = taker(logs / "later.jsonl")
    assert watched.once(wait_s=0) is None
    (logs / "later.jsonl").write_bytes(records(0, 4))
    each_once(watched.until(4), range(4))


def test_a_place_without_a_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(NothingToReadError, match="does not exist"):
        open_live(str(tmp_path / "no" / "log"), {}, until_end=False, spool=tmp_path, environment={})


def test_what_was_stored_is_not_given_again(logs: Path, taker: MakeTaker) -> None:
    log = logs / "app.jsonl"
    log.write_bytes(records(0, 100))
    first = taker(log)
    first.once(most_bytes=2_000)
    assert 0 < len(first.rows()) < 100
    # Taken but not stored: the next one gives it again.
    assert first.source.take(first.into, most_bytes=2_000, wait_s=0) is not None
    append(log, records(100, 120))
    each_once(taker(log, until_end=True).to_end(), range(120))


def test_renaming_and_a_new_file_lose_nothing(logs: Path, taker: MakeTaker) -> None:
    log = logs / "app.jsonl"
    log.write_bytes(records(0, 10))
    watched = taker(log)
    watched.until(10)
    writer = log.open("ab")
    log.rename(logs / "app.jsonl.1")
    log.write_bytes(records(20, 30))
    watched.until(20)
    # Who writes keeps the old file open for a while.
    writer.write(records(10, 20))
    writer.close()
    each_once(watched.until(30), range(30))


def test_what_was_renamed_while_nobody_watched_is_read_to_its_end(
    logs: Path, taker: MakeTaker
) -> None:
    log = logs / "app.jsonl"
    log.write_bytes(records(0, 10))
    taker(logs).until(10)
    append(log, records(10, 20))
    log.rename(logs / "app.jsonl.2")
    # Rotated twice: this one was never seen under its first name.
    (logs / "app.jsonl.1").write_bytes(records(20, 30))
    log.write_bytes(records(30, 40))
    each_once(taker(logs, until_end=True).to_end(), range(40))


def test_files_that_change_names_are_not_taken_for_each_other(logs: Path, taker: MakeTaker) -> None:
    log = logs / "app.jsonl"
    log.write_bytes(records(0, 10))
    taker(logs).until(10)
    log.rename(logs / "app.jsonl.1")
    watched = taker(logs)
    watched.once(wait_s=0)
    (logs / "app.jsonl.1").rename(logs / "app.jsonl.2")
    (logs / "app.jsonl.1").write_bytes(b'{"exchange_id": "not ours"}\n' * 100)
    append(logs / "app.jsonl.2", records(10, 12))
    each_once(watched.until(12), range(12))


def test_a_file_that_was_cut_while_nobody_watched_starts_anew(logs: Path, taker: MakeTaker) -> None:
    log = logs / "app.jsonl"
    log.write_bytes(records(0, 20))
    taker(logs).until(20)
    with log.open("r+b") as file:
        file.truncate(0)
    append(log, records(20, 25))
    each_once(taker(logs, until_end=True).to_end(), range(25))


def test_a_name_may_hold_bytes_that_are_no_text(logs: Path, taker: MakeTaker) -> None:
    log = logs / os.fsdecode(b"app \xff\n.jsonl")
    log.write_bytes(records(0, 5))
    taker(logs).until(5)
    append(log, records(5, 9))
    log.rename(logs / "app.old")
    watched = taker(logs, until_end=True)
    each_once(watched.to_end(), range(9))


def test_a_file_that_is_cut_starts_anew_and_its_copy_is_finished(
    logs: Path, taker: MakeTaker
) -> None:
    log = logs / "app.jsonl"
    log.write_bytes(records(0, 10))
    watched = taker(logs)
    watched.until(10)
    append(log, records(10, 15))
    shutil.copy(log, logs / "app.jsonl.1")
    with log.open("r+b") as file:
        file.truncate(0)
    append(log, records(15, 60))
    each_once(watched.until(60), range(60))


def test_a_copy_with_a_log_name_is_known_again(
    logs: Path, taker: MakeTaker, impatient: None
) -> None:
    log = logs / "app.jsonl"
    log.write_bytes(records(0, 1500))
    watched = taker(logs)
    watched.until(1500)
    append(log, records(1500, 1510))
    shutil.copy(log, logs / "app-20261122.jsonl")
    with log.open("r+b") as file:
        file.truncate(0)
    append(log, records(1510, 1520))
    each_once(watched.until(1520), range(1520))


def test_zeros_before_what_is_written_on_at_its_old_place_are_passed_over(
    logs: Path, taker: MakeTaker
) -> None:
    log = logs / "app.jsonl"
    with log.open("wb") as writer:
        writer.write(records(0, 50))
        writer.flush()
        watched = taker(log)
        watched.until(50)
        os.truncate(log, 0)
        writer.write(records(50, 70))
    each_once(watched.until(70), range(70))


def test_a_file_that_is_compressed_after_it_was_read_is_known_again(
    logs: Path, taker: MakeTaker, impatient: None
) -> None:
    log = logs / "day1.jsonl"
    log.write_bytes(records(0, 1000))
    watched = taker(logs)
    watched.until(1000)
    whole = log.read_bytes() + records(1000, 1003)
    log.unlink()
    (logs / "day1.jsonl.gz").write_bytes(gzip.compress(whole))
    each_once(watched.until(1003), range(1003))


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_compressed_file_is_read_in_pieces_and_only_once(
    logs: Path, taker: MakeTaker, pack: Callable[[bytes], bytes]
) -> None:
    (logs / "a.jsonl.gz").write_bytes(pack(records(0, 2000)))
    first = taker(logs, until_end=True)
    for _ in range(3):
        first.once(most_bytes=5_000)
    assert 0 < len(first.rows()) < 200
    assert set(taker(logs, until_end=True).to_end(most_bytes=50_000)) == set(ids(0, 2000))
    last = taker(logs, until_end=True)
    assert last.source.ended
    each_once(last.rows(), range(2000))


def ids(start: int, stop: int) -> list[str]:
    return [f"e{number}" for number in range(start, stop)]


def test_a_compressed_file_waits_until_it_is_still(
    logs: Path, taker: MakeTaker, impatient: None
) -> None:
    whole = gzip.compress(records(0, 3000))
    log = logs / "a.jsonl.gz"
    log.write_bytes(whole[:1000])
    watched = taker(logs)
    assert watched.once(wait_s=0) is None
    append(log, whole[1000:])
    each_once(watched.until(3000), range(3000))


def test_a_damaged_compressed_file_is_counted_and_holds_up_nothing(
    logs: Path, taker: MakeTaker
) -> None:
    (logs / "a.jsonl.gz").write_bytes(gzip.compress(random.Random(0).randbytes(5000))[:2000])
    (logs / "b.jsonl").write_bytes(records(0, 5))
    watched = taker(logs, until_end=True)
    each_once(watched.to_end(), range(5))
    assert watched.source.skipped["broken-compression"] == 1


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_lines_before_a_damaged_place_come_once(
    logs: Path, taker: MakeTaker, impatient: None, pack: Callable[[bytes], bytes]
) -> None:
    noise = random.Random(0)
    lines = [
        json.dumps({"exchange_id": f"e{n}", "p": noise.randbytes(200).hex()}) for n in range(3000)
    ]
    whole = pack("".join(f"{line}\n" for line in lines).encode())
    log = logs / "a.jsonl.gz"
    log.write_bytes(whole[: len(whole) // 2])
    watched = taker(logs)
    for _ in range(10):
        watched.once(wait_s=0.1, most_bytes=100_000)
    assert len(watched.rows()) > 500
    assert watched.source.skipped["broken-compression"] == 1
    append(log, whole[len(whole) // 2 :])
    each_once(watched.until(3000), range(3000))


def parquet(path: Path, start: int, stop: int) -> None:
    pq.write_table(pa.table({"exchange_id": ids(start, stop)}), path)


def test_parquet_is_given_as_it_lies_once_its_footer_is_there(
    logs: Path, taker: MakeTaker, impatient: None
) -> None:
    parquet(logs / "a.parquet", 0, 10)
    whole = (logs / "a.parquet").read_bytes()
    (logs / "a.parquet").write_bytes(whole[:-20])
    watched = taker(logs)
    assert watched.once(wait_s=0.5) is None
    (logs / "a.parquet").write_bytes(whole)
    assert watched.until(10) == ids(0, 10)
    assert (logs / "a.parquet").exists()
    assert taker(logs, until_end=True).source.ended


def test_parquet_and_lines_do_not_mix(logs: Path, taker: MakeTaker) -> None:
    parquet(logs / "a.parquet", 0, 10)
    (logs / "b.jsonl").write_bytes(records(10, 20))
    parquet(logs / "c.parquet", 20, 30)
    each_once(taker(logs, until_end=True).to_end(), range(30))


def test_one_json_document_becomes_lines(logs: Path, taker: MakeTaker) -> None:
    document = [json.loads(record(number)) for number in range(30)]
    (logs / "a.json").write_text(json.dumps(document, indent=2))
    watched = taker(logs, until_end=True)
    each_once(watched.to_end(), range(30))
    assert taker(logs, until_end=True).source.ended


def test_records_of_two_formats_are_never_in_one_file(logs: Path, tmp_path: Path) -> None:
    message = {"type": "message", "id": "m1", "role": "assistant", "content": [], "usage": {}}
    answer = {"request": {"model": "m", "messages": []}, "response": message}
    (logs / "a.jsonl").write_text(json.dumps(answer) + "\n")
    (logs / "b.jsonl").write_bytes(records(0, 3))
    source = FileSource(str(logs), {}, until_end=True)
    into = tmp_path / "into"
    into.mkdir()
    found = []
    while (taken := source.take(into, most_bytes=1 << 20, wait_s=1)) is not None:
        found.append({b"exchange_id" in line for line in taken.path.read_bytes().splitlines()})
    assert sorted(map(len, found)) == [1, 1]
    source.close()


def test_files_are_read_by_age_then_name(logs: Path, tmp_path: Path) -> None:
    for name, start, age_s in (("b", 0, 7200), ("c", 5, 3600), ("a", 10, 0)):
        path = logs / f"{name}.jsonl"
        path.write_bytes(records(start, start + 5))
        os.utime(path, (time.time() - age_s,) * 2)
    source = FileSource(str(logs), {}, until_end=True)
    into = tmp_path / "into"
    into.mkdir()
    order = []
    while (taken := source.take(into, most_bytes=1 << 20, wait_s=1)) is not None:
        order += [json.loads(line)["exchange_id"] for line in taken.path.read_bytes().splitlines()]
    assert order == ids(0, 15)
    source.close()


def test_a_last_line_without_newline_is_taken_once_it_rests(
    logs: Path, taker: MakeTaker, impatient: None
) -> None:
    log = logs / "app.jsonl"
    log.write_bytes(records(0, 3) + record(3).rstrip())
    watched = taker(log)
    each_once(watched.until(4), range(4))
    append(log, b"\n" + records(4, 6))
    each_once(watched.until(6), range(6))


def test_half_a_last_line_is_waited_for(logs: Path, taker: MakeTaker, impatient: None) -> None:
    log = logs / "app.jsonl"
    log.write_bytes(records(0, 3) + record(3)[:30])
    watched = taker(log)
    watched.until(3)
    time.sleep(0.6)
    assert watched.once(wait_s=0.3) is None
    append(log, record(3)[30:])
    each_once(watched.until(4), range(4))


def test_until_end_is_the_end_as_it_was(logs: Path, taker: MakeTaker) -> None:
    log = logs / "app.jsonl"
    log.write_bytes(records(0, 100))
    watched = taker(logs, until_end=True)
    append(log, records(100, 200))
    (logs / "new.jsonl").write_bytes(records(200, 300))
    each_once(watched.to_end(), range(100))
    each_once(taker(logs, until_end=True).to_end(), range(300))


def test_a_line_that_is_too_long_is_counted_and_passed_over(logs: Path, taker: MakeTaker) -> None:
    long = record(99, filling=10 << 20)
    (logs / "app.jsonl").write_bytes(records(0, 5) + long + records(5, 9) + long[: 3 << 20])
    watched = taker(logs, until_end=True)
    each_once(watched.to_end(most_bytes=1 << 20), range(9))
    assert watched.source.skipped == {"too-long": 2}


def test_a_kill_inside_a_long_line_is_no_new_record(logs: Path, taker: MakeTaker) -> None:
    log = logs / "app.jsonl"
    log.write_bytes(records(0, 5) + record(99, filling=300_000)[:200_000])
    watched = taker(log)
    watched.until(5, most_bytes=50_000)
    watched.once(most_bytes=50_000, wait_s=0)
    append(log, record(99, filling=300_000)[200_000:] + records(5, 9))
    each_once(taker(log, until_end=True).to_end(most_bytes=50_000), range(9))


@pytest.mark.parametrize("poison", [b"[1, 2", b"{", b"\xff\xfe\x00", b"null", b"", b"\r"])
def test_a_first_line_that_would_spoil_the_rest_is_kept_out(
    logs: Path, taker: MakeTaker, poison: bytes
) -> None:
    log = logs / "app.jsonl"
    log.write_bytes(records(0, 2))
    watched = taker(log)
    watched.until(2)
    append(log, poison + b"\n" + records(2, 4))
    each_once(watched.until(4), range(4))
    assert watched.source.skipped.get("not-an-object", 0) == bool(poison.strip())


@given(
    cuts=st.lists(st.integers(1, 400), min_size=1, max_size=30),
    most=st.integers(120, 2_000),
    restarts=st.sets(st.integers(0, 29), max_size=5),
)
def test_any_growth_gives_each_record_once(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int], most: int, restarts: set[int]
) -> None:
    folder = tmp_path_factory.mktemp("grow")
    log, into = folder / "app.jsonl", folder / "into"
    into.mkdir()
    log.touch()
    whole, found, positions = records(0, 60), [], {}
    source = FileSource(str(log), {}, until_end=False)
    bounds = [*cuts, len(whole)]
    start = 0
    for turn, cut in enumerate(bounds):
        append(log, whole[start : start + cut])
        start += cut
        if turn in restarts:
            source.close()
            source = FileSource(str(log), positions, until_end=False)
        source._roster._next_look = 0
        while (taken := source.take(into, most_bytes=most, wait_s=0)) is not None:
            lines = taken.path.read_bytes()
            assert lines.endswith(b"\n")
            assert len(lines) <= most
            found += [json.loads(line)["exchange_id"] for line in lines.splitlines()]
            positions |= taken.positions
            taken.path.unlink()
    source.close()
    assert found == ids(0, 60)


def test_old_files_cost_nothing_to_look_at(
    logs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1000):
        path = logs / f"{number:04}.jsonl"
        path.write_bytes(record(number))
        os.utime(path, (1_700_000_000, 1_700_000_000))
    os.utime(logs, (1_700_000_000, 1_700_000_000))
    source = FileSource(str(logs), {}, until_end=False)
    into = tmp_path / "into"
    into.mkdir()
    count = 0
    while (taken := source.take(into, most_bytes=1 << 20, wait_s=0)) is not None:
        count += len(taken.path.read_bytes().splitlines())
    assert count == 1000
    asked = []
    look = tracked.Tracked.look
    monkeypatch.setattr(tracked.Tracked, "look", lambda self: asked.append(self.key) or look(self))
    source._roster._next_look = 0
    source.take(into, most_bytes=1 << 20, wait_s=0)
    assert len(asked) <= IDLE_A_LOOK
    # One that grows again is found all the same, within a round.
    append(logs / "0500.jsonl", record(2000))
    for _ in range(1000 // IDLE_A_LOOK + 1):
        source._roster._next_look = 0
        if (taken := source.take(into, most_bytes=1 << 20, wait_s=0)) is not None:
            break
    assert taken is not None
    source.close()


def open_handles() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_memory_and_handles_stay_bounded(logs: Path, tmp_path: Path) -> None:
    for number in range(600):
        (logs / f"{number:04}.jsonl").write_bytes(record(number))
    before = open_handles()
    source = FileSource(str(logs), {}, until_end=False)
    into = tmp_path / "into"
    into.mkdir()
    count = 0
    while (taken := source.take(into, most_bytes=1 << 20, wait_s=0)) is not None:
        count += len(taken.path.read_bytes().splitlines())
        assert open_handles() - before < 400
    assert count == 600
    source.close()
    assert open_handles() == before


def test_a_full_disk_loses_nothing(logs: Path, taker: MakeTaker) -> None:
    (logs / "app.jsonl").write_bytes(records(0, 50))
    watched = taker(logs)
    with pytest.raises(OSError, match="gone"):
        watched.source.take(logs.parent / "gone", most_bytes=1000, wait_s=0)
    each_once(watched.until(50), range(50))


def test_a_folder_of_our_own_inside_the_place_is_not_read(logs: Path, taker: MakeTaker) -> None:
    (logs / "app.jsonl").write_bytes(records(0, 20))
    watched = taker(logs, state="logs/state")
    each_once(watched.until(20, most_bytes=500), range(20))
    assert watched.once(wait_s=0.6) is None


@pytest.mark.parametrize("kills", [1, pytest.param(20, marks=pytest.mark.slow)])
def test_a_killed_taker_and_a_rotating_writer_lose_nothing(
    logs: Path, tmp_path: Path, taker: MakeTaker, taking: StartTaking, kills: int
) -> None:
    whim, log, number = random.Random(1), logs / "app.jsonl", 0
    for _ in range(kills):
        process = taking(logs, tmp_path / "state")
        deadline = time.monotonic() + whim.uniform(0.3, 0.9)
        while time.monotonic() < deadline:
            step = whim.randrange(1, 300)
            append(log, records(number, number + step))
            number += step
            if whim.random() < 0.1 and log.stat().st_size > 20_000:
                log.rename(logs / f"app-{number:08}.jsonl")
            time.sleep(0.005)
        process.kill()
        process.wait()
    watched = taker(logs, until_end=True)
    assert watched.rows(), "killed before anything was stored"
    each_once(watched.to_end(), range(number))


def test_the_roster_forgets_what_is_gone(logs: Path) -> None:
    (logs / "a.jsonl").write_bytes(records(0, 2))
    from revenuer.sources.live.listing import Listing

    roster = Roster(Listing(str(logs), ()), {}, until_end=False)
    assert len(roster.files) == 1
    (logs / "a.jsonl").unlink()
    roster._next_look = 0
    roster.look()
    assert not roster.files

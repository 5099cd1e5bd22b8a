"""The audit log on disk: crashes, full disks, other writers, and strangers."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from revenuer.casework.chain import Entry
from revenuer.enforcement.verdict_keys import SigningKey
from revenuer.errors import AuditError
from revenuer.store.audit_file import TORN, AuditFile

KEY = SigningKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
AT = datetime(2026, 6, 1, 12, tzinfo=UTC)


def log_at(folder: Path) -> AuditFile:
    return AuditFile(folder / "state" / "audit.jsonl", KEY.public.verifies)


def add(log: AuditFile, *kinds: str) -> list[Entry]:
    return log.append([(kind, {"n": len(kind)}) for kind in kinds], at=AT, sign=KEY.sign)


@pytest.fixture
def log(tmp_path: Path) -> AuditFile:
    found = log_at(tmp_path)
    add(found, "planned", "approved")
    add(found, "acted")
    return found


def test_what_was_added_is_there_in_order(log: AuditFile) -> None:
    assert [entry.kind for entry in log.entries()] == ["planned", "approved", "acted"]
    assert log.flaws() == []
    assert log.path.stat().st_mode & 0o077 == 0


def test_entries_are_on_the_disk_before_the_checkpoint_is(
    log: AuditFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, synced = os.fsync, []

    def fsync(file: int) -> None:
        synced.append(Path(f"/proc/self/fd/{file}").readlink().name)
        real(file)

    monkeypatch.setattr(os, "fsync", fsync)
    add(log, "undone")
    entries, draft, folder = synced
    assert (entries, folder) == (log.path.name, log.path.parent.name)
    assert draft.startswith(f".{log.checkpoint_path.name}.")


def test_no_log_is_an_empty_one(tmp_path: Path) -> None:
    assert log_at(tmp_path).entries() == []
    assert log_at(tmp_path).flaws() == []


def test_half_a_line_is_cut_off_and_said(log: AuditFile) -> None:
    whole = log.path.read_bytes()
    half = whole.splitlines(keepends=True)[0][:50]
    log.path.write_bytes(whole + half)
    assert [flaw.text for flaw in log.flaws()] == ["is not whole"]
    assert len(log.entries()) == 3
    torn, undone = add(log, "undone")
    assert (torn.kind, torn.body["bytes"]) == (TORN, 50)
    assert log.path.read_bytes().startswith(whole)
    assert undone.number == 5
    assert log.flaws() == []


@settings(max_examples=40)
@given(st.integers(0, 10_000))
def test_a_crash_at_any_byte_of_an_append_loses_nothing_before_it(
    tmp_path_factory: pytest.TempPathFactory, length: int
) -> None:
    log = log_at(tmp_path_factory.mktemp("crash"))
    add(log, "planned")
    before, point = log.path.read_bytes(), log.checkpoint_path.read_bytes()
    add(log, "approved", "acted")
    whole = log.path.read_bytes()
    # The entries are written before the checkpoint is: a crash leaves the older checkpoint.
    log.path.write_bytes(whole[: len(before) + length % (len(whole) - len(before) + 1)])
    log.checkpoint_path.write_bytes(point)
    kept = [entry.kind for entry in log.entries()]
    assert kept == ["planned", "approved", "acted"][: len(kept)]
    add(log, "undone")
    assert log.flaws() == []
    assert [e.kind for e in log.entries() if e.kind != TORN] == [*kept, "undone"]


def test_a_log_cut_at_a_line_is_noticed_by_who_reads_and_by_who_writes(log: AuditFile) -> None:
    lines = log.path.read_bytes().splitlines(keepends=True)
    log.path.write_bytes(b"".join(lines[:2]))
    with pytest.raises(AuditError, match="entry 3"):
        log.entries()
    with pytest.raises(AuditError, match="entry 3"):
        add(log, "undone")
    assert log.path.read_bytes() == b"".join(lines[:2])


def test_a_crash_at_any_write_of_the_first_entries_leaves_a_log_that_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync
    for stop in range(20):
        log, left = log_at(tmp_path / str(stop)), stop

        def fsync(file: int) -> None:
            nonlocal left
            if not left:
                raise KeyboardInterrupt
            left -= 1
            real(file)

        monkeypatch.setattr(os, "fsync", fsync)
        try:
            add(log, "planned", "approved")
        except KeyboardInterrupt:
            crashed = True
        else:
            crashed = False
        monkeypatch.setattr(os, "fsync", real)
        assert log.flaws() == []
        kept = [entry.kind for entry in log.entries()]
        assert kept in ([], ["planned", "approved"])
        add(log, "acted")
        assert [entry.kind for entry in log.entries()] == [*kept, "acted"]
        assert log.flaws() == []
        if not crashed:
            return
    raise AssertionError("it never came to an end")


@pytest.mark.parametrize("gone", ["log", "checkpoint"])
def test_a_file_that_is_gone_is_noticed(log: AuditFile, gone: str) -> None:
    (log.path if gone == "log" else log.checkpoint_path).unlink()
    with pytest.raises(AuditError, match="missing"):
        log.entries()
    with pytest.raises(AuditError, match="missing"):
        add(log, "undone")
    assert log.flaws()


def test_an_entry_of_a_stranger_is_not_read(log: AuditFile) -> None:
    stranger = SigningKey(Ed25519PrivateKey.generate())
    log.checkpoint_path.rename(log.path.with_name("kept"))
    other = AuditFile(log.path, stranger.public.verifies)
    with pytest.raises(AuditError, match="trusted key"):
        other.append([("acted", {})], at=AT, sign=stranger.sign)
    forged = json.loads(log.path.read_bytes().splitlines()[-1])
    forged["body"] = {"n": 99}
    log.path.write_bytes(log.path.read_bytes() + json.dumps(forged).encode() + b"\n")
    log.path.with_name("kept").rename(log.checkpoint_path)
    with pytest.raises(AuditError):
        log.entries()


def test_a_full_disk_leaves_the_log_as_it_was(
    log: AuditFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = log.path.read_bytes()
    real = os.pwrite

    def full(place: int, data: bytes, offset: int) -> int:
        if len(data) > 10:
            return real(place, data[:10], offset)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(OSError, match="No space"):
        add(log, "undone" * 100)
    monkeypatch.undo()
    assert log.path.read_bytes() == before
    add(log, "undone")
    assert log.flaws() == []


def _write_many(folder: Path, name: str) -> None:
    log = log_at(folder)
    for number in range(20):
        log.append([(name, {"number": number})], at=AT, sign=KEY.sign)


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    start: Any = multiprocessing.get_context("spawn")
    both = [start.Process(target=_write_many, args=(tmp_path, name)) for name in ("a", "b")]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    found = [(entry.kind, entry.body["number"]) for entry in log_at(tmp_path).entries()]
    assert [n for kind, n in found if kind == "a"] == list(range(20))
    assert [n for kind, n in found if kind == "b"] == list(range(20))
    assert log_at(tmp_path).flaws() == []

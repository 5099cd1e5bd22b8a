"""Snapshots on disk: whole or not at all, signed or not at all, and unmoved by what comes after."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from guard_builders import MADE_AT, NAMES, account, guard_of, listing, request_of
from hypothesis import given
from hypothesis import strategies as st

from revenuer.disk import put
from revenuer.enforcement.snapshot_file import SnapshotWatch, load_snapshot
from revenuer.enforcement.verdict_keys import PublicKey, SigningKey, signing_key_at
from revenuer.guard import Action, Fault, Snapshot, SnapshotFault
from revenuer.guard.layout import HEADER_BYTES, SIGNED_BYTES, Issue, Listing, write_snapshot

LISTED = {account(name): listing(Action.BLOCK) for name in "abc"}


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return signing_key_at(tmp_path_factory.mktemp("keys") / "k")[0]


def signed(
    key: SigningKey, listings: dict[bytes, Listing] | None = None, sequence: int = 1
) -> bytes:
    issue = Issue(sequence, MADE_AT, NAMES.key_id, key.public.id, key.sign)
    return write_snapshot(LISTED if listings is None else listings, issue)


def fault_of(path: Path, trusted: PublicKey, most: int = 10**6) -> Fault:
    found = load_snapshot(path, trusted, most)
    assert isinstance(found, SnapshotFault), "taken for a snapshot"
    return found.fault


def test_a_signed_file_is_read(tmp_path: Path, key: SigningKey) -> None:
    put(tmp_path / "v", signed(key))
    found = load_snapshot(tmp_path / "v", key.public)
    assert isinstance(found, Snapshot)
    assert len(found) == 3
    assert found.get(account("b")) is not None


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", Fault.TRUNCATED),
        (b"hello", Fault.FOREIGN),
        (b"\0" * 5000, Fault.FOREIGN),
    ],
)
def test_what_is_no_snapshot_is_told(
    tmp_path: Path, key: SigningKey, data: bytes, fault: Fault
) -> None:
    (tmp_path / "v").write_bytes(data)
    assert fault_of(tmp_path / "v", key.public) is fault


def test_a_missing_file_a_folder_and_a_huge_file_are_told(tmp_path: Path, key: SigningKey) -> None:
    assert fault_of(tmp_path / "none", key.public) is Fault.MISSING
    assert fault_of(tmp_path, key.public) is Fault.UNREADABLE
    (tmp_path / "v").write_bytes(signed(key))
    assert fault_of(tmp_path / "v", key.public, most=100) is Fault.TOO_LARGE


def test_a_file_signed_with_another_key_is_forged(tmp_path: Path, key: SigningKey) -> None:
    other, _ = signing_key_at(tmp_path / "other")
    (tmp_path / "v").write_bytes(signed(other))
    assert fault_of(tmp_path / "v", key.public) is Fault.FORGED
    # Naming the trusted key does not make it so.
    issue = Issue(1, MADE_AT, NAMES.key_id, key.public.id, other.sign)
    (tmp_path / "v").write_bytes(write_snapshot(LISTED, issue))
    assert fault_of(tmp_path / "v", key.public) is Fault.FORGED


@given(place=st.integers(0, 10**6), mask=st.integers(1, 255))
def test_no_byte_can_be_changed(
    tmp_path_factory: pytest.TempPathFactory, key: SigningKey, place: int, mask: int
) -> None:
    data = bytearray(signed(key))
    data[place % len(data)] ^= mask
    path = tmp_path_factory.getbasetemp() / "mutated"
    path.write_bytes(data)
    assert isinstance(load_snapshot(path, key.public), SnapshotFault)


def test_a_swapped_body_under_a_good_header_is_damaged(tmp_path: Path, key: SigningKey) -> None:
    good, other = signed(key), signed(key, {account(n): listing(Action.TAG) for n in "xyz"})
    (tmp_path / "v").write_bytes(good[:HEADER_BYTES] + other[HEADER_BYTES:])
    assert fault_of(tmp_path / "v", key.public) is Fault.DAMAGED
    (tmp_path / "v").write_bytes(good[:SIGNED_BYTES] + other[SIGNED_BYTES:])
    assert fault_of(tmp_path / "v", key.public) is Fault.FORGED


@pytest.mark.parametrize("after", [b"", b"x" * 10_000])
def test_a_file_that_is_cut_or_overwritten_in_place_changes_nothing(
    tmp_path: Path, key: SigningKey, after: bytes
) -> None:
    # A plain mapping of the file would end the process here, by SIGBUS, or change its mind.
    listings = {account(str(number)): listing(Action.BLOCK) for number in range(5000)}
    path = tmp_path / "v"
    path.write_bytes(signed(key, listings))
    found = load_snapshot(path, key.public)
    assert isinstance(found, Snapshot)
    path.write_bytes(after)
    assert all(found.get(fingerprint) for fingerprint in listings)


def test_a_watch_sees_another_file_and_only_then(tmp_path: Path, key: SigningKey) -> None:
    path = tmp_path / "v"
    watch = SnapshotWatch(path, key.public)
    assert watch.changed()
    assert isinstance(watch.take(), SnapshotFault)
    assert not watch.changed()
    put(path, signed(key))
    assert watch.changed()
    assert isinstance(watch.take(), Snapshot)
    assert not watch.changed()
    put(path, signed(key, sequence=2))
    assert watch.changed()


def test_a_broken_file_is_told_once_and_the_one_before_stays(
    tmp_path: Path, key: SigningKey
) -> None:
    path, guard = tmp_path / "v", guard_of()
    watch = SnapshotWatch(path, key.public)
    put(path, signed(key))
    assert guard.offer(watch.take(), MADE_AT) is None
    path.write_bytes(b"broken")
    assert guard.offer(watch.take(), MADE_AT) is not None
    assert not watch.changed()
    assert guard.decide(request_of()).action is Action.BLOCK


def test_readers_see_the_old_or_the_new_and_never_half(tmp_path: Path, key: SigningKey) -> None:
    path = tmp_path / "v"
    sizes = {1: 2000, 2: 1}
    files = {
        sequence: signed(
            key,
            {account(str(each)): listing(Action.BLOCK) for each in range(count)},
            sequence,
        )
        for sequence, count in sizes.items()
    }
    put(path, files[1])
    done = threading.Event()

    def swap() -> None:
        for turn in range(100):
            put(path, files[1 + turn % 2])
        done.set()

    writer = threading.Thread(target=swap)
    writer.start()
    looked = 0
    while not done.is_set() or looked < 10:
        found = load_snapshot(path, key.public)
        assert isinstance(found, Snapshot), found
        assert len(found) == sizes[found.head.sequence]
        looked += 1
    writer.join()
    assert [one.name for one in tmp_path.iterdir()] == ["v"]


def test_a_write_that_fails_leaves_what_was_there(
    tmp_path: Path, key: SigningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "v"
    put(path, signed(key))

    def full(place: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        put(path, signed(key, {}, 2))
    monkeypatch.undo()
    found = load_snapshot(path, key.public)
    assert isinstance(found, Snapshot)
    assert (len(found), [one.name for one in tmp_path.iterdir()]) == (3, ["v"])


def test_no_descriptors_are_left_open(tmp_path: Path, key: SigningKey) -> None:
    path = tmp_path / "v"
    put(path, signed(key))
    before = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
    for _ in range(20):
        load_snapshot(path, key.public)
        load_snapshot(tmp_path, key.public)
    after = len(list(Path("/proc/self/fd").iterdir())) if before else 0
    assert after <= before + 1

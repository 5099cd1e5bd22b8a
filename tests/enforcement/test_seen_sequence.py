"""The highest number of a snapshot, kept for the next run."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.enforcement.seen_sequence import SeenError, SeenSequence

SIGNER, SECRET = bytes(8), b"s" * 32


def seen_at(path: Path, signer: bytes = SIGNER, secret: bytes = SECRET) -> SeenSequence:
    return SeenSequence(path, signer, secret)


def test_nothing_was_seen_where_there_is_no_file(tmp_path: Path) -> None:
    assert seen_at(tmp_path / "seen").read() == 0


def test_the_highest_number_is_kept_and_no_lower_one(tmp_path: Path) -> None:
    seen = seen_at(tmp_path / "seen")
    for number, highest in ((5, 5), (9, 9), (7, 9), (9, 9), (1_763_800_000, 1_763_800_000)):
        seen.keep(number)
        assert seen_at(tmp_path / "seen").read() == highest
    assert [path.name for path in tmp_path.iterdir()] == ["seen"]


def test_another_signing_key_counts_anew(tmp_path: Path) -> None:
    seen_at(tmp_path / "seen").keep(9)
    other = seen_at(tmp_path / "seen", signer=b"another.")
    assert other.read() == 0
    other.keep(2)
    assert other.read() == 2


def test_who_has_another_fingerprint_key_cannot_set_a_number(tmp_path: Path) -> None:
    seen_at(tmp_path / "seen", secret=b"t" * 32).keep(2**60)
    with pytest.raises(SeenError, match="another fingerprint key"):
        seen_at(tmp_path / "seen").read()


@given(place=st.integers(0, 10**4), byte=st.integers(0, 255), cut=st.booleans())
def test_damage_shows(
    tmp_path_factory: pytest.TempPathFactory, place: int, byte: int, cut: bool
) -> None:
    path = tmp_path_factory.mktemp("seen") / "seen"
    seen = seen_at(path)
    seen.keep(12)
    whole = path.read_bytes()
    place %= len(whole) - 1
    path.write_bytes(whole[:place] if cut else whole[:place] + bytes([byte]) + whole[place + 1 :])
    same = path.read_bytes().split() == whole.split()
    if same:
        assert seen.read() == 12
    else:
        with pytest.raises(SeenError):
            seen.read()
        # A sound one takes its place, whatever the damaged one said.
        seen.keep(3)
        assert seen.read() == 3


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(SeenError, match="cannot be written"):
        seen_at(tmp_path / "nowhere" / "seen").keep(1)
    (tmp_path / "folder").mkdir()
    with pytest.raises(SeenError, match="cannot be read"):
        seen_at(tmp_path / "folder").read()


def keep_all(path: Path, numbers: range) -> None:
    for number in numbers:
        seen_at(path).keep(number)


def test_processes_that_keep_numbers_at_once_keep_the_highest(tmp_path: Path) -> None:
    path = tmp_path / "seen"
    spawn = multiprocessing.get_context("spawn")
    ranges = [range(1, 400), range(400, 0, -1), range(300, 100, -3)]
    workers = [spawn.Process(target=keep_all, args=(path, numbers)) for numbers in ranges]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
        assert worker.exitcode == 0
    assert seen_at(path).read() == 400

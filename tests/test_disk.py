"""Files that are whole or not there, and locks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from revenuer.disk import OPEN, create, locked, put, refuse_if_shared
from revenuer.errors import ConfigError


def test_what_is_put_is_there_for_its_owner_alone(tmp_path: Path) -> None:
    put(tmp_path / "secret", b"1")
    put(tmp_path / "secret", b"22")
    put(tmp_path / "told", b"3", OPEN)
    assert (tmp_path / "secret").read_bytes() == b"22"
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "told").stat().st_mode & 0o600 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret", "told"]


def test_a_full_disk_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "file", b"old")

    def full(place: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        put(tmp_path / "file", b"new")
    with pytest.raises(OSError, match="No space"):
        create(tmp_path / "other", b"new")
    monkeypatch.undo()
    assert (tmp_path / "file").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_what_is_created_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "made" / "key"
    create(path, b"first")
    with pytest.raises(FileExistsError):
        create(path, b"second")
    assert path.read_bytes() == b"first"
    assert path.parent.stat().st_mode & 0o777 == 0o700
    (tmp_path / "file").touch()
    with pytest.raises(NotADirectoryError):
        create(tmp_path / "file" / "key", b"")


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    create(tmp_path / "key", b"")
    refuse_if_shared(tmp_path / "key", "key")
    (tmp_path / "key").chmod(0o640)
    with pytest.raises(ConfigError, match="others than its owner"):
        refuse_if_shared(tmp_path / "key", "key")


@pytest.mark.parametrize("name", ["a folder", "a folder/a file", "new/a file"])
def test_one_process_works_and_another_is_kept_out_until_it_ends(tmp_path: Path, name: str) -> None:
    (tmp_path / "a folder").mkdir()
    path = tmp_path / name
    other = (
        "import sys, pathlib; from revenuer.disk import locked\n"
        "with locked(pathlib.Path(sys.argv[1])) as mine: print(mine, flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", other, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    with holder:
        assert holder.stdout.readline() == b"True\n"
        with locked(path, wait=False) as mine:
            assert not mine
        holder.kill()
        holder.wait()
        with locked(path, wait=False) as mine:
            assert mine

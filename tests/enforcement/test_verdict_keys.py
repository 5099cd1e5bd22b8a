"""Key files: made once, kept from others, never mixed up."""

from __future__ import annotations

from pathlib import Path

import pytest

from revenuer.enforcement.verdict_keys import (
    fingerprint_key_at,
    read_fingerprint_key,
    read_public_key,
    signing_key_at,
    write_fingerprint_key,
    write_public_key,
)
from revenuer.errors import ConfigError


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_key_is_made_on_first_use_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "signing.key"
    first, made = signing_key_at(path)
    again, made_again = signing_key_at(path)
    assert (made, made_again) == (True, False)
    assert again.public.id == first.public.id
    assert (mode_of(path), mode_of(path.parent)) == (0o600, 0o700)
    assert [one.name for one in path.parent.iterdir()] == ["signing.key"]


def test_two_keys_differ(tmp_path: Path) -> None:
    assert fingerprint_key_at(tmp_path / "a")[0] != fingerprint_key_at(tmp_path / "b")[0]


def test_what_one_key_signs_no_other_verifies(tmp_path: Path) -> None:
    mine, other = (signing_key_at(tmp_path / name)[0] for name in "ab")
    signature = mine.sign(b"data")
    assert mine.public.verifies(b"data", signature)
    assert not other.public.verifies(b"data", signature)
    assert not mine.public.verifies(b"datA", signature)
    assert not mine.public.verifies(b"data", bytes([signature[0] ^ 1]) + signature[1:])
    assert not mine.public.verifies(b"data", b"")


def test_the_public_key_is_read_back_and_cannot_be_replaced_by_another(tmp_path: Path) -> None:
    mine, other = (signing_key_at(tmp_path / name)[0] for name in "ab")
    path = tmp_path / "verdicts.pub"
    write_public_key(path, mine.public)
    write_public_key(path, mine.public)
    assert read_public_key(path).id == mine.public.id
    with pytest.raises(ConfigError, match="another public key"):
        write_public_key(path, other.public)
    assert read_public_key(path).id == mine.public.id


def test_the_guards_fingerprint_key_is_its_owners_only(tmp_path: Path) -> None:
    secret, _ = fingerprint_key_at(tmp_path / "a")
    write_fingerprint_key(tmp_path / "beside", secret)
    assert read_fingerprint_key(tmp_path / "beside") == secret
    assert mode_of(tmp_path / "beside") == 0o600
    with pytest.raises(ConfigError, match="another fingerprint key"):
        write_fingerprint_key(tmp_path / "beside", bytes(32))


def test_a_secret_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "signing.key"
    signing_key_at(path)
    path.chmod(0o644)
    with pytest.raises(ConfigError, match="others") as refused:
        signing_key_at(path)
    assert "chmod 600" in refused.value.hint


@pytest.mark.parametrize(
    "text", ["", "hello", "revenuer-fingerprint-key-1 zz", "revenuer-fingerprint-key-1 " + "g" * 64]
)
def test_a_file_that_is_no_key_is_refused_and_stays(tmp_path: Path, text: str) -> None:
    path = tmp_path / "some.key"
    path.write_text(text)
    path.chmod(0o600)
    for read in (signing_key_at, fingerprint_key_at, read_public_key, read_fingerprint_key):
        with pytest.raises(ConfigError, match="key"):
            read(path)
    assert path.read_text() == text


def test_kinds_of_keys_are_not_mixed_up(tmp_path: Path) -> None:
    signing_key_at(tmp_path / "s")
    fingerprint_key_at(tmp_path / "f")
    with pytest.raises(ConfigError, match="no fingerprint key"):
        read_fingerprint_key(tmp_path / "s")
    with pytest.raises(ConfigError, match="no signing key"):
        signing_key_at(tmp_path / "f")


def test_a_key_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigError, match="cannot be written"):
        signing_key_at(tmp_path / "file" / "signing.key")

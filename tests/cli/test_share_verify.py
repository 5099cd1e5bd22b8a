"""A report is verified with the public key alone, and any change of any byte shows."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from revenuer.app.sharing.custody import public_key
from revenuer.app.sharing.custody import verify as looked_at
from revenuer.casework.custody import custody_of
from revenuer.cli.exits import Exit
from revenuer.enforcement.verdict_keys import SigningKey, signing_key_at, write_public_key

NAME = "campaign--0f0f0f0f-0000-5000-8000-000000000001"


def page(share: Any, scan: Path, folder: Path, *more: str) -> None:
    ran = share("report", NAME, "--from", str(scan), "--out", str(folder / "r.html"), *more)
    assert ran.code == Exit.DONE, ran.err


@pytest.fixture
def received(share: Any, campaign_scan: Path, tmp_path: Path) -> Path:
    """What the recipient gets: the report, its manifest and the key, and no state of ours."""
    page(share, campaign_scan, tmp_path)
    got = tmp_path / "received"
    got.mkdir()
    for name in ("r.html", "r.manifest.json"):
        (got / name).write_bytes((tmp_path / name).read_bytes())
    (got / "key.pub").write_bytes((tmp_path / "state" / "audit.jsonl.pub").read_bytes())
    return got


@pytest.fixture
def verify(revenuer: Any) -> Any:
    """The command, with no folder and no keys of anybody."""
    return partial(revenuer, "share", "verify")


def test_what_was_sent_verifies_and_says_what_was_not_looked_at(
    verify: Any, received: Path, campaign_scan: Path
) -> None:
    files = [str(received / "r.manifest.json"), str(received / "r.html")]
    ran = verify(*files, "--public-key", str(received / "key.pub"))
    assert ran.code == Exit.DONE, ran.err
    assert f"{received / 'r.html'}: as it was signed" in ran.out
    assert "ties.parquet: not given, not looked at" in ran.out
    # Files of the scan may be given as well; the digits of the key do too.
    digits = public_key(str(received / "key.pub")).public.public_bytes_raw().hex()
    assert digits in (received / "r.html").read_text("utf-8")
    files.append(str(campaign_scan / "ties.parquet"))
    ran = verify(*files, "--public-key", digits, "--json")
    assert ran.code == Exit.DONE, ran.err
    told = json.loads(ran.out)
    assert [one["flaws"] for one in told["looked"]] == [[], [], []]
    assert "ties.parquet" not in told["not_given"]


def test_every_changed_byte_of_the_manifest_is_seen(received: Path) -> None:
    data = (received / "r.manifest.json").read_bytes()
    trusted = public_key(str(received / "key.pub")).verifies
    assert custody_of(data, trusted).flaws == ()
    unseen = []
    for place in range(len(data)):
        for other in (data[place] ^ 1, data[place] ^ 0x20):
            changed = data[:place] + bytes([other]) + data[place + 1 :]
            shorter = data[:place] + data[place + 1 :]
            longer = data[:place] + bytes([other]) + data[place:]
            for one in (changed, shorter, longer):
                if one != data and not custody_of(one, trusted).flaws:
                    unseen.append((place, other))
    assert unseen == []


def test_every_changed_byte_of_the_report_is_seen(received: Path) -> None:
    files = [received / "r.manifest.json", received / "r.html"]
    data = files[1].read_bytes()
    for place in {*range(0, len(data), 101), len(data) - 1}:
        files[1].write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        (flawed,) = (one for one in looked_at(files, str(received / "key.pub")).looked if one.flaws)
        assert flawed.path == files[1]
    for other in (data + b"\n", data[:-1], b""):
        files[1].write_bytes(other)
        assert not looked_at(files, str(received / "key.pub")).whole


def test_a_changed_file_ends_with_an_error(verify: Any, received: Path) -> None:
    page = received / "r.html"
    page.write_text(page.read_text("utf-8").replace("likely", "certain"), "utf-8")
    files = [str(received / "r.manifest.json"), str(page)]
    ran = verify(*files, "--public-key", str(received / "key.pub"))
    assert ran.code == Exit.ERROR
    assert f"{page}: is not the file that was signed" in ran.out
    assert "1 file of 2" in ran.err


def test_another_key_vouches_for_nothing(verify: Any, received: Path, tmp_path: Path) -> None:
    other, _ = signing_key_at(tmp_path / "other.key")
    assert isinstance(other, SigningKey)
    write_public_key(tmp_path / "other.pub", other.public)
    files = [str(received / "r.manifest.json"), str(received / "r.html")]
    ran = verify(*files, "--public-key", str(tmp_path / "other.pub"))
    assert ran.code == Exit.ERROR
    assert "line 2 is not signed with the trusted key" in ran.out
    assert "no manifest that is whole names it" in ran.out


def test_signed_lines_of_two_reports_do_not_make_a_third(
    share: Any, campaign_scan: Path, received: Path, tmp_path: Path
) -> None:
    """Each line is genuine, and the whole is not."""
    page(share, campaign_scan, tmp_path, "--as", "Another Lab")
    trusted = public_key(str(received / "key.pub")).verifies
    first, second = (
        (folder / "r.manifest.json").read_bytes().splitlines(keepends=True)
        for folder in (received, tmp_path)
    )
    for mixed in (
        [first[0], second[1], second[2]],
        [first[0], first[1], second[2]],
        [second[0], first[1], first[2]],
        [second[0], second[1], first[2]],
        [first[0], first[2], first[1]],
    ):
        assert custody_of(b"".join(mixed), trusted).flaws
    assert not custody_of(b"".join(second), trusted).flaws


def test_a_file_that_nobody_signed_is_not_vouched_for(verify: Any, received: Path) -> None:
    stray = received / "annex.html"
    stray.write_text("and also")
    files = [str(received / "r.manifest.json"), str(stray)]
    ran = verify(*files, "--public-key", str(received / "key.pub"))
    assert ran.code == Exit.ERROR
    assert "no manifest that is whole names it" in ran.out


@pytest.mark.parametrize(
    "text", [b"", b"{}\n\n\n", b"\xff\n\xff\n\xff\n", b"[" * 100_000 + b"\n\n\n"]
)
def test_what_is_no_manifest_is_said_in_words(verify: Any, received: Path, text: bytes) -> None:
    path = received / "r.manifest.json"
    path.write_bytes(text)
    ran = verify(str(path), "--public-key", str(received / "key.pub"))
    assert ran.code == Exit.ERROR
    assert "Traceback" not in ran.err


def test_without_a_manifest_there_is_nothing_to_verify(verify: Any, received: Path) -> None:
    ran = verify(str(received / "r.html"), "--public-key", str(received / "key.pub"))
    assert ran.code == Exit.ERROR
    assert "No manifest" in ran.err

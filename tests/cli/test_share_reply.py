"""Another operator's object is answered without being changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import stix2
import stix2validator

from revenuer.cli.exits import Exit
from revenuer.sharing.profile import details_of

NAME = "campaign--0f0f0f0f-0000-5000-8000-000000000001"
THEIRS = "indicator--7d1c3f7e-6a55-5c52-9b11-0c9c5b8f2a10"
SCHEMAS = Path(__file__).parents[2] / "src/revenuer/sharing/schemas"


def reply(share: Any, out: Path, *more: str, about: str = THEIRS) -> dict[str, Any]:
    ran = share("reply", about, "--out", str(out), *more)
    assert ran.code == Exit.DONE, ran.err
    text = out.read_text("utf-8")
    assert text == ran.out, "what leaves was shown"
    options = stix2validator.ValidationOptions(schema_dir=str(SCHEMAS), version="2.1")
    assert stix2validator.validate_string(text, options).is_valid
    assert len(stix2.parse(text).objects)
    said: dict[str, Any] = json.loads(text)["objects"][-1]
    return said


def test_seen_here_too_says_what_an_export_says(
    share: Any, campaign_scan: Path, tmp_path: Path
) -> None:
    out = tmp_path / "seen.json"
    said = reply(share, out, "--seen-in", NAME, "--from", str(campaign_scan), "--as", "Lab A")
    assert (said["type"], said["sighting_of_ref"]) == ("sighting", THEIRS)
    assert said["where_sighted_refs"] == [said["created_by_ref"]]
    told = details_of(said)
    assert told is not None
    assert told.accounts == "5 to 9"
    assert said["count"] == 5
    text = out.read_text("utf-8")
    assert not [word for word in ("acct-", "198.51.100.7", "64500", NAME) if word in text]


def test_the_same_sighting_is_the_same_object(
    share: Any, campaign_scan: Path, tmp_path: Path
) -> None:
    ours = ("--seen-in", NAME, "--from", str(campaign_scan))
    reply(share, tmp_path / "a.json", *ours)
    reply(share, tmp_path / "b.json", *ours)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_a_later_opinion_is_a_newer_version(share: Any, tmp_path: Path) -> None:
    first = reply(share, tmp_path / "a.json", "--opinion", "disagree", "--why", "our customer")
    second = reply(share, tmp_path / "b.json", "--opinion", "agree", "--why", "looked again")
    assert first["id"] == second["id"]
    assert second["modified"] > first["modified"]
    assert (second["opinion"], second["explanation"]) == ("agree", "looked again")
    log = (tmp_path / "state" / "audit.jsonl").read_text("utf-8")
    assert log.count('"kind":"replied"') == 2


@pytest.mark.parametrize(
    ("about", "more", "code"),
    [
        (THEIRS, (), Exit.USAGE),
        (THEIRS, ("--opinion", "agree"), Exit.USAGE),
        (THEIRS, ("--seen-in", NAME), Exit.USAGE),
        ("../../etc/passwd", ("--opinion", "agree", "--why", "w"), Exit.ERROR),
    ],
)
def test_half_a_reply_is_refused(
    share: Any, tmp_path: Path, about: str, more: tuple[str, ...], code: Exit
) -> None:
    assert share("reply", about, "--out", str(tmp_path / "x"), *more).code == code
    assert not (tmp_path / "x").exists()


def test_an_identity_cannot_be_seen(share: Any, campaign_scan: Path, tmp_path: Path) -> None:
    about = THEIRS.replace("indicator", "identity")
    ours = ("--seen-in", NAME, "--from", str(campaign_scan))
    ran = share("reply", about, "--out", str(tmp_path / "x"), *ours)
    assert (ran.code, "cannot be seen" in ran.err) == (Exit.ERROR, True)

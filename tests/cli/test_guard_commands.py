"""`verdicts` and `policy` as a person runs them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from revenuer.records import Axis, Campaign, Findings, Scanned, Verdict
from revenuer.reports.campaigns_json import to_json

Run = Callable[..., Any]

POLICY = """
[[ladder]]
action = "block"
[[limits]]
name = "all"
cohorts = ["*"]
rate = { requests_per_minute = 60, requests_burst = 1 }
"""


@pytest.fixture
def scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a scan that convicted `acct-2`; keys stay in this test's folder."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    folder = tmp_path / "scan"
    folder.mkdir()
    (folder / "campaigns.json").write_text(findings(), "utf-8")
    return folder


def findings() -> str:
    at = datetime(2026, 6, 1, tzinfo=UTC)
    campaign = Campaign(
        id="campaign--1",
        verdict=Verdict.CONVICTED,
        probability=0.95,
        log_e_value=8.0,
        axes=dict.fromkeys(Axis, 8.0),
        account_ids=("acct-2", "acct-3"),
        exchanges=1,
        tasks=1,
        output_tokens=1,
        reasoning_tokens=0,
        first_seen=at,
        last_seen=at,
        detected_at=at,
    )
    return to_json(Findings(Scanned(9, 9, 3, at, at, 0.05, "b", "c", {}, ()), (campaign,)))


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    path = tmp_path / "logs.jsonl"
    rows = [
        {
            "exchange_id": f"e{number}",
            "occurred_at": f"2026-06-01T00:00:0{number}.{number}Z",
            "account_id": f"acct-{number % 3}",
        }
        for number in range(9)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def written(tmp_path: Path, text: str = POLICY) -> Path:
    path = tmp_path / "guard.toml"
    path.write_text(text, "utf-8")
    return path


def test_verdicts_are_published_with_just_a_scan_and_a_file(
    revenuer: Run, scan: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out" / "verdicts.rvn"
    first = revenuer("verdicts", "publish", "--from", scan, "--out", out)
    assert first.code == 0
    assert "2 accounts of 1 campaign" in first.out
    assert "new secret key" in first.err
    assert str(tmp_path / "home") in first.err
    again = revenuer("verdicts", "publish", "--from", scan, "--out", out)
    assert (again.code, again.err) == (0, "")


def test_what_was_published_is_shown_and_reads_as_json(
    revenuer: Run, scan: Path, tmp_path: Path
) -> None:
    out = tmp_path / "verdicts.rvn"
    published = revenuer("verdicts", "publish", "--from", scan, "--out", out, "--json")
    told = json.loads(published.out)
    assert (told["accounts"], told["by_action"]) == (2, {"challenge": 2})
    shown = revenuer("verdicts", "show", out)
    assert shown.code == 0
    assert "2 verdicts" in shown.out
    assert "campaign--1" in shown.out
    plain = json.loads(revenuer("verdicts", "show", out, "--json").out)
    assert (plain["sequence"], plain["signed"]) == (told["sequence"], True)


def test_campaigns_come_out_as_findings_for_a_siem(revenuer: Run, scan: Path) -> None:
    printed = revenuer("verdicts", "findings", "--from", scan)
    assert printed.code == 0
    (finding,) = [json.loads(line) for line in printed.out.splitlines()]
    assert (finding["class_uid"], finding["finding_info"]["uid"]) == (2004, "campaign--1")
    assert "acct-" not in printed.out


def test_keys_lie_where_they_are_asked_for(revenuer: Run, scan: Path, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    revenuer("verdicts", "publish", "--from", scan, "--out", tmp_path / "v", "--keys", keys)
    assert sorted(file.name for file in keys.iterdir()) == [
        "fingerprint.key",
        "verdict-signing.key",
    ]
    assert not (tmp_path / "home").exists()


def test_a_policy_decides_what_is_published(revenuer: Run, scan: Path, tmp_path: Path) -> None:
    done = revenuer(
        "verdicts", "publish", "--from", scan, "--out", tmp_path / "v", "--json",
        "--policy", written(tmp_path),
    )  # fmt: skip
    assert json.loads(done.out)["by_action"] == {"block": 2}


def test_a_snapshot_that_was_tampered_with_is_an_error(
    revenuer: Run, scan: Path, tmp_path: Path
) -> None:
    out = tmp_path / "v"
    revenuer("verdicts", "publish", "--from", scan, "--out", out)
    out.write_bytes(out.read_bytes()[:-1])
    shown = revenuer("verdicts", "show", out)
    assert shown.code == 1
    assert "truncated" in shown.err


def test_a_folder_that_is_no_scan_is_told(revenuer: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = revenuer("verdicts", "publish", "--from", tmp_path / "empty", "--out", tmp_path / "v")
    assert done.code == 1
    assert "campaigns.json" in done.err
    assert not (tmp_path / "v").exists()


def test_a_sound_policy_is_said_in_words_and_in_json(revenuer: Run, tmp_path: Path) -> None:
    file = written(tmp_path)
    said = revenuer("policy", "check", file)
    assert said.code == 0
    assert "convicted: block" in said.out
    assert "limit all" in said.out
    plain = json.loads(revenuer("policy", "check", file, "--json").out)
    assert plain["ladder"] == [
        {
            "action": "block",
            "verdict": "convicted",
            "probability_at_least": 0.0,
            "nats_at_least": {},
            "methods": [],
        }
    ]
    assert plain["replayed"]["foreign"] == "throttle"
    assert plain["at_most"] == "block"


def test_everything_wrong_with_a_policy_is_told_at_once(revenuer: Run, tmp_path: Path) -> None:
    said = revenuer("policy", "check", written(tmp_path, 'mode = "on"\nstale = 3\n'))
    assert said.code == 1
    assert "mode must be one of" in said.err
    assert "did you mean stale_s?" in said.err
    assert said.out == ""


def test_a_policy_is_replayed_and_nothing_is_written(
    revenuer: Run, scan: Path, logs: Path, tmp_path: Path
) -> None:
    file = written(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    said = revenuer("policy", "replay", file, logs, "--from", scan)
    assert said.code == 0
    assert "0 accounts hit that no convicted campaign holds" in said.out
    assert "acct-2" in said.out
    plain = json.loads(revenuer("policy", "replay", file, logs, "--from", scan, "--json").out)
    assert plain["exchanges"] == 9
    assert plain["by_action"]["block"] == {"exchanges": 3, "refused": 3, "tokens": 0}
    assert [hit["action"] for hit in plain["convicted"]] == ["block"]
    assert sorted(tmp_path.rglob("*")) == before


def test_innocents_are_printed_before_the_convicted(
    revenuer: Run, scan: Path, tmp_path: Path
) -> None:
    path = tmp_path / "busy.parquet"
    pl.DataFrame(
        {
            "exchange_id": list("abcd"),
            "occurred_at": ["2026-06-01T00:00:00Z"] * 4,
            "account_id": ["acct-9", "acct-9", "acct-2", "acct-2"],
        }
    ).with_columns(pl.col("occurred_at").str.to_datetime(time_zone="UTC")).write_parquet(path)
    said = revenuer("policy", "replay", written(tmp_path), path, "--from", scan).out
    assert said.index("acct-9") < said.index("acct-2")
    assert "1 account hit that no convicted campaign holds" in said

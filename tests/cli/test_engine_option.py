"""Every command that queries a log runs its queries in the engine that it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

LINE = '{"exchange_id": "e", "occurred_at": "2026-02-23T00:00:00Z", "account_id": "a"}\n'
ASKING = {
    "scan": ["scan", "LOG", "--out", "OUT"],
    "doctor": ["doctor", "LOG"],
    "pivot": ["pivot", "a", "LOG"],
    "baseline fit": ["baseline", "fit", "LOG", "--out", "OUT"],
    "baseline check": ["baseline", "check", "FILE", "LOG"],
}
NOBODY = "clickhouse://u@127.0.0.1:1/d"
"""A server's URL at which no server is; and no server sees files."""
NOT_HERE = "does not see the files of this machine"


@pytest.fixture(params=ASKING)
def asking(request: pytest.FixtureRequest, tmp_path: Path, revenuer) -> list[str]:
    log, file = tmp_path / "log.jsonl", tmp_path / "baseline.json"
    log.write_text(LINE)
    if request.param == "baseline check":
        assert revenuer("-q", "baseline", "fit", log, "--out", file, "--rewired", "0").code == 0
    places = {"LOG": str(log), "OUT": str(tmp_path / "out"), "FILE": str(file)}
    return ["-q", *(places.get(word, word) for word in ASKING[request.param])]


def test_the_engine_that_is_named_is_the_one_that_is_asked(asking: list[str], revenuer) -> None:
    ran = revenuer(*asking, "--engine", NOBODY)
    assert ran.code == 1
    assert NOT_HERE in ran.err


def test_the_setting_names_it_too_and_the_option_wins(
    asking: list[str], revenuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVENUER_ENGINE", NOBODY)
    assert NOT_HERE in revenuer(*asking).err
    assert NOT_HERE not in revenuer(*asking, "--engine", "duckdb").err


def test_an_engine_that_is_not_there_is_an_error(asking: list[str], revenuer) -> None:
    ran = revenuer(*asking, "--engine", "abacus://x")
    assert ran.code == 1
    assert "There is no engine 'abacus://x'" in ran.err

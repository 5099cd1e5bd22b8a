"""`revenuer watch` as a person runs it: pipes, folders that grow, signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from revenuer.sources.world_files import simulate
from revenuer.worlds import WorldSpec

SPEC = WorldSpec(
    scenarios=("S1",), innocents=("N1",), accounts=200, exchanges=1_500, days=2, seed=5
)
COMMAND = [sys.executable, "-c", "from revenuer.cli import main; main()", "watch"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("piped-world")
    simulate(SPEC, folder)
    return folder


@pytest.fixture(scope="module")
def lines(world: Path) -> list[str]:
    """The world's exchanges as JSON Lines, in the order of their time."""
    rows = pl.read_parquet(world / "exchanges" / "*.parquet").sort("occurred_at")
    at = pl.col("occurred_at").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
    return rows.with_columns(at).write_ndjson().splitlines(keepends=True)


def command(folder: Path, *more: str | Path) -> list[str]:
    told = ["--state", folder / "state", "--out", folder / "out", *more]
    return [*COMMAND, *map(str, told)]


def test_a_pipe_is_watched_to_its_end(world: Path, lines: list[str], tmp_path: Path) -> None:
    accounts = ["--accounts", world / "accounts.parquet"]
    # Also without --until-end: nothing more will come once the writer is gone.
    config = tmp_path / "revenuer.toml"
    # What a writer who is gone has left is not waited for.
    config.write_text("[watch]\nwindow_s = 300\n", encoding="utf-8")
    asked = [*command(tmp_path, *accounts, "--config", config, "--json"), "-"]
    done = subprocess.run(
        asked, input="".join(lines), capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 0, done.stderr
    looks = [json.loads(line) for line in done.stdout.splitlines()]
    assert [look["look"] for look in looks] == [1, 2]
    assert looks[-1]["exchanges"] == len(lines)
    assert f"{len(lines):,} exchanges" in done.stderr
    found = json.loads((tmp_path / "out" / "campaigns.json").read_text(encoding="utf-8"))
    assert found["scanned"]["exchanges"] == len(lines)


def test_a_file_that_grows_is_watched_until_somebody_asks_to_end(
    lines: list[str], tmp_path: Path
) -> None:
    log, config = tmp_path / "logs" / "app.jsonl", tmp_path / "revenuer.toml"
    log.parent.mkdir()
    config.write_text("[watch]\nwindow_s = 1\n", encoding="utf-8")
    half = len(lines) // 3
    log.write_text("".join(lines[:half]), encoding="utf-8")
    asked = [*command(tmp_path, "--config", config), str(log.parent)]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, text=True) as process:
        time.sleep(1)
        with log.open("a", encoding="utf-8") as file:
            file.writelines(lines[half:])
        assert process.stdout is not None
        first = process.stdout.readline()
        assert "exchanges of" in first
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    # What is behind the last midnight waits in the state for whoever goes on.
    again = subprocess.run(
        [*asked, "--until-end"], capture_output=True, text=True, check=False, env={**os.environ}
    )
    assert again.returncode == 0, again.stderr
    assert f"{len(lines):,} exchanges of" in again.stdout
    assert "Taken in this run: 0 exchanges" in again.stderr


@pytest.mark.parametrize("option", ["--state", "--out"])
def test_a_watch_does_not_take_what_it_writes(tmp_path: Path, option: str) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    places = {"--state": tmp_path / "state", "--out": tmp_path / "out"} | {option: logs / "mine"}
    told = [str(part) for pair in places.items() for part in pair]
    done = subprocess.run([*COMMAND, str(logs), *told], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "lies in the logs" in done.stderr

"""`revenuer sketch` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from revenuer.cli.exits import Exit

ROW = {
    "exchange_id": "1",
    "occurred_at": "2026-06-01T00:00:00Z",
    "account_id": "a",
    "prompt": "Why does rain fall on hills?",
}


def _log(folder: Path) -> Path:
    path = folder / "log.jsonl"
    path.write_text(json.dumps(ROW) + "\n")
    return path


def test_a_key_is_made_and_a_log_sketched_with_it(revenuer, tmp_path: Path) -> None:
    key, out = tmp_path / "key", tmp_path / "told.parquet"
    made = revenuer("sketch", "--new-key", key)
    assert made.code == Exit.DONE
    name = made.out.strip()
    ran = revenuer("sketch", _log(tmp_path), "--out", out, "--key-file", key)
    assert (ran.code, ran.out.strip()) == (Exit.DONE, str(out))
    assert f"1 prompts sketched with key {name}" in ran.err
    row = pl.read_parquet(out).row(0, named=True)
    assert row["prompt"] is None
    assert row["prompt_sketch"] is not None
    assert row["sketch_key_id"] == name
    assert key.read_text().split()[2] not in made.out + made.err + ran.out + ran.err


def test_a_new_key_never_replaces_one(revenuer, tmp_path: Path) -> None:
    revenuer("sketch", "--new-key", tmp_path / "key")
    before = (tmp_path / "key").read_bytes()
    ran = revenuer("sketch", "--new-key", tmp_path / "key")
    assert ran.code == Exit.ERROR
    assert "never overwritten" in ran.err
    assert (tmp_path / "key").read_bytes() == before


def test_the_counts_come_as_json(revenuer, tmp_path: Path) -> None:
    revenuer("sketch", "--new-key", tmp_path / "key", "--key-id", "june")
    given = ["--out", tmp_path / "out", "--key-file", tmp_path / "key", "--json"]
    told = json.loads(revenuer("sketch", _log(tmp_path), *given).out)
    assert (told["exchanges"], told["prompts"], told["key_id"]) == (1, 1, "june")


def test_a_command_line_that_asks_for_nothing_is_refused(revenuer, tmp_path: Path) -> None:
    for given in ([], [_log(tmp_path)], [_log(tmp_path), "--new-key", tmp_path / "key"]):
        assert revenuer("sketch", *given).code == Exit.USAGE
    assert not (tmp_path / "key").exists()


def test_no_key_means_no_output(revenuer, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("not a key")
    given = ["--out", tmp_path / "out", "--key-file", tmp_path / "key"]
    assert revenuer("sketch", _log(tmp_path), *given).code == Exit.ERROR
    assert not (tmp_path / "out").exists()

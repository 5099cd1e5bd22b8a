"""An erasure that is killed at any step and gone on with ends as one that nobody disturbed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from revenuer.app.casebook.opening import open_casebook
from revenuer.app.sharing.matching_rows import SCHEMA, keep_matches
from revenuer.app.ties import write_parts
from revenuer.casework.roles import Actor, Role

NAME = "campaign--0f0f0f0f-0000-5000-8000-000000000001"
NOW = datetime(2026, 6, 10, tzinfo=UTC)
EVERY = "4"
"""Of so many steps one is the last: `1` is the whole, and takes minutes."""
POLICY = """
mode = "enforce"
[[ladder]]
action = "throttle"
verdict = "convicted"
[appeal]
url = "https://example.com/appeals"
"""


def logs(folder: Path) -> Path:
    """Requests of twelve accounts."""
    folder.mkdir(parents=True)
    rows = [
        {
            "exchange_id": f"exchange-{account}-{n}",
            "account_id": f"acct-{account}",
            "occurred_at": NOW + timedelta(minutes=7 * n + account),
            "model": "model-a",
            "input_tokens": 100 + n,
            "output_tokens": 200 + n,
            "status": 200,
            "prompt": f"What is {n} of {account}?",
        }
        for account in range(12)
        for n in range(20)
    ]
    pl.DataFrame(rows).write_parquet(folder / "log.parquet")
    return folder


@pytest.fixture
def world(revenuer: Any, campaign_scan: Path, tmp_path: Path) -> Path:
    """A small one of all places that may name an account."""
    there = tmp_path / "world"
    there.mkdir()
    scan = there / "scan-out"
    shutil.move(campaign_scan, scan)
    keys = ("--keys", there / "keys")
    book = ("--casebook", f"sqlite:///{there}/casebook/casebook.sqlite", *keys, "--by", "ada")
    watched = ("--state", there / "watch", "--out", there / "watched", "--until-end")
    assert revenuer("watch", logs(tmp_path / "logs"), *watched).code == 0
    snapshot = there / "guard" / "verdicts.rvn"
    (tmp_path / "guard.toml").write_text(POLICY)
    policy = ("--policy", tmp_path / "guard.toml")
    assert (
        revenuer("verdicts", "publish", "--from", scan, "--out", snapshot, *keys, *policy).code == 0
    )
    shared = ("--out", there / "bundle.json", "--state", there / "share", *keys)
    assert revenuer("share", "export", NAME, "--from", scan, *shared).code == 0
    # All others of the campaign were erased before it: what was shared is its alone.
    ties = pl.read_parquet(scan / "ties.parquet").filter(pl.col("account_id") == "acct-0")
    write_parts(scan / "ties.parquet", [ties])
    (there / "innocents.txt").write_text("acct-other\nacct-0\n")
    said = ("cluster--1", "identity--1", "device-fingerprint", "0", "campaign", NOW)
    matches = [(one, *said) for one in ("acct-0", "acct-1")]
    frame = pl.DataFrame(matches, schema=SCHEMA, orient="row")
    keep_matches(there / "intel", frame, "identity--1", ["device-fingerprint"])
    places = {"scan": scan, "watch": there / "watch", "intel": there / "intel",
              "known-innocent": there / "innocents.txt"}  # fmt: skip
    added = [word for kind, place in places.items() for word in ("--add", kind, place)]
    assert (
        revenuer("casebook", "places", *added, "--add", "scan", there / "watched", *book).code == 0
    )
    casebook = open_casebook(f"sqlite:///{there}/casebook/casebook.sqlite", there / "keys")
    with casebook.changing(Actor("ada", Role.ADMIN), NOW) as change:
        casebook.keep_names(change, ["acct-0", "acct-1"])
    casebook.database.close()
    return there


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_at_any_step_and_gone_on_with_it_ends_as_one_that_nobody_disturbed(
    world: Path, tmp_path: Path
) -> None:
    pristine, url = tmp_path / "pristine", f"sqlite:///{world}/casebook/casebook.sqlite"
    shutil.copytree(world, pristine)
    around = [
        "--casebook", url, "--keys", str(world / "keys"), "--by", "ada",
        "--snapshot", str(world / "guard" / "verdicts.rvn"), "--share-state", str(world / "share"),
    ]  # fmt: skip
    first = ["casebook", "erase", "acct-0", "--why", "request 9", "--let-go", *around]
    more = ["casebook", "erase", "--go-on", *around]
    script = Path(__file__).with_name("killed_erasure.py")
    command = [sys.executable, str(script), str(pristine), str(world), url, EVERY]
    with (tmp_path / "said").open("w") as said:
        ran = subprocess.run(
            [*command, json.dumps(first), json.dumps(more)],
            stdout=said,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ran.returncode == 0, ran.stderr
    lines = [line for line in (tmp_path / "said").read_text().splitlines() if line.startswith("[")]
    (_, _, undisturbed), *killed = map(json.loads, lines)
    kinds = {one[0] for one in undisturbed["done"]}
    assert kinds == {"shared", "scan", "watch", "intel", "known-innocent"}
    assert undisturbed["state"] == "done"
    assert undisturbed["named"] == []
    assert undisturbed["flaws"] == []
    assert undisturbed["tombstones"] == 2
    assert len(killed) > 20 // int(EVERY)
    for step, code, left in killed:
        assert code == -9, (step, code, left)
        assert left == undisturbed, step

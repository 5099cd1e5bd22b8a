"""`revenuer baseline` as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl

from revenuer.app.simulation import simulate
from revenuer.worlds import WorldSpec


def names_nobody(file: Path, world: Path) -> None:
    """An erasure need not reach a baseline: no account, session, address or device is in it."""
    said = file.read_text()
    rows = pl.concat(
        [
            pl.read_parquet(world / "exchanges" / "*.parquet").select(pl.col(pl.String)).unpivot(),
            pl.read_parquet(world / "accounts.parquet").select(pl.col(pl.String)).unpivot(),
        ]
    )
    personal = pl.col("variable").str.contains("_id$|_ip$|fingerprint$|email|prompt$|response$")
    values = rows.filter(personal).drop_nulls()["value"].unique()
    long = {one for one in values if len(one) >= 7}
    assert len(long) > 1000
    assert not [one for one in long if one in said]


def test_fit_show_check(revenuer, tmp_path: Path) -> None:
    world, file = tmp_path / "world", tmp_path / "baseline.json"
    spec = WorldSpec(scenarios=(), innocents=("N1",), accounts=330, exchanges=3000, days=8, seed=1)
    simulate(spec, out=world)
    logs = [world / "exchanges", "--accounts", world / "accounts.parquet"]
    ran = revenuer("-q", "baseline", "fit", *logs, "--out", file, "--rewired", "1")
    assert ran.code == 0
    assert "The baseline holds" in ran.out
    names_nobody(file, world)
    shown = revenuer("baseline", "show", file, "--json")
    told = json.loads(shown.out)
    assert told["holds"] is True
    assert told["cohorts"]["everyone"]["accounts"] > 200
    assert revenuer("-q", "baseline", "check", file, *logs).code == 0
    assert revenuer("baseline", "check", file).code == 0
    # What was read from text is no measure of what was not.
    other = revenuer("-q", "baseline", "check", file, *logs, "--content-free", "--json")
    assert isinstance(json.loads(other.out)["holds"], bool)


def test_a_baseline_that_never_held_exits_with_four(revenuer, tmp_path: Path) -> None:
    world, file = tmp_path / "world", tmp_path / "baseline.json"
    spec = WorldSpec(scenarios=(), innocents=("N1",), accounts=60, exchanges=900, days=4, seed=1)
    simulate(spec, out=world)
    ran = revenuer("-q", "baseline", "fit", world / "exchanges", "--out", file, "--rewired", "0")
    assert ran.code == 0
    assert "Nothing is convicted by this baseline: size" in ran.out
    checked = revenuer("baseline", "check", file)
    assert checked.code == 4
    assert "longer window" in checked.out


def test_a_baseline_that_is_none(revenuer, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text("{}")
    ran = revenuer("baseline", "show", file)
    assert ran.code == 1
    assert "not a baseline" in ran.err

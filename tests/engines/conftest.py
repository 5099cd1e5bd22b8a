"""Real engines, one world, and DuckDB's answers to hold theirs against."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
import pyarrow as pa
import pytest

from revenuer.app.baseline import check_against, fit_baseline
from revenuer.app.doctor import doctor
from revenuer.app.opening import open_with
from revenuer.app.pivot import pivot
from revenuer.app.progress import Silent
from revenuer.app.scan import scan
from revenuer.app.sharing.intel import CLEAR, MATCHES
from revenuer.app.simulation import simulate
from revenuer.sources import DuckDBEngine, EngineMaker, Logs, OtherEngine
from revenuer.sources.columns import SHAPES
from revenuer.worlds import WorldSpec

from .queries import odd_log, queries, tables_in

NEAR = 1e-9
"""How far a number may be off, as a share of it: engines add up in other orders."""


@dataclass(frozen=True)
class World:
    """A simulated world on disk, and DuckDB's scan of it."""

    folder: Path
    scanned: Path

    @property
    def exchanges(self) -> list[str]:
        return [str(self.folder / "exchanges")]

    @property
    def others(self) -> dict[str, str]:
        names = ("accounts", "permits", "account_links")
        return {name: str(self.folder / f"{name}.parquet") for name in names}


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    spec = WorldSpec(
        scenarios=("S4",), innocents=("N1",), accounts=500, exchanges=8000, days=10, seed=3
    )
    simulate(spec, out=folder)
    made = World(folder, folder / "scanned")
    outcome = scan(made.exchanges, **made.others, out=made.scanned)
    assert any(campaign.verdict == "convicted" for campaign in outcome.findings.campaigns)
    return made


@pytest.fixture
def same_findings(world: World, tmp_path: Path) -> Callable[..., None]:
    """Scan with another engine, and hold every result against DuckDB's."""

    def check(engine: EngineMaker, exchanges: list[str] | None = None, **others: Any) -> None:
        out = tmp_path / "scanned"
        scan(exchanges or world.exchanges, **(others or world.others), out=out, engine=engine)
        assert differences(document(world.scanned), document(out)) == []
        for name in ("accounts.parquet", "exchanges.parquet"):
            wanted, got = pl.read_parquet(world.scanned / name), pl.read_parquet(out / name)
            assert differences(wanted.to_dicts(), got.to_dicts()) == []

    return check


@pytest.fixture(scope="session")
def intel(world: World) -> Path:
    """Accepted intelligence that names what the campaign has, in the clear and asked privately."""
    found = document(world.scanned)["campaigns"]
    members = next(one for one in found if one["verdict"] == "convicted")["account_ids"]
    ties = pl.read_parquet(world.scanned / "ties.parquet").filter(
        pl.col("account_id").is_in(members)
    )
    named = ties.filter(pl.col("kind").is_in(["asn", "tls-fingerprint", "user-agent", "address"]))
    folder = world.folder / "intel"
    folder.mkdir()
    never = pl.lit(None, pl.Datetime("us", "UTC"))
    named.select(
        "kind", "value", cluster=pl.lit("cluster--1"), source=pl.lit("identity--1"),
        since=never, until=never,
    ).unique().write_parquet(folder / CLEAR)  # fmt: skip
    cards = ties.filter(kind="payment-fingerprint").select("account_id", value="value")
    controls = pl.read_parquet(world.scanned / "controls.parquet")
    controls = controls.filter(kind="payment-fingerprint").select("account_id", "value")
    asked = pl.concat(
        [
            cards.with_columns(cluster=pl.lit("cluster--1"), role=pl.lit("campaign")),
            controls.with_columns(cluster=pl.lit(None, pl.String), role=pl.lit("control")),
        ]
    )
    asked.select(
        "account_id", "cluster", source=pl.lit("identity--1"), kind=pl.lit("payment-fingerprint"),
        unit=pl.col("value").rank("dense").cast(pl.String), role="role",
    ).write_parquet(folder / MATCHES)  # fmt: skip
    return folder


@pytest.fixture
def same_with_peers(world: World, intel: Path, tmp_path: Path) -> Callable[[EngineMaker], None]:
    """Scan and watch with an engine and with peers heard; hold both against DuckDB's."""

    def check(engine: EngineMaker) -> None:
        told = {}
        for name, make in (("duckdb", None), ("other", engine)):
            out = tmp_path / name
            scan(world.exchanges, **world.others, out=out, engine=make, intel=intel)
            told[name] = document(out)
            ties = [pl.read_parquet(tmp_path / name / file) for file in TIED_FILES]
            told[f"{name}-ties"] = [one.sort(pl.all()).to_dicts() for one in ties]
        assert differences(told["duckdb"], told["other"]) == []
        assert differences(told["duckdb-ties"], told["other-ties"]) == []
        heard = [
            piece["statement"]
            for one in told["other"]["campaigns"]
            for piece in one["evidence"]
            if piece["kind"] == "peer-sighting"
        ]
        assert any("payment-fingerprint" in one for one in heard)
        assert any("2 sightings" in one for one in heard)

    return check


TIED_FILES = ("ties.parquet", "controls.parquet")


@dataclass(frozen=True)
class Asked:
    """What the commands beside `scan` say of a world."""

    doctor: Any
    pivot: Any
    baseline: Any
    checks: Any


def asked(world: World, engine: EngineMaker | None, folder: Path) -> Asked:
    """Ask every command that queries a log, with an engine."""
    file = folder / "baseline.json"
    member = json.loads((world.scanned / "campaigns.json").read_text())["campaigns"][0]
    target = member["account_ids"][0]

    def opened(work: Path) -> Logs:
        return open_with(
            world.exchanges, **world.others, engine=engine, workdir=work, progress=Silent()
        )

    fit_baseline(opened, out=file, worlds=1)
    return Asked(
        doctor=_exact(_plain(doctor(world.exchanges, **world.others, engine=engine))),
        pivot=_plain(pivot(target, exchanges=world.exchanges, **world.others, engine=engine)),
        baseline=json.loads(file.read_text()),
        checks=_plain(check_against(file, opened)),
    )


def _plain(told: object) -> Any:
    return json.loads(msgspec.json.encode(told))


def _exact(told: Any) -> Any:
    """A doctor's word but for the counts that each engine estimates in its own way."""
    for column in told["columns"]:
        table, name = column["column"].split(".")
        kind = SHAPES[table].schema.field(name).type
        if pa.types.is_timestamp(kind) or pa.types.is_binary(kind):
            column["distinct"] = column["distinct"] > 0
    return told


@pytest.fixture(scope="session")
def wanted_of_commands(world: World, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """What the commands beside `scan` say with DuckDB."""
    return asked(world, None, tmp_path_factory.mktemp("commands"))


def document(scanned: Path) -> Any:
    """What a scan says of its campaigns."""
    return json.loads((scanned / "campaigns.json").read_text())


def differences(wanted: object, got: object, where: str = "") -> list[str]:
    """Where two documents differ; numbers may by `NEAR`."""
    if isinstance(wanted, dict) and isinstance(got, dict) and wanted.keys() == got.keys():
        pairs = [(f"{where}.{key}", value, got[key]) for key, value in wanted.items()]
        return [found for at, a, b in pairs for found in differences(a, b, at)]
    if isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        both = enumerate(zip(wanted, got, strict=True))
        return [found for at, (a, b) in both for found in differences(a, b, f"{where}[{at}]")]
    if isinstance(wanted, float) and isinstance(got, float):
        same = math.isclose(wanted, got, rel_tol=NEAR, abs_tol=NEAR)
        same = same or (math.isnan(wanted) and math.isnan(got))
    else:
        same = wanted == got
    return [] if same else [f"{where}: {wanted!r} {got!r}"]


def same_rows(wanted: pl.DataFrame, got: pl.DataFrame) -> list[str]:
    """Where two answers differ, in any order of rows."""
    assert got.schema == wanted.schema
    by = [name for name, kind in wanted.schema.items() if not (kind.is_float() or kind.is_nested())]
    return differences(wanted.sort(by).to_dicts(), got.sort(by).to_dicts())


@pytest.fixture(scope="session")
def wanted_answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """DuckDB's answers to every query of a scan, on a log of oddities."""
    with closing(DuckDBEngine(tmp_path_factory.mktemp("spill"))) as engine:
        asked = queries(tables_in(engine, odd_log()), engine)
        return {name: engine.fetch(expr) for name, expr in asked.items()}


def same_answers(engine: OtherEngine, wanted: dict[str, pl.DataFrame]) -> list[str]:
    """Where an engine's answers to every query differ from DuckDB's."""
    asked = queries(tables_in(engine, odd_log()), engine)
    return [
        f"{name}: {found}"
        for name, expr in asked.items()
        for found in same_rows(wanted[name], engine.fetch(expr))[:3]
    ]

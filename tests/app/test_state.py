"""A scan that is stopped goes on where it was, and comes out as if it had not been."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ibis.expr.types as ir
import polars as pl
import pytest

from revenuer.app.progress import Advance
from revenuer.app.scan import scan
from revenuer.app.state import finish, hold
from revenuer.errors import ConfigError
from revenuer.sources import DuckDBEngine
from revenuer.sources.world_files import simulate
from revenuer.worlds import WorldSpec

SPEC = WorldSpec(scenarios=("S1", "S4"), innocents=("N1",), accounts=300, exchanges=6_000, seed=3)
FILES = ("campaigns.json", "report.html")
TABLES = ("accounts.parquet", "exchanges.parquet")


class StopsAt:
    """Progress that interrupts the work at the end of a stage's first step."""

    def __init__(self, stage: str) -> None:
        self.stage_of_end = stage

    @contextmanager
    def stage(self, name: str, total: int | None) -> Iterator[Advance]:
        def advance(done: int) -> None:
            if name.startswith(self.stage_of_end):
                raise KeyboardInterrupt

        yield advance


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("state-world")
    simulate(SPEC, folder)
    return folder


@pytest.fixture(scope="module")
def plain(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("plain") / "out"
    scan([str(world / "exchanges")], accounts=str(world / "accounts.parquet"), out=out)
    return out


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What DuckDB is asked, query by query."""
    queries = []
    fetch = DuckDBEngine.fetch

    def counted(self: DuckDBEngine, expr: ir.Table) -> pl.DataFrame:
        queries.append(str(expr.columns))
        return fetch(self, expr)

    monkeypatch.setattr(DuckDBEngine, "fetch", counted)
    return queries


def scan_again(world: Path, out: Path, **more: object) -> None:
    place = str(world / "exchanges")
    scan([place], accounts=str(world / "accounts.parquet"), out=out, **more)  # type: ignore[arg-type]


def assert_same(one: Path, other: Path) -> None:
    for name in FILES:
        assert (one / name).read_bytes() == (other / name).read_bytes()
    for name in TABLES:
        assert pl.read_parquet(one / name).equals(pl.read_parquet(other / name))


STAGES = ["reading", "shared", "prompts", "words", "content", "links", "exchanges: the candidates"]


@pytest.mark.parametrize("stage", STAGES)
def test_a_stopped_scan_comes_out_as_if_it_had_not_been(
    stage: str, world: Path, plain: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    with pytest.raises(KeyboardInterrupt):
        scan_again(world, tmp_path / "out", state=state, progress=StopsAt(stage))
    scan_again(world, tmp_path / "out", state=state)
    assert_same(tmp_path / "out", plain)


def test_what_was_answered_is_not_asked_again(
    world: Path, plain: Path, tmp_path: Path, asked: list[str]
) -> None:
    state = tmp_path / "state"
    scan_again(world, tmp_path / "first", state=state)
    first = len(asked)
    scan_again(world, tmp_path / "second", state=state)
    assert first > 20
    assert len(asked) == first
    assert_same(tmp_path / "second", plain)


def test_other_settings_or_logs_are_asked_anew(
    world: Path, tmp_path: Path, asked: list[str]
) -> None:
    state = tmp_path / "state"
    scan_again(world, tmp_path / "first", state=state)
    first = len(asked)
    scan_again(world, tmp_path / "second", state=state, content_free=True)
    assert len(asked) > first + 20
    second = len(asked)
    part = next((world / "exchanges").glob("*.parquet"))
    part.touch()
    scan_again(world, tmp_path / "third", state=state)
    assert len(asked) >= second + first


def test_nobody_else_may_read_the_state(world: Path, tmp_path: Path) -> None:
    scan_again(world, tmp_path / "out", state=tmp_path / "state")
    state = tmp_path / "state"
    folders = [state, *(one for one in state.rglob("*") if one.is_dir())]
    assert {one.name for one in folders} >= {"state", "files", "scans", "answers"}
    assert all(one.stat().st_mode & 0o077 == 0 for one in folders)


def test_another_scan_is_kept_out(world: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    with hold(state), pytest.raises(ConfigError, match="another scan works"):
        scan_again(world, tmp_path / "out", state=state)
    scan_again(world, tmp_path / "out", state=state)


def test_what_finished_scans_asked_goes_and_what_stopped_ones_asked_stays(tmp_path: Path) -> None:
    first, stopped, second = (tmp_path / name for name in ("first", "stopped", "second"))
    for folder in (first, stopped, second):
        (folder / "answers").mkdir(parents=True)
    finish(first)
    assert first.exists()
    finish(second)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["second", "stopped"]


def test_a_state_among_the_logs_is_refused(world: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="lies in the logs"):
        scan_again(world, tmp_path / "out", state=world / "exchanges" / "state")


def test_a_stream_cannot_be_gone_on_with(world: Path, tmp_path: Path) -> None:
    pipe = str(tmp_path / "pipe.jsonl")
    Path(pipe).write_text(
        '{"exchange_id":"a","account_id":"b","occurred_at":"2026-01-01T00:00:00Z"}\n'
    )
    with pytest.raises(ConfigError, match="cannot go on"):
        scan([pipe], accounts="-", out=tmp_path / "out", state=tmp_path / "state")

"""A stream is watched: looked at by its own time, in any batches, killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import polars as pl
import pytest

from revenuer.app.opening import Beside
from revenuer.app.progress import Advance, Silent
from revenuer.app.saved import read_findings
from revenuer.app.scan import scan
from revenuer.app.watch.asked import Asked
from revenuer.app.watch.taking import Counted
from revenuer.app.watch.watching import Told, watch
from revenuer.errors import ColumnError, ConfigError
from revenuer.records import Verdict
from revenuer.settings import JudgeSettings, Settings
from revenuer.sources.world_files import simulate
from revenuer.store.watch_books import Books
from revenuer.worlds import WorldSpec

SPEC = WorldSpec(
    scenarios=("S1", "S6"), innocents=("N1",), accounts=400, exchanges=5_000, days=3, seed=5
)
FILES = ("campaigns.json", "accounts.parquet", "exchanges.parquet", "report.html", "signs.json")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("watched-world")
    simulate(SPEC, folder)
    return folder


@pytest.fixture(scope="module")
def exchanges(world: Path) -> pl.DataFrame:
    return pl.read_parquet(world / "exchanges" / "*.parquet").sort("occurred_at", "exchange_id")


@pytest.fixture(scope="module")
def undisturbed(world: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a watch of the whole world finds that nobody disturbs."""
    folder = tmp_path_factory.mktemp("undisturbed")
    watched(world, [world / "exchanges"], folder)
    return folder


def asked(world: Path, places: Sequence[Path], folder: Path, **settings: float) -> Asked:
    return Asked(
        places=[str(place) for place in places],
        state=folder / "state",
        out=folder / "out",
        beside=Beside(accounts=str(world / "accounts.parquet")),
        settings=Settings(judge=JudgeSettings(**settings)),  # type: ignore[arg-type]
        until_end=True,
    )


def watched(
    world: Path, places: Sequence[Path], folder: Path, *, looks: int = 99
) -> tuple[list[Told], Counted]:
    """Watch until the end, or until so many looks are done."""
    told: list[Told] = []
    counted = watch(
        asked(world, places, folder),
        environment={},
        progress=Silent(),
        tell=told.append,
        stopped=lambda: len(told) >= looks,
    )
    return told, counted


def parts(exchanges: pl.DataFrame, folder: Path, bounds: Sequence[int]) -> Path:
    """The exchanges in files that end at some rows, in the order of their names."""
    folder.mkdir()
    for number, (low, high) in enumerate(
        zip([0, *bounds], [*bounds, exchanges.height], strict=True)
    ):
        exchanges[low:high].write_parquet(folder / f"{number:03d}.parquet")
    return folder


def assert_same(one: Path, other: Path) -> None:
    """The same campaigns and accounts, byte for byte."""
    for name in ("campaigns.json", "accounts.parquet", "signs.json"):
        assert (one / "out" / name).read_bytes() == (other / "out" / name).read_bytes(), name


def test_a_watch_leaves_the_files_of_a_scan(undisturbed: Path) -> None:
    assert {path.name for path in (undisturbed / "out").iterdir()} >= set(FILES)
    convicted = [
        one
        for one in read_findings(undisturbed / "out").campaigns
        if one.verdict is Verdict.CONVICTED
    ]
    assert convicted
    own = pl.read_parquet(undisturbed / "out" / "exchanges.parquet")
    assert set(own["campaign_id"]) == {one.id for one in convicted}


def test_its_last_look_judges_what_a_scan_judges(
    world: Path, undisturbed: Path, tmp_path: Path
) -> None:
    accounts = str(world / "accounts.parquet")
    findings = scan([str(world / "exchanges")], accounts=accounts, out=tmp_path).findings
    watched = read_findings(undisturbed / "out")
    assert watched.scanned.exchanges == findings.scanned.exchanges
    nats = {frozenset(one.account_ids): one.log_e_value for one in findings.campaigns}
    both = [one for one in watched.campaigns if frozenset(one.account_ids) in nats]
    assert both
    for one in both:
        assert one.log_e_value == nats[frozenset(one.account_ids)]


def test_batches_do_not_matter(
    world: Path, exchanges: pl.DataFrame, undisturbed: Path, tmp_path: Path
) -> None:
    bounds = [13, exchanges.height // 2, exchanges.height // 2 + 1, exchanges.height - 100]
    told, counted = watched(world, [parts(exchanges, tmp_path / "logs", bounds)], tmp_path)
    assert counted.exchanges == exchanges.height
    assert [look.due.number for look in told] == [1, 2, 3]
    assert_same(undisturbed, tmp_path)


def test_small_batches_are_put_together(
    world: Path, exchanges: pl.DataFrame, undisturbed: Path, tmp_path: Path
) -> None:
    bounds = list(range(150, exchanges.height, 150))
    watched(world, [parts(exchanges, tmp_path / "logs", bounds)], tmp_path)
    books = Books(tmp_path / "state" / "watch.sqlite")
    assert len(books.segments()) < len(bounds) / 2
    assert sum(one.rows for one in books.segments()) == exchanges.height
    folders = {one.name for one in (tmp_path / "state" / "segments").glob("0*")}
    assert folders == {one.name for one in books.segments()}
    books.close()
    assert_same(undisturbed, tmp_path)


def test_a_watch_that_was_stopped_goes_on(world: Path, undisturbed: Path, tmp_path: Path) -> None:
    told, first = watched(world, [world / "exchanges"], tmp_path, looks=1)
    more, second = watched(world, [world / "exchanges"], tmp_path)
    assert [look.due.number for look in (*told, *more)] == [1, 2, 3]
    rows = pl.read_parquet(world / "exchanges" / "*.parquet").height
    assert first.exchanges + second.exchanges == rows
    assert_same(undisturbed, tmp_path)
    assert watched(world, [world / "exchanges"], tmp_path) == ([], Counted())


COMMAND = "from revenuer.cli import main; main()"


@pytest.mark.slow
def test_a_watch_that_is_killed_goes_on(world: Path, undisturbed: Path, tmp_path: Path) -> None:
    """Killed again and again, it ends as if nothing had been."""
    command = [sys.executable, "-c", COMMAND, "--quiet", "watch", str(world / "exchanges")]
    command += ["--accounts", str(world / "accounts.parquet"), "--until-end"]
    command += ["--state", str(tmp_path / "state"), "--out", str(tmp_path / "out")]
    for tries in range(40):
        process = subprocess.Popen(command)
        try:
            assert process.wait(timeout=2.0 + 0.7 * tries) == 0
            break
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            time.sleep(0.05)
    assert tries > 1
    assert_same(undisturbed, tmp_path)


def test_two_watches_do_not_share_a_state(world: Path, tmp_path: Path) -> None:
    refused = []

    def look(told: Told) -> None:
        with pytest.raises(ConfigError, match="another"):
            watched(world, [world / "exchanges"], tmp_path)
        refused.append(told)

    watch(
        asked(world, [world / "exchanges"], tmp_path),
        environment={},
        progress=Silent(),
        tell=look,
        stopped=lambda: bool(refused),
    )
    assert refused


def test_a_state_is_not_gone_on_with_under_other_settings(world: Path, tmp_path: Path) -> None:
    watched(world, [world / "exchanges"], tmp_path, looks=1)
    with pytest.raises(ConfigError, match="other settings"):
        watch(
            asked(world, [world / "exchanges"], tmp_path, fdr=0.2),
            environment={},
            progress=Silent(),
            tell=lambda told: None,
            stopped=lambda: False,
        )


class Breaking(Silent):
    """Progress of a watch that comes to a bad end in its first look."""

    def stage(self, name: str, total: int | None) -> AbstractContextManager[Advance]:
        if name == "report":
            raise KeyboardInterrupt
        return super().stage(name, total)


def test_a_look_that_was_not_finished_does_not_see_what_comes_after_it(
    world: Path, exchanges: pl.DataFrame, tmp_path: Path
) -> None:
    first_day = exchanges.filter(pl.col("occurred_at").dt.day() == 1)
    late, punctual = first_day[:20], exchanges.join(first_day[:20], "exchange_id", how="anti")
    punctual = punctual.sort("occurred_at", "exchange_id")
    second = punctual.filter(pl.col("occurred_at").dt.day() <= 2).height
    rows = pl.concat([punctual[:second], late, punctual[second:]])
    logs = parts(rows, tmp_path / "logs", [second])
    with pytest.raises(KeyboardInterrupt):
        watch(
            asked(world, [logs], tmp_path),
            environment={},
            progress=Breaking(),
            tell=lambda _: None,
            stopped=lambda: False,
        )
    told, counted = watched(world, [logs], tmp_path, looks=1)
    assert told[0].findings.scanned.exchanges == first_day.height - 20
    assert counted.exchanges == 0


def test_late_exchanges_are_counted_and_seen_by_the_next_look(
    world: Path, exchanges: pl.DataFrame, tmp_path: Path
) -> None:
    first_day = exchanges.filter(pl.col("occurred_at").dt.day() == 1)
    late, punctual = first_day[:20], exchanges.join(first_day[:20], "exchange_id", how="anti")
    punctual = punctual.sort("occurred_at", "exchange_id")
    second = punctual.filter(pl.col("occurred_at").dt.day() <= 2).height
    rows = pl.concat([punctual[:second], late, punctual[second:]])
    told, counted = watched(world, [parts(rows, tmp_path / "logs", [second])], tmp_path)
    assert counted.late == 20
    assert told[0].findings.scanned.exchanges == first_day.height - 20
    assert told[-1].findings.scanned.exchanges == exchanges.height


def test_a_clock_far_ahead_moves_nothing(
    world: Path, exchanges: pl.DataFrame, tmp_path: Path
) -> None:
    ahead = exchanges[:5].with_columns(
        pl.col("occurred_at").dt.offset_by("70y"),
        exchange_id=pl.lit("ahead-") + pl.col("exchange_id"),
    )
    rows = pl.concat([exchanges[:500], ahead, exchanges[500:]])
    told, _ = watched(world, [parts(rows, tmp_path / "logs", [1000])], tmp_path, looks=2)
    assert [look.due.number for look in told] == [1, 2]
    assert told[1].findings.scanned.exchanges == (exchanges["occurred_at"].dt.day() <= 2).sum()


def test_a_batch_of_rubbish_is_set_aside(
    world: Path, exchanges: pl.DataFrame, tmp_path: Path
) -> None:
    logs = parts(exchanges, tmp_path / "logs", [1500])
    pl.DataFrame({"weather": ["rain"] * 9}).write_parquet(logs / "001-rubbish.parquet")
    _, counted = watched(world, [logs], tmp_path, looks=2)
    assert counted.rejected == 1
    assert counted.exchanges == exchanges.height
    assert len(list((tmp_path / "state" / "rejected").iterdir())) == 1


def test_a_stream_of_which_nothing_is_understood_is_an_error(world: Path, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    pl.DataFrame({"weather": ["rain"] * 9}).write_parquet(logs / "000.parquet")
    with pytest.raises(ColumnError, match="exchange_id"):
        watched(world, [logs], tmp_path)


def test_only_the_owner_can_read_the_state(undisturbed: Path) -> None:
    assert (undisturbed / "state").stat().st_mode & 0o077 == 0

"""A second scan over yesterday's logs and today's reads today's only, and finds the same."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from revenuer.app.scan import scan
from revenuer.settings import DataPolicy, Settings
from revenuer.sources.world_files import simulate
from revenuer.worlds import WorldSpec

SPEC = WorldSpec(scenarios=("S1", "S4"), innocents=("N1",), accounts=300, exchanges=6_000, seed=3)
FILES = ("campaigns.json", "accounts.parquet", "exchanges.parquet", "report.html")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("second-scan-world")
    simulate(SPEC, folder)
    return folder


@pytest.fixture(scope="module")
def exchanges(world: Path) -> pl.DataFrame:
    return pl.read_parquet(world / "exchanges" / "*.parquet").sort("occurred_at", "exchange_id")


def spoil(path: Path) -> None:
    """Overwrite a file so that nobody can read it and nothing but its bytes shows that."""
    status = path.stat()
    path.write_bytes(b"\x00" * status.st_size)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def scanned(world: Path, logs: list[Path], out: Path, **more: object) -> Path:
    places = [str(path) for path in logs]
    scan(places, accounts=str(world / "accounts.parquet"), out=out, **more)  # type: ignore[arg-type]
    return out


def assert_same(one: Path, other: Path) -> None:
    """Byte for byte."""
    for name in FILES:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


def days(exchanges: pl.DataFrame, folder: Path) -> list[Path]:
    """The world in two files, the later of which has a tenth of it."""
    cut = exchanges.height * 9 // 10
    paths = [folder / "yesterday.parquet", folder / "today.parquet"]
    for path, part in zip(paths, (exchanges[:cut], exchanges[cut:]), strict=True):
        part.write_parquet(path)
    return paths


def test_yesterdays_log_is_not_read_again(
    world: Path, exchanges: pl.DataFrame, tmp_path: Path
) -> None:
    logs = days(exchanges, tmp_path)
    plain = scanned(world, logs, tmp_path / "plain")
    assert b"convicted" in (plain / "campaigns.json").read_bytes()
    scanned(world, logs[:1], tmp_path / "first", state=tmp_path / "state")
    spoil(logs[0])
    again = scanned(world, logs, tmp_path / "second", state=tmp_path / "state")
    assert_same(again, plain)


@pytest.mark.slow
@pytest.mark.parametrize(
    "how",
    [
        {"content_free": True},
        {"settings": Settings(data_policy={"org-00001": DataPolicy.METADATA})},
    ],
    ids=["content-free", "policy"],
)
def test_less_may_be_looked_at(
    world: Path, exchanges: pl.DataFrame, tmp_path: Path, how: dict[str, object]
) -> None:
    logs = days(exchanges, tmp_path)
    plain = scanned(world, logs, tmp_path / "plain", **how)
    scanned(world, logs[:1], tmp_path / "first", state=tmp_path / "state", **how)
    spoil(logs[0])
    again = scanned(world, logs, tmp_path / "second", state=tmp_path / "state", **how)
    assert_same(again, plain)


def cut(exchanges: pl.DataFrame, folder: Path, draw: st.DataObject) -> list[Path]:
    """The world in files: by time or by chance, with rows that come again, changed or not."""
    count = draw.draw(st.integers(2, 5), "files")
    number = pl.int_range(pl.len()) * count // pl.len()
    if not draw.draw(st.booleans(), "by time"):
        number = pl.col("exchange_id").hash(draw.draw(st.integers(0, 99), "seed")) % count
    # Some accounts appear in the last file only.
    late = pl.col("account_id").hash(7) % 10 == 0
    number = pl.when(late).then(count - 1).otherwise(number)
    rows = exchanges.with_columns(file=number)
    again = rows.sample(fraction=0.02, seed=draw.draw(st.integers(0, 99), "again"))
    moved = again.with_columns(file=(pl.col("file") + 1) % count)
    changes = draw.draw(st.sampled_from(["nothing", "tokens", "account"]), "what repeats change")
    if changes == "tokens":
        moved = moved.with_columns(output_tokens=pl.col("output_tokens") + 1)
    elif changes == "account":
        moved = moved.with_columns(account_id=pl.col("account_id").reverse())
    paths = []
    for place, part in enumerate(pl.concat([rows, moved]).partition_by("file")):
        path = folder / f"{place}{draw.draw(st.sampled_from(['.parquet', '.jsonl']), 'format')}"
        part = part.drop("file")
        if path.suffix == ".parquet":
            part.write_parquet(path)
        else:
            part.with_columns(
                pl.col("occurred_at", "submitted_at").dt.to_string("iso")
            ).write_ndjson(path)
        paths.append(path)
    return draw.draw(st.permutations(paths), "order")


def check(world: Path, exchanges: pl.DataFrame, draw: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        logs = cut(exchanges, folder, draw)
        early = draw.draw(st.integers(1, len(logs) - 1), "files of yesterday")
        yesterday = sorted(logs, key=lambda path: path.stem)[:early]
        plain = scanned(world, logs, folder / "plain")
        scanned(world, yesterday, folder / "first", state=folder / "state")
        for path in yesterday:
            spoil(path)
        assert_same(scanned(world, logs, folder / "second", state=folder / "state"), plain)


# Shrinking would scan for hours; the example as it was found tells enough.
UNSHRUNK = [Phase.explicit, Phase.generate]


@pytest.mark.slow
@settings(max_examples=12, phases=UNSHRUNK)
@given(draw=st.data())
def test_a_log_cut_anyhow_gives_the_same_campaigns(
    world: Path, exchanges: pl.DataFrame, draw: st.DataObject
) -> None:
    check(world, exchanges, draw)


def test_a_log_that_changed_or_vanished_is_as_it_is_now(
    world: Path, exchanges: pl.DataFrame, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    third = exchanges.height // 3
    logs = [tmp_path / f"{place}.parquet" for place in range(3)]
    for place, path in enumerate(logs):
        exchanges[place * third : (place + 1) * third].write_parquet(path)
    scanned(world, logs, tmp_path / "first", state=state)
    exchanges[third : 2 * third - 100].write_parquet(logs[1])
    logs[0].unlink()
    again = scanned(world, logs[1:], tmp_path / "second", state=state)
    assert_same(again, scanned(world, logs[1:], tmp_path / "plain"))

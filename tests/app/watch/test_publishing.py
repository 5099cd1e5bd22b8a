"""What a watch finds is published at once, and kept fresh."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from revenuer.app.scan import scan
from revenuer.app.verdicts import show
from revenuer.app.watch.publishing import Publisher
from revenuer.sources.world_files import simulate
from revenuer.worlds import WorldSpec

SPEC = WorldSpec(
    scenarios=("S1", "S6"), innocents=("N1",), accounts=400, exchanges=5_000, days=3, seed=5
)


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published-world")
    simulate(SPEC, folder)
    accounts = str(folder / "accounts.parquet")
    scan([str(folder / "exchanges")], accounts=accounts, out=folder / "out")
    return folder / "out"


def test_a_look_is_published_and_renewed_before_it_is_stale(findings: Path, tmp_path: Path) -> None:
    publisher = Publisher(findings, tmp_path / "verdicts.rvn", tmp_path / "keys")
    now = datetime.now(UTC)
    assert publisher.after_look(now)
    first = show(tmp_path / "verdicts.rvn", now=now)
    assert first.verdicts > 0
    assert not publisher.renew(now + timedelta(seconds=1))
    later = now + timedelta(days=1)
    assert publisher.renew(later)
    assert show(tmp_path / "verdicts.rvn", now=later).sequence > first.sequence
    assert publisher.after_look(later)


def test_nothing_is_published_before_the_first_look(tmp_path: Path) -> None:
    publisher = Publisher(tmp_path / "out", tmp_path / "verdicts.rvn", tmp_path / "keys")
    assert not publisher.renew(datetime.now(UTC))
    assert not (tmp_path / "verdicts.rvn").exists()


def test_what_fails_is_said_and_tried_again(
    findings: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    policy = tmp_path / "guard.toml"
    policy.write_text("mode = 'nonsense'\n", encoding="utf-8")
    snapshot = tmp_path / "verdicts.rvn"
    publisher = Publisher(findings, snapshot, tmp_path / "keys", policy_file=policy)
    now = datetime.now(UTC)
    assert not publisher.after_look(now)
    assert "could not be published" in caplog.text
    policy.write_text("mode = 'shadow'\n", encoding="utf-8")
    assert publisher.renew(now)
    assert snapshot.exists()
    shutil.rmtree(tmp_path / "keys")

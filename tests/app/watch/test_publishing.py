"""What a watch finds is published at once, and kept fresh."""

from __future__ import annotations

import base64
import json
import shutil
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "enforcement"))

from hook_server import HookServer

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


def test_a_conviction_is_told_to_the_operators_systems(findings: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secrets"
    secret.write_text("whsec_" + base64.b64encode(b"s" * 32).decode(), encoding="utf-8")
    secret.chmod(0o600)
    with HookServer() as hooks:
        policy = tmp_path / "guard.toml"
        policy.write_text(
            "mode = 'shadow'\n[[webhooks]]\nname = 'own'\n"
            f"url = '{hooks.url}'\nsecrets = '{secret}'\n",
            encoding="utf-8",
        )
        snapshot, keys = tmp_path / "verdicts.rvn", tmp_path / "keys"
        publisher = Publisher(findings, snapshot, keys, policy_file=policy)
        now = datetime.now(UTC)
        assert publisher.after_look(now)
        end = time.monotonic() + 20
        while not hooks.got and time.monotonic() < end:
            publisher.renew(now)
            time.sleep(0.1)
        told = {json.loads(got.body)["type"] for got in hooks.got}
    assert told == {"campaign.convicted"}

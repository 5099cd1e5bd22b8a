"""A baseline of one's own: made, held against later logs, and refused where it does not hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from revenuer.app.baseline import Baseline, check_against, fit_baseline, read_baseline
from revenuer.app.opening import open_with
from revenuer.app.progress import Silent
from revenuer.app.scan import scan
from revenuer.app.traffic import client_name
from revenuer.campaigns.calibration import failing
from revenuer.errors import NotFoundError, SourceError
from revenuer.records import Verdict
from revenuer.settings import JudgeSettings, Settings
from revenuer.sources import Logs


def opening(exchanges: list[str], accounts: str | None) -> Callable[[Path], Logs]:
    return lambda work: open_with(
        exchanges,
        accounts=accounts,
        workdir=work,
        progress=Silent(),
    )


@pytest.fixture(scope="module")
def fitted(small_world, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Baseline]:
    path = tmp_path_factory.mktemp("baseline") / "baseline.json"
    made = fit_baseline(opening(small_world.exchanges, small_world.accounts), out=path, worlds=2)
    return path, made


def test_it_holds_for_the_traffic_it_was_made_from(small_world, fitted) -> None:
    path, _ = fitted
    checks = check_against(path, opening(small_world.exchanges, small_world.accounts))
    assert not failing(checks)
    assert {"size", "suspects", "fit", "program", "models", "clients", "days", "statistics"} <= {
        check.name for check in checks
    }


def test_what_is_read_is_what_was_written(fitted) -> None:
    path, made = fitted
    read = read_baseline(path)
    assert read.id == made.id
    assert read.reference.keys() == made.reference.keys()
    assert read.checks == made.checks


def test_it_names_no_account_and_holds_no_text(small_world, fitted) -> None:
    text = fitted[0].read_text()
    with duckdb.connect() as database:
        rows = database.execute(
            f"SELECT DISTINCT account_id, prompt FROM '{small_world.exchanges[0]}/*.parquet'"
        ).fetchall()
    assert rows
    assert not [account for account, _ in rows if account in text]
    assert not [prompt for _, prompt in rows if prompt and len(prompt) > 20 and prompt in text]


def _with_new_model(small_world, folder: Path) -> list[str]:
    out = folder / "exchanges.parquet"
    with duckdb.connect() as database:
        database.execute(
            f"COPY (SELECT * REPLACE (CASE WHEN hash(exchange_id) % 4 = 0 THEN 'brand-new-1' "
            f"ELSE model END AS model) FROM '{small_world.exchanges[0]}/*.parquet') TO '{out}'"
        )
    return [str(out)]


def test_a_new_model_is_said_and_convicts_nobody(small_world, fitted, tmp_path) -> None:
    path, _ = fitted
    logs = _with_new_model(small_world, tmp_path)
    checks = check_against(path, opening(logs, small_world.accounts))
    assert "models" in [check.name for check in failing(checks)]
    held = scan(logs, accounts=small_world.accounts, out=tmp_path / "out", baseline=path)
    assert not [one for one in held.findings.campaigns if one.verdict is Verdict.CONVICTED]
    assert any("brand-new-1" in line for line in held.findings.scanned.blind)
    free = scan(logs, accounts=small_world.accounts, out=tmp_path / "free")
    assert [one for one in free.findings.campaigns if one.verdict is Verdict.CONVICTED]


def test_a_scan_by_a_baseline_that_holds_convicts_and_names_it(
    small_world, fitted, tmp_path
) -> None:
    path, made = fitted
    outcome = scan(
        small_world.exchanges, accounts=small_world.accounts, out=tmp_path / "out", baseline=path
    )
    convicted = [one for one in outcome.findings.campaigns if one.verdict is Verdict.CONVICTED]
    assert convicted
    written = json.loads((tmp_path / "out" / "campaigns.json").read_text())
    assert written["scanned"]["baseline_id"] == made.id
    assert "15%" in written["scanned"]["promise"][0]


def test_other_settings_ask_for_another_baseline(small_world, fitted) -> None:
    path, _ = fitted
    other = Settings(judge=replace(JudgeSettings(), effective_accounts=3.0))
    checks = check_against(
        path, opening(small_world.exchanges, small_world.accounts), settings=other
    )
    assert "program" in [check.name for check in failing(checks)]


def test_a_small_log_makes_a_baseline_that_convicts_nobody(small_world, tmp_path) -> None:
    few = tmp_path / "few.parquet"
    with duckdb.connect() as database:
        database.execute(
            f"COPY (SELECT * FROM '{small_world.exchanges[0]}/*.parquet' "
            f"WHERE hash(account_id) % 5 = 0) TO '{few}'"
        )
    made = fit_baseline(opening([str(few)], None), out=tmp_path / "b.json", worlds=0)
    assert "size" in [check.name for check in failing(made.checks)]


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b'{"schema": 1}'])
def test_another_file_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)
    with pytest.raises(SourceError, match="not a baseline"):
        read_baseline(path)
    with pytest.raises(NotFoundError):
        read_baseline(tmp_path / "none.json")


def test_a_baseline_of_another_schema_is_refused(fitted, tmp_path) -> None:
    changed = json.loads(fitted[0].read_text()) | {"schema": "revenuer/baseline/9"}
    path = tmp_path / "later.json"
    path.write_text(json.dumps(changed))
    with pytest.raises(SourceError, match="baseline/9"):
        read_baseline(path)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("openai-python/1.51.0", "openai-python"),
        ("Mozilla/5.0 (X11)", "mozilla"),
        ("  ", "unnamed"),
    ],
)
def test_clients_have_no_version(agent: str, name: str) -> None:
    assert client_name(agent) == name

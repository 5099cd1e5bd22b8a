"""What was shared of an account alone is taken back when it is erased."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from revenuer.app.erasing.shares import alone_of, erase_from_shares
from revenuer.app.sharing.record import open_recorder
from revenuer.app.ties import write_parts
from revenuer.casework.erasure import Answer, Whom

NAME = "campaign--0f0f0f0f-0000-5000-8000-000000000001"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_a_value_that_only_the_erased_account_still_has_is_revoked_once(
    share: Any, campaign_scan: Path, tmp_path: Path
) -> None:
    bundle = tmp_path / "bundle.json"
    assert share("export", NAME, "--from", str(campaign_scan), "--out", str(bundle)).code == 0
    recorder = open_recorder(tmp_path / "state", tmp_path / "keys")
    # As long as others have it, nothing is theirs alone.
    account = "acct-0"
    alone = alone_of([campaign_scan], account)
    shared = {one["id"] for one in json.loads(bundle.read_text())["objects"]}
    kept = pl.read_parquet(campaign_scan / "ties.parquet")
    before = erase_from_shares(recorder, Whom(account, act=True), alone, NOW)
    assert {one.answer for one in before} == {Answer.NOTHING}
    # All others were erased before it.
    left = kept.filter(pl.col("account_id") == account).with_columns(holders=pl.lit(0, pl.Int64))
    write_parts(campaign_scan / "ties.parquet", [left])
    alone = alone_of([campaign_scan], account)
    (would,) = erase_from_shares(recorder, Whom(account), alone, NOW)
    assert would.answer is Answer.WOULD
    (done,) = erase_from_shares(recorder, Whom(account, act=True), alone, NOW)
    assert done.answer is Answer.DONE
    (file,) = (tmp_path / "state" / "revocations").iterdir()
    revoked = [one for one in json.loads(file.read_text())["objects"] if one.get("revoked")]
    assert revoked
    assert {one["id"] for one in revoked} <= shared
    assert {one["type"] for one in revoked} == {"indicator"}
    # Gone on with after a crash, nothing is said twice.
    erase_from_shares(recorder, Whom(account, act=True), alone, NOW)
    assert len(list((tmp_path / "state" / "revocations").iterdir())) == 1

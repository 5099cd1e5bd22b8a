"""Revenuer on a world, or on what was known of it at some moment."""

from __future__ import annotations

import tempfile
from pathlib import Path

import polars as pl

from peers.alarms import Alarm
from peers.logs import Logs
from revenuer.app.progress import Silent
from revenuer.app.scan import scan
from revenuer.config_file import load_settings
from revenuer.records import Verdict


def revenuer_alarms(logs: Logs) -> list[Alarm]:
    """Scan the logs as an operator would; one alarm a conviction.

    Only files of the contract are given; `logs` may be a part of its world.
    """
    world = logs.folder
    settings = load_settings(
        world / "releases.toml", environment={}, folder=world, overrides={}
    ).settings
    with tempfile.TemporaryDirectory() as folder:
        known = Path(folder, "exchanges.parquet")
        last = logs.exchanges["occurred_at"][-1]
        pl.scan_parquet(world / "exchanges").filter(pl.col("occurred_at") <= last).sink_parquet(
            known
        )
        accounts = Path(folder, "accounts.parquet")
        logs.accounts.write_parquet(accounts)
        outcome = scan(
            [str(known)],
            accounts=str(accounts),
            permits=str(world / "permits.parquet"),
            out=Path(folder, "out"),
            settings=settings,
            progress=Silent(),
        )
    return [
        Alarm(frozenset(one.account_ids))
        for one in outcome.findings.campaigns
        if one.verdict is Verdict.CONVICTED
    ]

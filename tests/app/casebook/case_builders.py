"""Folders of scans as cases are made from, written as scans write them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from revenuer.app.saved import SIGNS
from revenuer.casework.roles import Actor, Role
from revenuer.records import (
    Axis,
    Campaign,
    Channel,
    Evidence,
    Exhibit,
    Findings,
    InnocentExplanation,
    Leak,
    Method,
    Scanned,
    Sign,
    Tie,
    Verdict,
)
from revenuer.reports.campaigns_json import to_json
from revenuer.reports.exhibits_json import exhibits_to_json
from revenuer.reports.signs_json import signs_to_json

START = datetime(2026, 6, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ANA = Actor("ana", Role.ANALYST, login="ana")
VIC = Actor("vic", Role.VIEWER)
SECRET = "sk-live-raw-value-in-a-statement"


def campaign(name: str, accounts: Iterable[str], *, day: int = 9, **more: Any) -> Campaign:
    """A campaign of some accounts, as a scan that ends on a day has it."""
    members = tuple(sorted(accounts))
    last = START + day * DAY
    made = Campaign(
        id=f"campaign--{name}",
        verdict=Verdict.SUSPECTED,
        probability=0.5,
        log_e_value=4.0,
        axes={Axis.COORDINATION: 6.0, Axis.EXTRACTION: 4.0, Axis.CONCEALMENT: 5.0},
        account_ids=members,
        exchanges=100 * len(members),
        tasks=100 * len(members),
        output_tokens=70_000 * len(members),
        reasoning_tokens=0,
        first_seen=START,
        last_seen=last,
        detected_at=last,
        methods=(Method.COT_EXFILTRATION,),
        capabilities={"reasoning": 1.0},
        innocents_nearby=2,
        leaked_before_detection=Leak(10, 1000, 5.0),
        evidence=(
            Evidence(
                "identity", Axis.COORDINATION, f"They share {SECRET}.", 5.0,
                members[:2], tuple(f"exchange-{name}-{n}" for n in range(3)),
            ),
            Evidence("request-shape", Axis.EXTRACTION, "Alike.", 3.0, members[:1]),
        ),
        innocent_explanations=(InnocentExplanation("an office", "no office has so many"),),
    )  # fmt: skip
    return replace(made, **more)


def exhibit_of(one: Campaign, day: int) -> Exhibit:
    """What is drawn of a campaign that sent the same on each day."""
    days = [(START + n * DAY).date().isoformat() for n in range(day)]
    return Exhibit(
        campaign_id=one.id,
        days=tuple(days),
        own=tuple(one.exchanges // day for _ in days),
        other=tuple(0 for _ in days),
        ties=(Tie("shared-device", "device 12…", Channel.IDENTITY, one.account_ids[:3], 1),),
        account_volumes=tuple((name, 100) for name in one.account_ids),
    )


def scan_folder(
    folder: Path,
    *campaigns: Campaign,
    day: int = 9,
    signs: Sequence[Sign] | None = None,
    scanned: Mapping[str, Any] | None = None,
) -> Path:
    """The `--out` folder of a scan that ends on a day; of a watch with signs."""
    (folder / "details").mkdir(parents=True, exist_ok=True)
    at = START + day * DAY
    about = Scanned(9000, 9000, 900, START, at, 0.05, "baseline", "config", {}, ())
    findings = Findings(replace(about, **(scanned or {})), campaigns)
    exhibits = exhibits_to_json([exhibit_of(one, day) for one in campaigns])
    (folder / "details" / "exhibits.json").write_text(exhibits, "utf-8")
    for name in ("accounts.parquet", "exchanges.parquet"):
        pl.DataFrame({"account_id": ["x"]}).write_parquet(folder / name)
    (folder / "report.html").write_text("<html></html>", "utf-8")
    if signs is not None:
        (folder / SIGNS).write_text(signs_to_json(signs, (), at), "utf-8")
    (folder / "campaigns.json").write_text(to_json(findings), "utf-8")
    return folder


def names(prefix: str, count: int, start: int = 0) -> list[str]:
    """Ids of accounts."""
    return [f"{prefix}-{n:05d}" for n in range(start, start + count)]

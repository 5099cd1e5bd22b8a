"""A casebook with one large campaign, as a scan would have found it: for the console's bench.

A simulated world of 24,000 guilty accounts takes minutes to scan, and what the console shows of it
is the folder. So the folder is made: crews with pools of cards, devices and address blocks, few
networks and clients that thousands of innocents use too, and templates that some crews share.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "app" / "casebook"))

from case_builders import START, campaign, exhibit_of, names, scan_folder

from revenuer.app.ties import FILE, SCHEMA, write_parts
from revenuer.records import Campaign, Verdict
from revenuer.reports.exhibits_json import exhibits_to_json

CREWS = 12
DAYS = 21
OTHERS = 400_000
"""Accounts that the scan saw beside."""
POOLS = (
    # Kind, how many of it a crew has (0: all crews have the same), of how many in all, how many
    # innocents have one, share of accounts of which it is known.
    ("payment-fingerprint", 60, 0, 0, 0.9),
    ("device-fingerprint", 150, 0, 0, 0.6),
    ("phone-fingerprint", 200, 0, 0, 0.15),
    ("email-domain", 8, 0, 12, 0.5),
    ("address-block", 40, 0, 3, 0.7),
    ("address", 2_000, 0, 0, 0.5),
    ("asn", 0, 30, 6_000, 0.7),
    ("tls-fingerprint", 0, 6, 90_000, 0.7),
    ("user-agent", 0, 5, 60_000, 0.4),
    ("system-prompt-sketch", 0, 4, 0, 0.8),
)


def large_scan(folder: Path, accounts: int, *, seed: int = 1) -> Campaign:
    """The folder of a scan that found a campaign of so many accounts, and a few small ones."""
    big = replace(
        campaign("large", names("ring", accounts), day=DAYS),
        verdict=Verdict.CONVICTED,
        probability=0.998,
        log_e_value=21.5,
        capabilities={"reasoning": 0.55, "agentic-coding": 0.3, "tool-use": 0.15},
    )
    small = [campaign(f"small-{n}", names(f"small{n}", 8 + 4 * n), day=DAYS) for n in range(6)]
    scan_folder(folder, big, *small, day=DAYS, scanned={"accounts": accounts + OTHERS})
    drawn = [_with_events(big), *(exhibit_of(one, DAYS) for one in small)]
    (folder / "details" / "exhibits.json").write_text(exhibits_to_json(drawn), "utf-8")
    write_parts(folder / FILE, _ties(big, np.random.default_rng(seed)))
    return big


def _with_events(one: Campaign) -> object:
    draws = np.random.default_rng(3)
    daily = (draws.lognormal(0, 0.3, DAYS) * np.linspace(0.2, 2.0, DAYS)).tolist()
    each = one.exchanges / DAYS
    return replace(
        exhibit_of(one, DAYS),
        own=tuple(int(each * share) for share in daily),
        other=tuple(int(each * 0.1) for _ in daily),
        releases=((START + timedelta(days=8, hours=9), "model-next"),),
        suspensions=tuple(START + timedelta(days=13, minutes=n) for n in range(40)),
    )


def _ties(one: Campaign, draws: np.random.Generator) -> Iterator[pl.DataFrame]:
    n = len(one.account_ids)
    crew = draws.integers(0, CREWS, n)
    names_ = pl.Series("account_id", one.account_ids)
    for kind, own, common, holders, known in POOLS:
        number = crew * 100_000 + draws.integers(0, own, n) if own else draws.integers(0, common, n)
        if kind == "system-prompt-sketch":
            number = crew // 3
        yield (
            pl.DataFrame({"account_id": names_, "number": number})
            .filter(pl.Series(draws.random(n) < known))
            .select(
                pl.lit(one.id).alias("campaign_id"),
                "account_id",
                pl.lit(kind).alias("kind"),
                (pl.lit(f"{kind}-") + pl.col("number").cast(pl.String)).alias("value"),
                pl.lit(4, pl.Int64).alias("exchanges"),
                pl.lit(one.first_seen).alias("first_seen"),
                pl.lit(one.last_seen).alias("last_seen"),
                pl.lit(holders, pl.Int64).alias("holders"),
                pl.lit(None, pl.String).alias("network"),
                pl.lit(None, pl.String).alias("reseller"),
            )
            .select(SCHEMA.names)
        )

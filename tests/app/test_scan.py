"""One small world, scanned: what comes out, who is convicted, and that it comes out twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from revenuer.app.scan import ScanOutcome, scan
from revenuer.records import Campaign, Verdict
from revenuer.sources.world_files import simulate
from revenuer.worlds import WorldSpec

SPEC = WorldSpec(
    scenarios=("S1", "S2", "S4", "S5", "S10", "S11"),
    innocents=("N1", "N4", "N5", "classroom", "office", "agency"),
    accounts=900,
    exchanges=36_000,
    days=14,
    seed=5,
)
FILES = (
    "campaigns.json",
    "accounts.parquet",
    "exchanges.parquet",
    "report.html",
    "ties.parquet",
    "controls.parquet",
    "details",
)


@dataclass(frozen=True)
class World:
    """A world on disk and who is guilty in it."""

    folder: Path
    cohort: dict[str, str]
    guilty: frozenset[str]

    @property
    def exchanges(self) -> str:
        return str(self.folder / "exchanges")

    @property
    def accounts(self) -> str:
        return str(self.folder / "accounts.parquet")

    @property
    def permits(self) -> str:
        return str(self.folder / "permits.parquet")


@dataclass(frozen=True)
class Scan:
    """A scan's folder and what it said."""

    out: Path
    outcome: ScanOutcome

    @property
    def campaigns(self) -> tuple[Campaign, ...]:
        return self.outcome.findings.campaigns

    @property
    def convicted(self) -> list[Campaign]:
        return [one for one in self.campaigns if one.verdict is Verdict.CONVICTED]

    @property
    def blind(self) -> str:
        return "; ".join(self.outcome.findings.scanned.blind)

    def verdict_of(self, account_ids: tuple[str, ...]) -> Verdict | None:
        """The verdict of the campaign that most of some accounts are in."""
        near = [
            (len(set(one.account_ids) & set(account_ids)), one.verdict) for one in self.campaigns
        ]
        most, verdict = max(near, key=lambda pair: pair[0], default=(0, None))
        return verdict if most >= len(account_ids) / 2 else None


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("scanned-world")
    simulate(SPEC, folder)
    truth = pl.read_parquet(folder / "truth" / "accounts.parquet")
    guilty = truth.filter("guilty")["account_id"].to_list()
    return World(folder, dict(truth.select("account_id", "cohort").iter_rows()), frozenset(guilty))


@pytest.fixture(scope="session")
def base(world: World, tmp_path_factory: pytest.TempPathFactory) -> Scan:
    out = tmp_path_factory.mktemp("scan") / "out"
    outcome = scan([world.exchanges], accounts=world.accounts, permits=world.permits, out=out)
    return Scan(out, outcome)


@pytest.fixture
def rescan(world: World, tmp_path: Path) -> Callable[..., Scan]:
    """Scan the world again, with some things changed."""

    def run(**changed: Any) -> Scan:
        out = tmp_path / f"scan-{len(list(tmp_path.iterdir()))}"
        asked = {"accounts": world.accounts, "permits": world.permits} | changed
        return Scan(out, scan(asked.pop("exchanges", [world.exchanges]), out=out, **asked))

    return run


def _document(scanned: Scan) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((scanned.out / "campaigns.json").read_text("utf-8"))
    return document


def test_a_scan_writes_its_files(base: Scan) -> None:
    assert sorted(path.name for path in base.out.iterdir()) == sorted(FILES)


def test_ties_are_those_of_the_campaigns_own_exchanges(base: Scan, world: World) -> None:
    ties = pl.read_parquet(base.out / "ties.parquet").filter(kind="tls-fingerprint")
    own = pl.read_parquet(base.out / "exchanges.parquet").select("exchange_id", "campaign_id")
    log = pl.read_parquet(f"{world.exchanges}/**/*.parquet")
    seen = log.join(own, "exchange_id").drop_nulls("tls_fingerprint")
    keys = ("campaign_id", "account_id", "value")
    counted = (
        seen.rename({"tls_fingerprint": "value"}).group_by(keys).agg(exchanges=pl.len().cast(int))
    )
    convicted = ties.filter(pl.col("campaign_id").is_in([one.id for one in base.convicted]))
    assert counted.height
    assert_frame_equal(convicted.select(*keys, "exchanges"), counted, check_row_order=False)
    members = {account for one in base.campaigns for account in one.account_ids}
    others = log.filter(~pl.col("account_id").is_in(members))
    held = dict(others.group_by("tls_fingerprint").agg(pl.col("account_id").n_unique()).iter_rows())
    # Those of campaigns that are only looked at count as others, so never fewer.
    assert all(row["holders"] >= held.get(row["value"], 0) for row in ties.iter_rows(named=True))


def test_the_document_has_the_contracts_keys(base: Scan) -> None:
    document = _document(base)
    assert document["schema"] == "revenuer/campaigns/1"
    assert set(document["scanned"]) >= {
        "exchanges",
        "tasks",
        "accounts",
        "from",
        "to",
        "fdr",
        "baseline_id",
        "config_sha256",
        "detector_versions",
        "blind",
    }
    needed = {
        "id",
        "supersedes",
        "verdict",
        "probability",
        "log_e_value",
        "axes",
        "methods",
        "capabilities",
        "taxonomy",
        "attribution",
        "account_ids",
        "innocents_nearby",
        "exchanges",
        "tasks",
        "output_tokens",
        "reasoning_tokens",
        "first_seen",
        "last_seen",
        "detected_at",
        "leaked_before_detection",
        "pivots",
        "evidence",
        "innocent_explanations",
    }
    assert document["campaigns"]
    for campaign in document["campaigns"]:
        assert set(campaign) >= needed
        assert set(campaign["axes"]) == {"coordination", "extraction", "concealment"}
        assert campaign["log_e_value"] == pytest.approx(min(campaign["axes"].values()), abs=1e-3)


def test_what_was_scanned_is_counted(base: Scan, world: World) -> None:
    written = pl.scan_parquet(f"{world.exchanges}/*.parquet")
    counts = written.select(rows=pl.len(), accounts=pl.col("account_id").n_unique()).collect()
    scanned = base.outcome.findings.scanned
    assert (scanned.exchanges, scanned.accounts) == counts.row(0)


def test_convictions_are_of_the_guilty(base: Scan, world: World) -> None:
    assert len(base.convicted) >= 3
    for campaign in base.convicted:
        guilty = sum(name in world.guilty for name in campaign.account_ids)
        assert guilty >= 0.9 * len(campaign.account_ids)


def test_no_look_alike_is_convicted(base: Scan, world: World) -> None:
    named = {name for campaign in base.convicted for name in campaign.account_ids}
    for cohort in SPEC.innocents:
        members = {name for name, theirs in world.cohort.items() if theirs == cohort}
        assert members, cohort
        assert len(named & members) <= 0.1 * len(members), cohort


def test_a_shell_reseller_is_undecided_and_the_report_says_why(base: Scan, world: World) -> None:
    shell = [
        one for one in base.campaigns if {world.cohort[name] for name in one.account_ids} == {"S11"}
    ]
    assert [one.verdict for one in shell] == [Verdict.UNDECIDED]
    said = " ".join(each.why_rejected for each in shell[0].innocent_explanations)
    assert "does not show in traffic" in said


def test_the_accounts_table_names_every_account_and_its_campaign(base: Scan, world: World) -> None:
    table = pl.read_parquet(base.out / "accounts.parquet")
    assert table.columns == ["account_id", "campaign_id", "log_e_value", "probability"]
    assert sorted(table["account_id"]) == sorted(
        pl.scan_parquet(f"{world.exchanges}/*.parquet")
        .select(pl.col("account_id").unique())
        .collect()["account_id"]
    )
    for campaign in base.campaigns:
        theirs = table.filter(pl.col("campaign_id") == campaign.id)
        assert sorted(theirs["account_id"]) == sorted(campaign.account_ids)
    assert table["probability"].is_between(0, 1).all()


def test_the_exchanges_table_holds_the_convicteds_own_exchanges(base: Scan) -> None:
    table = pl.read_parquet(base.out / "exchanges.parquet")
    assert table.columns == ["exchange_id", "account_id", "campaign_id", "probability"]
    assert table["exchange_id"].is_unique().all()
    counts = dict(table.group_by("campaign_id").len().iter_rows())
    assert counts == {one.id: one.exchanges for one in base.convicted}


def test_most_labelled_exchanges_are_a_campaigns_own(base: Scan, world: World) -> None:
    own = pl.read_parquet(world.folder / "truth" / "exchanges.parquet")["exchange_id"]
    labelled = pl.read_parquet(base.out / "exchanges.parquet")["exchange_id"]
    assert labelled.is_in(own.to_list()).mean() >= 0.9  # type: ignore[operator]


def test_the_report_shows_no_prompt(base: Scan, world: World) -> None:
    prompts = (
        pl.scan_parquet(f"{world.exchanges}/*.parquet")
        .filter(pl.col("prompt").str.len_chars() > 60)
        .select(pl.col("prompt").unique(maintain_order=True).head(3000))
        .collect()["prompt"]
    )
    report = (base.out / "report.html").read_text("utf-8")
    kept = (base.out / "details" / "exhibits.json").read_text("utf-8")
    assert not [text for text in prompts if text[:40] in report or text[:40] in kept]


AGAIN = """
import sys
from pathlib import Path
from revenuer.app.scan import scan
exchanges, accounts, permits, out = sys.argv[1:]
scan([exchanges], accounts=accounts, permits=permits, out=Path(out))
"""


def test_the_same_input_gives_the_same_bytes_in_another_process(
    base: Scan, world: World, tmp_path: Path
) -> None:
    out = tmp_path / "again"
    subprocess.run(
        [sys.executable, "-c", AGAIN, world.exchanges, world.accounts, world.permits, str(out)],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo"},
    )
    for name in ("campaigns.json", "report.html", "details/exhibits.json"):
        assert (out / name).read_bytes() == (base.out / name).read_bytes(), name
    for name in ("accounts.parquet", "exchanges.parquet"):
        assert_frame_equal(
            pl.read_parquet(out / name), pl.read_parquet(base.out / name), check_exact=True
        )


def test_known_innocents_and_permits_are_heeded(
    base: Scan, world: World, rescan: Callable[..., Scan], tmp_path: Path
) -> None:
    listed, permitted, *_ = sorted(base.convicted, key=lambda one: one.id)
    names = tmp_path / "innocent.txt"
    names.write_text("\n".join(listed.account_ids) + "\n", encoding="utf-8")
    permits = tmp_path / "permits.parquet"
    agreed = {"purpose": "distillation", "valid_from": datetime(2020, 1, 1, tzinfo=UTC)}
    pl.DataFrame(
        [
            {"account_id": name, **agreed, "valid_until": datetime(2040, 1, 1, tzinfo=UTC)}
            for name in permitted.account_ids
        ]
    ).write_parquet(permits)
    again = rescan(known_innocent=names, permits=str(permits))

    named = {name for one in again.convicted for name in one.account_ids}
    assert not named & set(listed.account_ids)
    assert again.verdict_of(permitted.account_ids) is Verdict.CLEARED
    checked = again.outcome.known_innocent
    assert checked is not None
    assert checked.listed == checked.seen == len(listed.account_ids)
    assert checked.stopped >= 1
    assert checked.nearest_account in listed.account_ids
    # Whoever else was convicted still is.
    others = {one.id for one in base.convicted} - {listed.id, permitted.id}
    assert others <= {one.id for one in again.convicted}


def test_a_log_too_small_for_a_baseline_convicts_nobody_and_says_so(
    base: Scan, world: World, rescan: Callable[..., Scan], tmp_path: Path
) -> None:
    kept = [name for one in base.convicted for name in one.account_ids]
    few = tmp_path / "few.parquet"
    rows = pl.scan_parquet(f"{world.exchanges}/*.parquet").filter(pl.col("account_id").is_in(kept))
    rows.sink_parquet(few)
    alone = rescan(exchanges=[str(few)])
    assert alone.convicted == []
    assert "200 are needed" in alone.blind
    assert pl.read_parquet(alone.out / "exchanges.parquet").is_empty()


def test_without_text_a_scan_runs_and_says_what_it_cannot_see(
    world: World, rescan: Callable[..., Scan]
) -> None:
    blindfold = rescan(content_free=True)
    assert "prompt-template: this log has no exchanges.prompt" in blindfold.blind
    assert "shared-payment" not in blindfold.blind
    for campaign in blindfold.convicted:
        guilty = sum(name in world.guilty for name in campaign.account_ids)
        assert guilty >= 0.9 * len(campaign.account_ids)


@pytest.mark.slow
def test_without_an_accounts_table_a_scan_runs_and_says_what_it_cannot_see(
    world: World, rescan: Callable[..., Scan]
) -> None:
    bare = rescan(accounts=None)
    assert "shared-payment: this log has no accounts.payment_fingerprint" in bare.blind
    for campaign in bare.convicted:
        guilty = sum(name in world.guilty for name in campaign.account_ids)
        assert guilty >= 0.9 * len(campaign.account_ids)


@pytest.mark.slow
def test_a_campaign_that_grows_keeps_its_id(
    world: World, rescan: Callable[..., Scan], tmp_path: Path
) -> None:
    rows = pl.scan_parquet(f"{world.exchanges}/*.parquet")
    first, last = (
        rows.select(first=pl.col("occurred_at").min(), last=pl.col("occurred_at").max())
        .collect()
        .row(0)
    )
    earlier = tmp_path / "earlier.parquet"
    rows.filter(pl.col("occurred_at") < first + (last - first) * 2 / 3).sink_parquet(earlier)
    before = rescan(exchanges=[str(earlier)])
    after = rescan(previous=before.out)
    by_members = {one.id: set(one.account_ids) for one in after.campaigns}
    superseded = {old for one in after.campaigns for old in one.supersedes}
    assert len(before.convicted) >= 2
    for campaign in before.convicted:
        if campaign.id in superseded:
            continue
        assert (
            len(by_members[campaign.id] & set(campaign.account_ids))
            >= len(campaign.account_ids) / 2
        )
    assert len(by_members) == len(after.campaigns)

"""From a simulated world to every answer, through the command line alone."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from revenuer.cli.entry import run
from revenuer.cli.exits import Exit
from revenuer.detectors import DETECTORS


@dataclass(frozen=True)
class World:
    """A simulated world and one scan of it."""

    folder: Path
    scan: Path

    @property
    def logs(self) -> list[str]:
        """What says which logs to read."""
        accounts, permits = self.folder / "accounts.parquet", self.folder / "permits.parquet"
        where = [self.folder / "exchanges", "--accounts", accounts, "--permits", permits]
        return [str(word) for word in where]

    def campaigns(self) -> list[dict]:
        """The campaigns of the scan."""
        return json.loads((self.scan / "campaigns.json").read_text())["campaigns"]

    def convicted(self) -> list[dict]:
        """Those that are convicted."""
        return [each for each in self.campaigns() if each["verdict"] == "convicted"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    size = ["--accounts", "600", "--exchanges", "15000", "--days", "14", "--seed", "1"]
    cast = ["--scenario", "S1", "--scenario", "S4", "--innocent", "N1"]
    made = World(folder, folder / "scan")
    assert run(["simulate", "--out", str(folder), *size, *cast]) == Exit.DONE
    assert run(["scan", *made.logs, "--out", str(made.scan)]) == Exit.DONE
    return made


def test_a_scan_writes_the_contracts_files(world: World) -> None:
    there = {path.name for path in world.scan.iterdir()}
    assert {"campaigns.json", "accounts.parquet", "exchanges.parquet", "report.html"} <= there


def test_campaigns_are_convicted_and_their_members_are_guilty(world: World) -> None:
    truth = pl.read_parquet(world.folder / "truth" / "accounts.parquet")
    guilty = set(truth.filter("guilty")["account_id"])
    assert world.convicted()
    for campaign in world.convicted():
        members = set(campaign["account_ids"])
        assert len(members & guilty) >= 0.9 * len(members)


def test_only_exchanges_of_convicted_campaigns_are_listed(world: World) -> None:
    listed = pl.read_parquet(world.scan / "exchanges.parquet")
    assert listed.columns == ["exchange_id", "account_id", "campaign_id", "probability"]
    assert set(listed["campaign_id"]) == {each["id"] for each in world.convicted()}
    assert len(listed) == sum(each["exchanges"] for each in world.convicted())


def test_every_account_is_listed_once(world: World) -> None:
    listed = pl.read_parquet(world.scan / "accounts.parquet")
    assert listed.columns == ["account_id", "campaign_id", "log_e_value", "probability"]
    seen = pl.read_parquet(world.folder / "exchanges/*.parquet", columns=["account_id"])
    assert sorted(listed["account_id"]) == sorted(seen["account_id"].unique())


def test_the_same_input_gives_the_same_bytes(revenuer, world: World, tmp_path: Path) -> None:
    assert revenuer("scan", *world.logs, "--out", tmp_path).code == Exit.DONE
    files = [path.relative_to(world.scan) for path in world.scan.rglob("*") if path.is_file()]
    assert files
    assert not [
        str(n) for n in files if (world.scan / n).read_bytes() != (tmp_path / n).read_bytes()
    ]


def test_json_on_stdout_is_campaigns_json_and_talk_is_on_stderr(
    revenuer, world: World, tmp_path: Path
) -> None:
    ran = revenuer("scan", *world.logs, "--out", tmp_path, "--json", "--exit-code")
    assert ran.code == Exit.CONVICTED
    assert ran.out == (world.scan / "campaigns.json").read_text()
    assert "exchanges count" in ran.err
    assert str(tmp_path / "report.html") in ran.err


def test_quiet_leaves_results_only(revenuer, world: World, tmp_path: Path) -> None:
    ran = revenuer("--quiet", "scan", *world.logs, "--out", tmp_path)
    assert ran.err == ""
    assert "convicted" in ran.out


def test_logs_may_come_from_stdin(
    revenuer, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = pl.read_parquet(world.folder / "exchanges/*.parquet")
    moment = pl.col("occurred_at").dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ")
    text = rows.with_columns(moment).select(pl.exclude(pl.Datetime, pl.Binary)).write_ndjson()

    class Stdin:
        buffer = io.BytesIO(text.encode())

    monkeypatch.setattr(sys, "stdin", Stdin())
    ran = revenuer("scan", "-", *world.logs[1:], "--out", tmp_path, "--json")
    assert ran.code == Exit.DONE, ran.err
    found = [set(each["account_ids"]) for each in json.loads(ran.out)["campaigns"]]
    assert found == [set(each["account_ids"]) for each in world.campaigns()]


def test_a_known_innocent_is_never_convicted(revenuer, world: World, tmp_path: Path) -> None:
    listed = tmp_path / "innocent.txt"
    listed.write_text("\n".join(world.convicted()[0]["account_ids"]))
    ran = revenuer("scan", *world.logs, "--out", tmp_path / "s", "--known-innocent", listed)
    assert ran.code == Exit.DONE
    assert "Nearest miss" in ran.out
    convicted = World(world.folder, tmp_path / "s").convicted()
    cleared = set(world.convicted()[0]["account_ids"])
    assert not [each["id"] for each in convicted if cleared & set(each["account_ids"])]


def test_a_scan_without_text_still_runs(revenuer, world: World, tmp_path: Path) -> None:
    ran = revenuer("scan", *world.logs, "--out", tmp_path, "--content-free", "--json")
    assert ran.code == Exit.DONE
    assert any("prompt" in blind for blind in json.loads(ran.out)["scanned"]["blind"])


def test_a_growing_campaign_keeps_its_id(revenuer, world: World, tmp_path: Path) -> None:
    ran = revenuer(
        "scan", *world.logs, "--out", tmp_path, "--previous", world.scan, "--fdr", "0.04", "--json"
    )
    assert [c["id"] for c in json.loads(ran.out)["campaigns"]] == [
        each["id"] for each in world.campaigns()
    ]


def test_a_folder_without_logs_ends_with_code_3(revenuer, tmp_path: Path) -> None:
    ran = revenuer("scan", tmp_path, "--out", tmp_path / "out")
    assert (ran.code, ran.out) == (Exit.NOTHING_TO_READ, "")
    assert ran.err.startswith("Error: ")
    assert not (tmp_path / "out").exists()


def test_an_engine_that_is_not_there_is_an_error(revenuer, world: World, tmp_path: Path) -> None:
    ran = revenuer("scan", *world.logs, "--out", tmp_path, "--engine", "abacus://x")
    assert ran.code == Exit.ERROR
    assert "abacus" in ran.err


@pytest.mark.parametrize("ask", ["campaign", "member", "innocent"])
def test_explain_answers_for_anyone_in_the_scan(revenuer, world: World, ask: str) -> None:
    first = world.convicted()[0]
    accounts = pl.read_parquet(world.scan / "accounts.parquet")
    others = accounts.filter(pl.col("campaign_id").is_null())["account_id"]
    target = {"campaign": first["id"], "member": first["account_ids"][0], "innocent": others[0]}[
        ask
    ]
    told = revenuer("explain", target, "--from", world.scan)
    assert told.code == Exit.DONE, told.err
    assert told.out
    ran = revenuer("explain", target, "--from", world.scan, "--json")
    assert json.loads(ran.out)["target"] == target


def test_a_waterfall_adds_up_to_the_verdict(revenuer, world: World) -> None:
    ran = revenuer("explain", world.convicted()[0]["id"], "--from", world.scan, "--json")
    found = json.loads(ran.out)
    for axis, pieces in found["waterfall"].items():
        assert sum(pieces.values()) == pytest.approx(found["axes"][axis], abs=1e-6)
    assert found["axes"][found["weakest"]] == min(found["axes"].values())


def test_explain_of_nobody_is_an_error(revenuer, world: World) -> None:
    ran = revenuer("explain", "nobody", "--from", world.scan)
    assert (ran.code, ran.out) == (Exit.ERROR, "")


def test_a_scan_does_not_differ_from_itself(revenuer, world: World) -> None:
    ran = revenuer("diff", world.scan, world.scan)
    assert "Nothing changed" in ran.out


def test_pivot_from_one_member_reaches_the_others(revenuer, world: World) -> None:
    members = world.convicted()[0]["account_ids"]
    ran = revenuer("pivot", members[0], *world.logs, "--json")
    assert ran.code == Exit.DONE, ran.err
    near = [each["account_id"] for each in json.loads(ran.out)["neighbours"]]
    assert len(set(near[: len(members)]) & set(members)) >= len(members) / 2
    assert "share something" in revenuer("pivot", members[0], *world.logs).out


def test_doctor_names_blind_detectors_and_what_they_lack(revenuer, world: World) -> None:
    ran = revenuer("doctor", world.folder / "exchanges")
    assert ran.code == Exit.DONE, ran.err
    assert "shared-payment" in ran.out
    assert "accounts.payment_fingerprint" in ran.out
    assert json.loads(revenuer("doctor", world.folder / "exchanges", "--json").out)


def test_inspect_shows_the_mapping_and_what_is_missing(revenuer, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_text('{"exchange_id": "1", "occurred_at": "2026-06-01T00:00:00Z", "key_hash": "k"}\n')
    missing = revenuer("inspect", log)
    assert missing.code == Exit.DONE, missing.err
    assert "account_id" in missing.out
    mapped = revenuer("inspect", log, "--map", "account_id=key_hash")
    line = next(each for each in mapped.out.splitlines() if each.split()[:1] == ["account_id"])
    assert "key_hash" in line
    assert json.loads(revenuer("inspect", log, "--json").out)


def test_converted_logs_give_the_same_campaigns(revenuer, world: World, tmp_path: Path) -> None:
    ran = revenuer("convert", *world.logs, "--out", tmp_path / "c")
    assert ran.code == Exit.DONE, ran.err
    again = World(tmp_path / "c", tmp_path / "s")
    exchanges = tmp_path / "c" / "exchanges.parquet"
    revenuer("scan", exchanges, *again.logs[1:], "--out", again.scan)
    assert [each["account_ids"] for each in again.campaigns()] == [
        each["account_ids"] for each in world.campaigns()
    ]


def test_detectors_are_listed_and_shown_as_in_the_docs(revenuer, root: Path) -> None:
    listed = revenuer("detectors", "list").out
    assert all(each.card.id in listed for each in DETECTORS)
    assert len(json.loads(revenuer("detectors", "list", "--json").out)) == len(DETECTORS)
    shown = revenuer("detectors", "show", "shared-payment").out
    assert shown == (root / "docs/detectors/shared-payment.md").read_text()


def test_a_misspelt_detector_names_the_nearest(revenuer) -> None:
    ran = revenuer("detectors", "show", "shared-paymnt")
    assert ran.code == Exit.ERROR
    assert "Did you mean shared-payment?" in ran.err


def test_a_planted_campaign_is_caught_in_ones_own_logs(
    revenuer, world: World, tmp_path: Path
) -> None:
    exchanges = world.folder / "exchanges"
    asked = ["--into", exchanges, "--scenario", "S1", "--accounts", "30", "--exchanges", "3000"]
    ran = revenuer("simulate", *asked, "--out", tmp_path, "--json")
    assert ran.code == Exit.DONE, ran.err
    assert (tmp_path / "truth" / "campaigns.json").is_file()
    before = pl.read_parquet(exchanges / "*.parquet", columns=["exchange_id"])
    after = pl.read_parquet(tmp_path / "exchanges/*.parquet", columns=["exchange_id"])
    assert set(before["exchange_id"]) < set(after["exchange_id"])


def test_the_convicted_are_listed_for_the_guard_and_a_replay_hits_nobody_else(
    world: World, revenuer, tmp_path: Path
) -> None:
    out, keys = tmp_path / "verdicts.rvn", tmp_path / "keys"
    where = ["--from", world.scan, "--out", out, "--keys", keys]
    told = json.loads(revenuer("verdicts", "publish", *where, "--json").out)
    members = {account for one in world.convicted() for account in one["account_ids"]}
    assert told["accounts"] == len(members) > 0
    shown = json.loads(revenuer("verdicts", "show", out, "--json").out)
    assert shown["by_evidence"].keys() == {one["id"] for one in world.convicted()}
    policy = tmp_path / "guard.toml"
    policy.write_text('[[ladder]]\naction = "block"\n')
    ran = revenuer("-q", "policy", "replay", policy, *world.logs, "--from", world.scan, "--json")
    found = json.loads(ran.out)
    assert found["innocents"] == []
    assert {hit["account_id"] for hit in found["convicted"]} == members
    assert found["by_action"]["block"]["refused"] == sum(
        hit["of"]["exchanges"] for hit in found["convicted"]
    )

"""An erasure that is killed at any step and gone on with ends as one that nobody disturbed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from revenuer.app.casebook.opening import open_casebook
from revenuer.app.desk import open_desk
from revenuer.app.sharing.matching_rows import SCHEMA, keep_matches
from revenuer.app.ties import write_parts
from revenuer.casework.roles import Actor, Role
from revenuer.records import Verdict
from revenuer.reports.campaigns_json import from_json, to_json
from revenuer.store.docket import Reaction
from revenuer.store.outbox import Message

NAME = "campaign--0f0f0f0f-0000-5000-8000-000000000001"
NOW = datetime(2026, 6, 10, tzinfo=UTC)
KINDS = {
    "shared", "matching", "scan", "scan-state", "watch", "intel", "known-innocent", "snapshot",
}  # fmt: skip
EVERY = "5"
"""Of so many steps one is the last: `1` is the whole, and takes minutes."""
POLICY = """
mode = "enforce"
[[ladder]]
action = "throttle"
verdict = "convicted"
[appeal]
url = "https://example.com/appeals"
"""


def logs(folder: Path) -> Path:
    """Requests of twelve accounts."""
    folder.mkdir(parents=True)
    rows = [
        {
            "exchange_id": f"exchange-{account}-{n}",
            "account_id": f"acct-{account}",
            "occurred_at": NOW + timedelta(minutes=7 * n + account),
            "model": "model-a",
            "input_tokens": 100 + n,
            "output_tokens": 200 + n,
            "status": 200,
            "prompt": f"What is {n} of {account}?",
        }
        for account in range(12)
        for n in range(20)
    ]
    pl.DataFrame(rows).write_parquet(folder / "log.parquet")
    return folder


def convicted_alone(scan: Path) -> None:
    """Leave of a scan what it convicted, and give each account a card of its own."""
    path = scan / "campaigns.json"
    findings = from_json(path.read_text())
    alone = tuple(one for one in findings.campaigns if one.verdict is Verdict.CONVICTED)
    path.write_text(to_json(replace(findings, campaigns=alone)))
    ties = pl.read_parquet(scan / "ties.parquet")
    cards = ties.filter(pl.col("kind") == "asn").with_columns(
        pl.lit("payment-fingerprint").alias("kind"),
        pl.concat_str(pl.lit("card-of-"), "account_id").alias("value"),
        pl.lit(None, pl.String).alias("network"),
    )
    write_parts(scan / "ties.parquet", [ties, cards])


def decided(revenuer: Any, there: Path, scan: Path, policy: Path) -> None:
    """Block the campaign, so that the docket has rolls, notices, a plan and a dead webhook."""
    at = ("--snapshot", there / "guard" / "verdicts.rvn", "--keys", there / "keys")
    publish = ("verdicts", "publish", "--from", scan, "--out", at[1], *at[2:], "--policy", policy)
    assert revenuer(*publish).code == 0
    what = ("--action", "block", "--for", "72h", "--by", "ada", "--why", "case 1", "--yes")
    said = revenuer("enforce", NAME, "--from", scan, "--policy", policy, *what, *at)
    assert said.code == 5, said.err
    (plan,) = open_desk(at[1], there / "keys").ledger().proposals
    assert revenuer("enforce", "approve", plan, "--by", "bob", "--yes", *at).code == 0
    desk = open_desk(at[1], there / "keys")
    told = [
        Message("m-1", "gone", "customer.notice", "d", b'{"accounts":["acct-0","acct-1"]}', 0.0)
    ]
    assert desk.outbox.add(told) == 1
    desk.outbox.dead(desk.outbox.listed("waiting")[0], "nobody listens")
    (decision,) = desk.ledger().decisions.values()
    told_of = Reaction(decision.id, "failover", "2026-06-09", "2026-06-09", "Two rose.")
    members = tuple(map(desk.member, ("acct-0", "acct-1")))
    desk.docket.keep_reactions([replace(told_of, members=members)])


@pytest.fixture
def world(revenuer: Any, campaign_scan: Path, tmp_path: Path) -> Path:
    """A small one of all places that may name an account."""
    there = tmp_path / "world"
    there.mkdir()
    scan = there / "scan-out"
    shutil.move(campaign_scan, scan)
    convicted_alone(scan)
    keys = ("--keys", there / "keys")
    book = ("--casebook", f"sqlite:///{there}/casebook/casebook.sqlite", *keys, "--by", "ada")
    watched = ("--state", there / "watch", "--out", there / "watched", "--until-end")
    log = logs(tmp_path / "logs")
    assert revenuer("watch", log, *watched).code == 0
    assert revenuer("scan", log, "--state", there / "state", "--out", there / "again").code == 0
    policy = tmp_path / "guard.toml"
    policy.write_text(POLICY)
    decided(revenuer, there, scan, policy)
    share = ("--state", there / "share", *keys)
    shared = ("--from", scan, *share)
    assert revenuer("share", "export", NAME, "--out", there / "bundle.json", *shared).code == 0
    assert revenuer("share", "match", "keygen", "g", "--out", there / "group.key").code == 0
    assert revenuer("share", "match", "take", there / "group.key", *share).code == 0
    assert revenuer("share", "match", "build", *shared).code == 0
    # All others of the campaign were erased before it: what was shared is its alone.
    ties = pl.read_parquet(scan / "ties.parquet").filter(pl.col("account_id") == "acct-0")
    write_parts(scan / "ties.parquet", [ties])
    (there / "innocents.txt").write_text("acct-other\nacct-0\n")
    said = ("cluster--1", "identity--1", "device-fingerprint", "0", "campaign", NOW)
    matches = [(one, *said) for one in ("acct-0", "acct-1")]
    frame = pl.DataFrame(matches, schema=SCHEMA, orient="row")
    keep_matches(there / "intel", frame, "identity--1", ["device-fingerprint"])
    places = {"scan": scan, "watch": there / "watch", "scan-state": there / "state",
              "intel": there / "intel", "known-innocent": there / "innocents.txt"}  # fmt: skip
    added = [word for kind, place in places.items() for word in ("--add", kind, place)]
    more = ("--add", "scan", there / "watched", "--add", "scan", there / "again")
    assert revenuer("casebook", "places", *added, *more, *book).code == 0
    casebook = open_casebook(f"sqlite:///{there}/casebook/casebook.sqlite", there / "keys")
    with casebook.changing(Actor("ada", Role.ADMIN), NOW) as change:
        casebook.keep_names(change, ["acct-0", "acct-1"])
    casebook.database.close()
    return there


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_at_any_step_and_gone_on_with_it_ends_as_one_that_nobody_disturbed(
    world: Path, tmp_path: Path
) -> None:
    pristine, url = tmp_path / "pristine", f"sqlite:///{world}/casebook/casebook.sqlite"
    shutil.copytree(world, pristine)
    around = [
        "--casebook", url, "--keys", str(world / "keys"), "--by", "ada",
        "--snapshot", str(world / "guard" / "verdicts.rvn"), "--share-state", str(world / "share"),
    ]  # fmt: skip
    first = ["casebook", "erase", "acct-0", "--why", "request 9", "--let-go", *around]
    more = ["casebook", "erase", "--go-on", *around]
    script = Path(__file__).with_name("killed_erasure.py")
    command = [sys.executable, str(script), str(pristine), str(world), url, EVERY]
    with (tmp_path / "said").open("w") as said:
        ran = subprocess.run(
            [*command, json.dumps(first), json.dumps(more)],
            stdout=said,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ran.returncode == 0, ran.stderr
    lines = [line for line in (tmp_path / "said").read_text().splitlines() if line.startswith("[")]
    (_, steps, undisturbed), *killed = map(json.loads, lines)
    assert {one[0] for one in undisturbed["done"]} == KINDS
    assert undisturbed["state"] == "done"
    for empty in ("named", "flaws", "flaws elsewhere"):
        assert undisturbed[empty] == [], empty
    assert undisturbed["tombstones"] == 2
    docket = undisturbed["docket"]
    assert (docket["covers"], docket["unpublished"]) == ([False, True], False)
    assert docket["reactions"] == [1]
    assert ["dead", '{"accounts":["acct-1"]}'] in docket["outbox"]
    assert undisturbed["verdicts"] == [False, True]
    assert len(killed) == len(range(0, steps, int(EVERY))) > 60 // int(EVERY)
    for step, code, left in killed:
        assert code == -9, (step, code, left)
        assert left == undisturbed, step

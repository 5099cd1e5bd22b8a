"""From a scanned world to an innocent account that nobody convicts again, by commands alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from revenuer.cli.entry import run
from revenuer.cli.exits import Exit
from revenuer.enforcement.snapshot_file import load_snapshot
from revenuer.enforcement.verdict_keys import public_key_of, read_public_key
from revenuer.guard import Action, Caller, Facts, Guard, Kind, Protocol, Request, Snapshot
from revenuer.guard.fingerprint import Fingerprinter
from revenuer.guard.policy import Appeal, Mode, Policy

pytestmark = pytest.mark.slow
Run = Callable[..., Any]

POLICY = """
mode = "enforce"
[[ladder]]
action = "tag"
[approval]
four_eyes = true
[appeal]
url = "https://example.com/appeals"
verify_url = "https://example.com/verify"
"""


@dataclass(frozen=True)
class World:
    """A simulated world, whom its scan convicted, and whose permit is too small."""

    folder: Path
    scan: Path
    campaign: dict[str, Any]


def convicted(scan: Path) -> list[dict[str, Any]]:
    campaigns = json.loads((scan / "campaigns.json").read_text())["campaigns"]
    return [one for one in campaigns if one["verdict"] == "convicted"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("world")
    size = ["--accounts", "600", "--exchanges", "15000", "--days", "14", "--seed", "1"]
    cast = ["--scenario", "S1", "--innocent", "N1", "--innocent", "permitted"]
    assert run(["simulate", "--out", str(folder), *size, *cast]) == Exit.DONE
    scan = folder / "scan"
    logs = [str(folder / "exchanges"), "--accounts", str(folder / "accounts.parquet")]
    assert run(["scan", *logs, "--out", str(scan)]) == Exit.DONE
    found = max(convicted(scan), key=lambda one: len(one["account_ids"]))
    return World(folder, scan, found)


@pytest.fixture
def book(
    revenuer: Run, world: World, casebook_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Run:
    monkeypatch.setenv("REVENUER_CASEBOOK_URL", casebook_url)
    monkeypatch.setenv("REVENUER_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("REVENUER_SNAPSHOT", str(tmp_path / "guard" / "verdicts.rvn"))
    return revenuer


def guard_says(snapshot: Path, keys: Path, accounts: list[str]) -> dict[str, str]:
    """What a real guard does to requests of accounts."""
    from revenuer.app.desk import FINGERPRINT_KEY
    from revenuer.enforcement.verdict_keys import read_fingerprint_key

    names = Fingerprinter(read_fingerprint_key(keys / FINGERPRINT_KEY))
    policy = Policy(mode=Mode.ENFORCE, appeal=Appeal(url="https://example.com/appeals"))
    guard = Guard(policy, names)
    loaded = load_snapshot(snapshot, read_public_key(public_key_of(snapshot)))
    assert isinstance(loaded, Snapshot)
    now = datetime.now(UTC).timestamp()
    assert guard.offer(loaded, now) is None
    found = {}
    for account in accounts:
        caller = Caller(names.of(Kind.ACCOUNT, account))
        decided = guard.decide(Request(now, caller, Protocol.OPENAI_CHAT, Facts()))
        if decided.action is not Action.ALLOW:
            found[account] = decided.action.word
    return found


def test_an_innocent_is_let_go_by_a_third_person_and_convicted_no_more(
    book: Run, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = world.campaign["account_ids"]
    innocent, others = members[3], [*members[:3], *members[4:]]
    accounts = str(world.folder / "accounts.parquet")
    policy, snapshot = tmp_path / "guard.toml", tmp_path / "guard" / "verdicts.rvn"
    policy.write_text(POLICY)
    assert book("casebook", "add", world.scan, "--by", "ana").code == 0
    said = book(
        "enforce", world.campaign["id"], "--from", world.scan, "--policy", policy, "--accounts",
        accounts, "--action", "block", "--for", "72h", "--by", "alice", "--approve", "bob",
        "--yes", "--why", "a harvest",
    )  # fmt: skip
    decision = said.out.split("Done: ")[1].split()[0]
    keys = tmp_path / "keys"
    assert guard_says(snapshot, keys, members) == dict.fromkeys(members, "block")

    opened = book(
        "appeal", "open", decision, "--account", innocent, "--text", "Stolen key.", "--by", "ana"
    )
    assert opened.code == 0
    assert "A person who had no part in the decision" in opened.out
    (waiting,) = json.loads(book("appeal", "list", "--json").out)
    appeal = waiting["id"]
    for name in ("alice", "bob"):
        refused = book("appeal", "assign", appeal, "--to", name, "--by", "ana")
        assert refused.code != 0
        assert "may not hear this appeal" in refused.err
    assert book("appeal", "assign", appeal, "--to", "carol", "--by", "ana").code == 0
    decide = ("appeal", "decide", appeal, "overturned", "--why", "ticket", "--by", "carol")
    blind = book(*decide, "--yes")
    assert "has not opened" in blind.err
    seen = book("appeal", "show", appeal, "--by", "carol", "--json")
    assert json.loads(seen.out)["said"][0]["text"] == "Stolen key."
    assert json.loads(seen.out)["evidence"]["pieces"]
    assert book(*decide).code == Exit.UNDECIDED
    done = book(*decide, "--text", "You are right.", "--yes")
    assert done.code == 0, done.err
    assert "taken back as of now" in done.out
    assert not [name for name in others if name in done.out]

    assert guard_says(snapshot, keys, members) == dict.fromkeys(others, "block")
    logs = [world.folder / "exchanges", "--accounts", accounts]
    again = tmp_path / "again"
    known = ("--known-innocent", "casebook", "--previous", world.scan)
    told = book("scan", *logs, *known, "--out", again)
    assert "1 of 1 listed accounts were seen" in told.out
    found = convicted(again)
    assert found
    assert innocent not in {name for one in found for name in one["account_ids"]}
    assert world.campaign["id"] in {one["id"] for one in found}
    assert book("casebook", "add", again, "--by", "ana").code == 0
    shown = book("casebook", "show", world.campaign["id"]).out
    assert "appeal-decided" in shown
    published = book("verdicts", "publish", "--from", again, "--out", snapshot, "--policy", policy)
    assert published.code == 0
    assert innocent not in guard_says(snapshot, keys, members)
    assert book("audit", "verify", "--snapshot", snapshot).code == 0
    monkeypatch.delenv("REVENUER_SNAPSHOT")
    whole = book("audit", "verify")
    assert whole.code == 0, whole.out + whole.err
    counts = json.loads(book("appeal", "counts", "--json").out)
    assert counts["rates"][0] == {
        "by": "action", "name": "block", "decided": 1, "overturned": 1, "partly": 0,
        "share_changed": 1.0,
    }  # fmt: skip


def test_a_permit_clears_its_holder_and_says_when_it_is_too_small(
    book: Run, world: World, tmp_path: Path
) -> None:
    rows = pl.read_parquet(world.folder / "permits.parquet").to_dicts()
    holder = rows[0]["organization_id"]
    accounts = pl.read_parquet(world.folder / "accounts.parquet")
    theirs = accounts.filter(organization_id=holder)["account_id"].to_list()
    exchanges = pl.read_parquet(world.folder / "exchanges/*.parquet", columns=["account_id"])
    used = exchanges.filter(pl.col("account_id").is_in(theirs)).height
    assert used > 100

    def permit(most: int) -> str:
        made = book(
            "permit", "request", "--organization", holder, "--purpose", "distillation", "--from",
            rows[0]["valid_from"].isoformat(), "--until", rows[0]["valid_until"].isoformat(),
            "--max-exchanges", most, "--by", "ana",
        )  # fmt: skip
        name: str = made.out.strip()
        assert book("permit", "grant", name, "--by", "bo").code == 0
        return name

    def scanned(out: Path) -> Path:
        logs = [world.folder / "exchanges", "--accounts", world.folder / "accounts.parquet"]
        assert book("scan", *logs, "--permits", "casebook", "--out", out).code == 0
        return out

    name = permit(used * 2)
    first = scanned(tmp_path / "first")
    counted = pl.read_parquet(first / "permit_use.parquet")
    assert counted["exchanges"].sum() == used
    assert not [one for one in convicted(first) if set(one["account_ids"]) & set(theirs)]
    assert "OUTGROWN" not in book("casebook", "add", first, "--by", "ana").out
    (listed,) = json.loads(book("permit", "list", "--json").out)
    assert listed["used"]["exchanges"] == used
    assert listed["used"]["share"] == pytest.approx(0.5)

    assert book("permit", "extend", name, "--max-exchanges", used // 50, "--by", "ana").code == 0
    assert book("permit", "grant", name, "--by", "bo").code == 0
    told = book("permit", "check", "--from", first)
    assert "OUTGROWN" in told.out
    assert "times the" in told.out
    assert "OUTGROWN" not in book("permit", "check", "--from", first).out
    logs = book("permit", "check", "--logs", world.folder / "exchanges", "--accounts",
                world.folder / "accounts.parquet", "--json")  # fmt: skip
    assert json.loads(logs.out)["rows"] == 0
    assert "OUTGROWN" in book("permit", "list").out

"""An account is erased after a real run, and no byte of what is left knows it.

simulate -> scan, watch -> casebook -> enforce -> share export -> push to a TAXII server -> erase.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
import pytest

from revenuer.app.audit import audit_log_of
from revenuer.app.casebook.opening import Casebook, open_casebook
from revenuer.app.desk import open_desk
from revenuer.app.watch.remembered import NAMES, Remembered
from revenuer.casework.roles import Actor, Role
from revenuer.cli.entry import run
from revenuer.enforcement.snapshot_file import load_snapshot
from revenuer.guard.fingerprint import Kind
from revenuer.guard.snapshot import Snapshot
from revenuer.store.watch_books import Books

sys.path.insert(0, str(Path(__file__).parents[2] / "api"))

from served import Running, running

pytestmark = pytest.mark.slow

POLICY = """
mode = "enforce"
[[ladder]]
action = "throttle"
verdict = "convicted"
[appeal]
url = "https://example.com/appeals"
"""


@dataclass
class Played:
    """What a run left, before and after."""

    folder: Path
    server: Running
    account: str
    other: str
    values: dict[str, set[str]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder}/casebook.sqlite"

    @property
    def keys(self) -> Path:
        return self.folder / "keys"

    def own(self) -> list[str]:
        """The options that say which casebook, keys and folder of sharing."""
        return ["--casebook", self.url, "--keys", str(self.keys), "--by", "ada"]

    def erase(self, *more: str) -> int:
        around = ["--snapshot", str(self.folder / "guard" / "verdicts.rvn")]
        state = ["--share-state", str(self.folder / "share")]
        return run(["casebook", "erase", *more, *around, *state, *self.own()])


def play(folder: Path, server: Running) -> Played:
    """Everything up to the erasure."""
    world, scan, guard = folder / "world", folder / "scan", folder / "guard" / "verdicts.rvn"
    keys = ["--keys", str(folder / "keys")]
    size = ["--accounts", "600", "--exchanges", "15000", "--days", "14", "--seed", "1"]
    cast = ["--scenario", "S1", "--scenario", "S4", "--innocent", "N1"]
    assert run(["simulate", "--out", str(world), *size, *cast]) == 0
    logs = [str(world / "exchanges"), "--accounts", str(world / "accounts.parquet")]
    assert run(["scan", *logs, "--out", str(scan), "--state", str(folder / "scan-state")]) == 0
    watched = ["--state", str(folder / "watch"), "--out", str(folder / "watched"), "--until-end"]
    assert run(["watch", *logs, *watched]) == 0
    found = json.loads((scan / "campaigns.json").read_text())["campaigns"]
    campaign = next(one for one in found if one["verdict"] == "convicted")
    account, other = campaign["account_ids"][3], campaign["account_ids"][4]
    policy = folder / "guard.toml"
    policy.write_text(POLICY)
    to = ["--snapshot", str(guard), "--policy", str(policy)]
    told = ["verdicts", "publish", "--from", str(scan), "--out", str(guard), *keys]
    assert run([*told, "--policy", str(policy)]) == 0
    what = ["--action", "block", "--for", "72h", "--by", "ada", "--why", "case 1", "--yes"]
    assert run(["enforce", campaign["id"], "--from", str(scan), *to, *what, *keys]) in {0, 5}
    decided = open_desk(guard, folder / "keys").ledger()
    for proposal in decided.proposals.values():
        if not proposal.decision:
            approve = ["enforce", "approve", proposal.plan, "--snapshot", str(guard)]
            assert run([*approve, "--by", "bob", "--yes", *keys]) == 0
    state = ["--state", str(folder / "share"), *keys]
    bundle = folder / "bundle.json"
    export = ["share", "export", campaign["id"], "--from", str(scan), "--out", str(bundle)]
    assert run([*export, *state]) == 0
    push(server, folder, bundle)
    innocents = folder / "innocents.txt"
    innocents.write_text(f"acct-unknown\n{account}\n")
    intel(folder / "intel", account, other)
    played = Played(folder, server, account, other)
    places = {
        "scan": scan, "watch": folder / "watch", "intel": folder / "intel",
        "known-innocent": innocents, "scan-state": folder / "scan-state",
    }  # fmt: skip
    added = [word for kind, place in places.items() for word in ("--add", kind, str(place))]
    added += ["--add", "scan", str(folder / "watched")]
    assert run(["casebook", "places", *added, *played.own()]) == 0
    assert run(["casebook", "add", str(scan), *played.own()]) == 0
    with (
        closing_casebook(played) as casebook,
        casebook.changing(Actor("ada", Role.ADMIN), datetime.now(UTC)) as change,
    ):
        casebook.keep_names(change, [account, other])
    played.values = values_of(world, account)
    return played


def push(server: Running, folder: Path, file: Path) -> None:
    """Push a bundle as an operator does."""
    token = folder / "token"
    token.write_text(server.tokens["ada"])
    token.chmod(0o600)
    to = ["--to", server.url, "--collection", server.collections["both"]]
    state = ["--state", str(folder / "share"), "--keys", str(folder / "keys")]
    assert run(["share", "push", str(file), *to, "--token-file", str(token), *state]) == 0


@contextmanager
def closing_casebook(played: Played) -> Iterator[Casebook]:
    casebook = open_casebook(played.url, played.keys)
    try:
        yield casebook
    finally:
        casebook.database.close()


def intel(folder: Path, account: str, other: str) -> None:
    """What private matching would have found."""
    from revenuer.app.sharing.matching_rows import SCHEMA, keep_matches

    said = ("cluster--1", "identity--1", "device-fingerprint", "0", "campaign")
    rows = [(one, *said, datetime.now(UTC)) for one in (account, other)]
    frame = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    keep_matches(folder, frame, "identity--1", ["device-fingerprint"])


def values_of(world: Path, account: str) -> dict[str, set[str]]:
    """What only this account has of the log: its id, its exchanges, its prompts, its things."""
    exchanges = pl.read_parquet(world / "exchanges" / "*.parquet")
    accounts = pl.read_parquet(world / "accounts.parquet")
    mine, others = pl.col("account_id") == account, pl.col("account_id") != account
    found = {"id": {account}, "exchange": set(exchanges.filter(mine)["exchange_id"])}
    for name in ("prompt", "client_ip", "session_id"):
        column = exchanges.select("account_id", name).drop_nulls()
        alone = set(column.filter(mine)[name]) - set(column.filter(others)[name])
        found[name] = {one for one in alone if len(one) >= 7}
    for name in ("payment_fingerprint", "device_fingerprint", "phone_fingerprint", "signup_ip"):
        column = accounts.select("account_id", name).drop_nulls()
        found[name] = set(column.filter(mine)[name]) - set(column.filter(others)[name])
    return found


def texts_of(path: Path) -> bytes:
    """All that a file says: columns unpacked, blobs too."""
    data = path.read_bytes()
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        data += str([column.to_pylist() for column in table.columns]).encode()
    if data.startswith(b"SQLite format 3"):
        with closing(sqlite3.connect(path)) as base:
            names = base.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (name,) in names:
                for row in base.execute(f'SELECT * FROM "{name}"'):
                    data += b"\n".join(
                        one if isinstance(one, bytes) else str(one).encode() for one in row
                    )
    return data


def knowing(played: Played) -> dict[str, set[str]]:
    """Files that know something of the account, by what they know; your own logs left out."""
    apart = {played.folder / "world"}
    found: dict[str, set[str]] = {}
    for path in sorted(played.folder.rglob("*")):
        if not path.is_file() or any(path.is_relative_to(one) for one in apart):
            continue
        data = texts_of(path)
        for kind, values in played.values.items():
            if any(one.encode() in data for one in values):
                found.setdefault(kind, set()).add(str(path.relative_to(played.folder)))
    for path in [played.folder / "watch" / "watch.sqlite"]:
        with closing(Books(path)) as books:
            told = Remembered.of_bytes(books.kept(NAMES))
        if played.account in str(told) or played.account in told.followed.members["account_id"]:
            found.setdefault("id", set()).add("watch.sqlite, unpacked")
    return found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("server")) as one:
        one.tokens["ada"] = one.token("ada")
        one.collections["both"] = one.collection("both", readers=("ada",), writers=("ada",))
        yield one


def test_after_a_real_run_nothing_that_is_left_knows_the_account(
    server: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    played = play(tmp_path, server)
    before = knowing(played)
    # The search finds what there is: otherwise its silence afterwards would say nothing.
    for name in ("scan/campaigns.json", "scan/accounts.parquet", "scan/ties.parquet",
                 "scan/report.html", "innocents.txt", "intel/peer_matches.parquet",
                 "watch.sqlite, unpacked"):  # fmt: skip
        assert name in before["id"], name
    assert any("rolls/" in name for name in before["id"])
    assert any("segments/" in name for name in before["id"])
    assert "scan/exchanges.parquet" in before["exchange"]
    desk = open_desk(tmp_path / "guard" / "verdicts.rvn", played.keys)
    key = desk.fingerprints.of(Kind.ACCOUNT, played.account)
    snapshot = load_snapshot(desk.snapshot, desk.signing.public)
    assert isinstance(snapshot, Snapshot)
    assert snapshot.get(key) is not None

    # A decision in force keeps it until somebody lets go.
    assert played.erase(played.account, "--why", "request 9") == 1
    assert knowing(played) == before
    assert played.erase(played.account, "--plan") == 0
    assert knowing(played) == before

    assert played.erase(played.account, "--why", "request 9", "--let-go") == 0, capsys.readouterr()
    assert knowing(played) == {}
    snapshot = load_snapshot(desk.snapshot, desk.signing.public)
    assert isinstance(snapshot, Snapshot)
    assert snapshot.get(key) is None
    assert snapshot.get(desk.fingerprints.of(Kind.ACCOUNT, played.other)) is not None
    assert run(["audit", "verify", str(audit_log_of(desk.snapshot))]) == 0
    assert run(["audit", "verify", str(tmp_path / "share" / "audit.jsonl")]) == 0
    others_are_there(played)
    with closing_casebook(played) as casebook, casebook.reading() as connection:
        assert casebook.audit(connection).flaws() == []
        subjects = [casebook.subject(one) for one in (played.account, played.other)]
        assert casebook.names_of(connection, subjects) == {subjects[1]: played.other}
    # What is rewritten is still read by everything that read it before.
    assert run(["explain", json_campaign(played), "--from", str(tmp_path / "scan")]) == 0
    publish = ["verdicts", "publish", "--from", str(tmp_path / "scan"), "--out", str(desk.snapshot)]
    assert run([*publish, "--keys", str(played.keys)]) == 0
    assert knowing(played) == {}


def json_campaign(played: Played) -> str:
    found = json.loads((played.folder / "scan" / "campaigns.json").read_text())["campaigns"]
    return next(one["id"] for one in found if played.other in one["account_ids"])


def others_are_there(played: Played) -> None:
    """Nobody else was taken out with it."""
    scan = played.folder / "scan"
    for name in ("accounts.parquet", "ties.parquet", "exchanges.parquet"):
        assert played.other in pl.read_parquet(scan / name)["account_id"], name
    assert pl.read_parquet(scan / "accounts.parquet").height > 500
    assert played.other in (scan / "report.html").read_text()
    assert (played.folder / "innocents.txt").read_text() == "acct-unknown\n"
    assert pl.read_parquet(played.folder / "intel" / "peer_matches.parquet").height == 1

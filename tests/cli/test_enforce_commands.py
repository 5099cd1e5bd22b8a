"""`enforce` and `audit` as a person runs them."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "enforcement"))

from hook_server import HookServer

from revenuer.app.casebook.opening import open_casebook
from revenuer.app.casebook.permits import grant_permit, request_permit
from revenuer.casework.permits import Purpose, Terms
from revenuer.casework.roles import Actor, Role
from revenuer.records import Axis, Evidence, Findings
from revenuer.reports.campaigns_json import from_json, to_json

Run = Callable[..., Any]

POLICY = """
mode = "enforce"
[[ladder]]
action = "tag"
[appeal]
url = "https://example.com/appeals"
verify_url = "https://example.com/verify"
"""
CAMPAIGN = "campaign--11111111"
NAMES = ("acct-2", "acct-3")


def document() -> str:
    at = "2026-06-01T00:00:00.000000Z"
    campaign = {
        "id": CAMPAIGN, "verdict": "convicted", "probability": 0.95, "log_e_value": 8.0,
        "axes": {"coordination": 8.0, "extraction": 8.0, "concealment": 8.0},
        "account_ids": list(NAMES), "exchanges": 1, "tasks": 1, "output_tokens": 1,
        "reasoning_tokens": 0, "first_seen": at, "last_seen": at, "detected_at": at,
    }  # fmt: skip
    scanned = {
        "exchanges": 9, "tasks": 9, "accounts": 3, "from": at, "to": at, "fdr": 0.05,
        "baseline_id": "b", "config_sha256": "c", "detector_versions": {}, "blind": [],
    }  # fmt: skip
    return json.dumps(
        {"schema": "revenuer/campaigns/1", "scanned": scanned, "campaigns": [campaign]}
    )


class Shop:
    """A scan, a policy and a snapshot, and the command with them."""

    def __init__(self, revenuer: Run, folder: Path) -> None:
        self._run = revenuer
        self.folder = folder
        self.scan = folder / "scan"
        self.scan.mkdir()
        self.snapshot = folder / "guard" / "verdicts.rvn"
        self.policy = folder / "guard.toml"
        self.policy.write_text(POLICY)
        self.write(from_json(document()))

    def write(self, findings: Findings) -> None:
        (self.scan / "campaigns.json").write_text(to_json(findings), "utf-8")

    def enforce(self, *words: str, **_: object) -> Any:
        return self._run(
            "enforce", CAMPAIGN, "--from", self.scan, "--policy", self.policy, *self.at(), *words
        )

    def at(self) -> tuple[object, ...]:
        return ("--snapshot", self.snapshot, "--keys", self.folder / "keys")

    def then(self, *words: object) -> Any:
        return self._run("enforce", *words, *self.at())

    @property
    def log(self) -> Path:
        return self.folder / "guard" / "verdicts.rvn.docket" / "audit.jsonl"


@pytest.fixture
def shop(revenuer: Run, tmp_path: Path) -> Shop:
    return Shop(revenuer, tmp_path)


BLOCK = ("--action", "block", "--for", "48h", "--by", "alice", "--why", "harvest")


def test_a_plan_is_only_looked_at(shop: Shop) -> None:
    said = shop.enforce(*BLOCK, "--plan")
    assert said.code == 0
    for part in ("block campaign--11111111", "2 accounts", "allow -> block", "named person"):
        assert part in said.out
    assert "https://example.com/appeals" in said.out
    assert "acct-" not in said.out
    assert "acct-2" in shop.enforce(*BLOCK, "--plan", "--show-ids").out
    assert not shop.snapshot.exists()
    assert not shop.log.exists()


def test_without_a_yes_nothing_is_done(shop: Shop) -> None:
    said = shop.enforce(*BLOCK, "--approve", "bob")
    assert said.code == 5
    assert "nobody said yes" in said.err
    assert not shop.log.exists()


def test_without_an_approval_the_plan_waits_for_it(shop: Shop) -> None:
    said = shop.enforce(*BLOCK, "--yes", "--json")
    assert said.code == 5
    plan = json.loads(said.out)
    assert (plan["done"]["missing"], plan["plan"]["approvers_needed"]) == (1, 1)
    assert not shop.snapshot.exists()
    digest = plan["plan"]["digest"]
    assert digest[:12] in shop.then("list").out
    done = shop.then("approve", digest[:12], "--by", "bob", "--yes", "--json")
    assert done.code == 0
    assert json.loads(done.out)["done"]["decision"].startswith("decision--")
    listed = json.loads(shop.then("list", "--json").out)
    assert [one["approvers"] for one in listed["decisions"]] == [["bob"]]
    assert listed["plans"] == []


def test_a_plan_is_refused_or_withdrawn_and_waits_no_more(shop: Shop) -> None:
    digest = json.loads(shop.enforce(*BLOCK, "--yes", "--json").out)["plan"]["digest"]
    own = shop.then("refuse", digest[:12], "--by", "alice", "--why", "no")
    assert own.code == 1
    assert "can withdraw it" in own.err
    assert shop.then("withdraw", digest[:12], "--by", "bob", "--why", "no").code == 1
    said = shop.then("refuse", digest[:12], "--by", "bob", "--why", "an office")
    assert said.code == 0
    assert "refused by bob: an office" in said.out
    assert shop.then("approve", digest, "--by", "carol", "--yes").code == 1
    assert "Nothing is decided." in shop.then("list").out
    assert "refused by bob: an office" in shop.then("list", "--all").out
    shop.enforce(*BLOCK, "--yes")
    gone = shop.then("withdraw", digest, "--by", "alice", "--why", "mistaken", "--json")
    closed = json.loads(gone.out)
    assert (closed["closed"]["how"], closed["before"][0]["why"]) == ("withdrawn", "an office")
    assert json.loads(shop.then("list", "--json").out)["plans"] == []


def test_a_permit_of_the_casebook_stops_an_action_above_a_tag(shop: Shop) -> None:
    keys, now = shop.folder / "keys", datetime.now(UTC)
    url = f"sqlite:///{shop.folder}/casebook.sqlite"
    digest = json.loads(shop.enforce(*BLOCK, "--yes", "--json").out)["plan"]["digest"]
    book = open_casebook(url, keys, now=now)
    terms = Terms(now - timedelta(days=1), now + timedelta(days=9))
    ana, bo = Actor("ana", Role.ANALYST), Actor("bo", Role.APPROVER)
    made = request_permit(
        book, holder="acct-2", kind="account", purpose=Purpose.EVALUATION, terms=terms,
        text="Ours.", actor=ana, now=now,
    )  # fmt: skip
    grant_permit(book, made.id, four_eyes=True, text="", actor=bo, now=now)
    book.database.close()
    told = shop.then("approve", digest, "--by", "bob", "--yes", "--casebook", url)
    assert told.code == 1
    assert "has a permit that holds for them" in told.err
    told = shop.enforce(*BLOCK, "--approve", "bob", "--yes", "--casebook", url)
    assert told.code == 1
    assert not shop.snapshot.exists()
    tag = ("--action", "tag", "--for", "48h", "--by", "alice", "--yes", "--casebook", url)
    assert shop.enforce(*tag).code == 0


def test_a_decision_is_made_shown_and_taken_back(shop: Shop, revenuer: Run) -> None:
    said = shop.enforce(*BLOCK, "--approve", "bob", "--yes")
    assert said.code == 0
    name = said.out.split("Done: ")[1].split()[0]
    shown = json.loads(revenuer("verdicts", "show", shop.snapshot, "--json").out)
    assert shown["by_action"] == {"block": 2}
    assert "harvest" in shop.then("show", name).out
    undone = shop.then("undo", name, "--why", "a mistake", "--by", "carol")
    assert undone.code == 0
    shown = json.loads(revenuer("verdicts", "show", shop.snapshot, "--json").out)
    assert shown["by_action"] == {}
    seen = shop.then("show", name).out
    assert "taken back  by carol: a mistake" in seen
    assert shop.then("list").out.strip() == "Nothing is decided."
    assert name in shop.then("list", "--all").out
    assert shop.then("settle").code == 0
    assert "No webhook waits" in shop.then("outbox").out


def test_a_digest_holds_the_plan_to_what_was_seen(shop: Shop) -> None:
    digest = json.loads(shop.enforce(*BLOCK, "--plan", "--json").out)["plan"]["digest"]
    findings = from_json(document())
    grown = replace(findings.campaigns[0], account_ids=(*NAMES, "acct-4"))
    shop.write(replace(findings, campaigns=(grown,)))
    said = shop.enforce(*BLOCK, "--approve", "bob", "--yes", "--digest", digest)
    assert said.code == 1
    assert "changed since" in said.err
    assert not shop.log.exists()
    shop.write(findings)
    done = shop.enforce(*BLOCK, "--approve", "bob", "--yes", "--digest", digest)
    assert done.code == 0


def test_obstacles_are_told_and_nothing_is_done(shop: Shop) -> None:
    shop.policy.write_text('at_most = "throttle"\n[[ladder]]\naction = "tag"\n')
    said = shop.enforce(*BLOCK, "--approve", "bob", "--yes")
    assert said.code == 1
    for part in ("throttle at most", "appeal.url", "only watches"):
        assert part in said.err
        assert part in said.out
    assert not shop.log.exists()


@pytest.mark.parametrize("length", ["48", "0h", "-1h", "forever", "1e9h"])
def test_a_length_that_is_none_is_told(shop: Shop, length: str) -> None:
    said = shop.enforce("--action", "tag", "--for", length)
    assert said.code == 2
    assert "72h" in said.err


def test_a_campaign_that_is_not_there_is_told(shop: Shop, revenuer: Run) -> None:
    said = revenuer("enforce", "campaign--none", "--from", shop.scan, "--action", "tag", *shop.at())
    assert said.code == 1
    assert "no campaign" in said.err


def test_nothing_was_decided_yet_is_said(shop: Shop) -> None:
    assert "Nothing was decided" in shop.then("list").err
    assert shop.then("settle").code == 0
    assert not (shop.folder / "keys").exists()


def test_words_from_a_log_cannot_hide_or_reorder_what_is_printed(shop: Shop) -> None:
    findings = from_json(document())
    odd = replace(
        findings.campaigns[0],
        account_ids=("acct-\u202e2",),
        evidence=(Evidence("x", Axis.COORDINATION, "x", 1.0),),
    )
    shop.write(replace(findings, campaigns=(odd,)))
    said = shop.enforce("--action", "tag", "--plan", "--show-ids")
    assert "\u202e" not in said.out
    assert "U+202E" in said.out


def test_the_audit_log_is_verified_and_any_change_ends_with_1(shop: Shop, revenuer: Run) -> None:
    shop.enforce(*BLOCK, "--approve", "bob", "--yes")
    good = revenuer("audit", "verify", shop.log)
    assert good.code == 0
    witness = good.out.split("witness ")[1].strip()
    by_snapshot = revenuer(
        "audit", "verify", "--snapshot", shop.snapshot, "--witness", witness, "--json"
    )
    assert json.loads(by_snapshot.out)["flaws"] == []
    assert "acted" in revenuer("audit", "show", shop.log).out
    whole = shop.log.read_bytes()
    lines = whole.splitlines(keepends=True)
    for changed in (
        whole[:-1],
        whole[:-5],
        b"".join(lines[:-1]),
        b"".join(lines[1:]),
        b"".join([lines[1], lines[0], *lines[2:]]),
        whole + lines[0],
        whole.replace(b"alice", b"mallo", 1),
        b"",
    ):
        shop.log.write_bytes(changed)
        bad = revenuer("audit", "verify", shop.log)
        assert bad.code == 1, changed
        assert "not as it was written" in bad.err
    shop.log.write_bytes(whole)
    assert revenuer("audit", "verify", shop.log, "--witness", f"2:{'0' * 64}").code == 1
    assert revenuer("audit", "verify", shop.log, "--witness", "x").code == 1
    # Without a file it is the casebook's log, and there is none here.
    none = ("--casebook", f"sqlite:///{shop.folder}/none.sqlite", "--keys", shop.folder / "keys")
    assert revenuer("audit", "verify", *none).code == 1
    assert revenuer("audit", "verify", "--snapshot", shop.folder / "none").code == 1


def test_what_was_published_says_which_decisions_it_kept(shop: Shop, revenuer: Run) -> None:
    shop.enforce(*BLOCK, "--approve", "bob", "--yes")
    said = revenuer(
        "verdicts", "publish", "--from", shop.scan, "--out", shop.snapshot,
        "--policy", shop.policy, "--keys", shop.folder / "keys",
    )  # fmt: skip
    assert "1 decision of `enforce` in force, and kept" in said.out
    shown = json.loads(revenuer("verdicts", "show", shop.snapshot, "--json").out)
    assert shown["by_action"] == {"block": 2}


def test_a_decision_is_taken_back_although_the_policy_is_gone(shop: Shop) -> None:
    said = shop.enforce(*BLOCK, "--approve", "bob", "--yes")
    name = said.out.split("Done: ")[1].split()[0]
    shop.policy.unlink()
    undone = shop.then("undo", name, "--why", "x", "--by", "carol")
    assert undone.code == 0
    told = (shop.log.parent / "notices" / f"{name}.undone.jsonl").read_text()
    assert "https://example.com/appeals" in told


def test_a_second_decision_needs_no_policy_named(shop: Shop, revenuer: Run) -> None:
    shop.enforce(*BLOCK, "--approve", "bob", "--yes")
    said = revenuer(
        "enforce", CAMPAIGN, "--from", shop.scan, *shop.at(), "--action", "throttle", "--yes"
    )
    assert said.code == 0


def test_webhooks_are_sent_listed_and_sent_again(shop: Shop) -> None:
    secrets = shop.folder / "secrets"
    secrets.write_text("whsec_" + "c2VjcmV0" * 5)
    secrets.chmod(0o600)
    with HookServer() as hooks:
        shop.policy.write_text(
            f'{POLICY}[[webhooks]]\nname = "own"\nurl = "{hooks.url}"\nsecrets = "{secrets}"\n'
        )
        hooks.usual = 500
        said = shop.enforce(*BLOCK, "--approve", "bob", "--yes")
        assert said.code == 0
        assert "own: status 500" in said.err
        assert "2 webhooks waiting" in said.err
        listed = json.loads(shop.then("outbox", "--json").out)
        assert [(one["status"], one["attempts"]) for one in listed] == [
            ("waiting", 1),
            ("waiting", 0),
        ]
        assert "account" not in json.dumps(listed)
        assert shop.then("outbox", "--retry", "all").code == 1
        # Each attempt is days later; the tenth is the last.
        for _ in range(9):
            make_due(shop)
            shop.then("settle")
        listed = json.loads(shop.then("outbox", "--json").out)
        assert [one["status"] for one in listed] == ["dead", "waiting"]
        hooks.usual = 200
        again = shop.then("outbox", "--retry", listed[0]["id"])
        assert again.code == 0
        assert hooks.got[-1].headers["webhook-id"] == listed[0]["id"]
        make_due(shop)
        assert shop.then("settle").code == 0
        assert "No webhook waits" in shop.then("outbox").out


def make_due(shop: Shop) -> None:
    """Let the time come that every message waits for."""
    outbox = sqlite3.connect(shop.log.parent / "outbox.sqlite")
    outbox.execute("UPDATE messages SET next_at = 0")
    outbox.commit()
    outbox.close()

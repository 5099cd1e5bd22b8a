"""A scan, a policy and a snapshot to decide about, for the tests of enforcement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from revenuer.app.desk import Desk, open_desk
from revenuer.app.enforce import Done, decide
from revenuer.app.enforce_limits import Grounds, Plan, Wish
from revenuer.app.enforce_plan import make_plan
from revenuer.app.verdicts import Published, publish
from revenuer.casework.decisions import Decision
from revenuer.enforcement.snapshot_file import load_snapshot
from revenuer.guard import (
    Action,
    Caller,
    Facts,
    Guard,
    Kind,
    Policy,
    Protocol,
    Request,
    Snapshot,
)
from revenuer.guard.policy import Appeal, Approval, Mode, Step
from revenuer.records import Axis, Campaign, Evidence, Findings, Scanned, Verdict
from revenuer.reports.campaigns_json import to_json

AT = datetime(2026, 6, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 2, tzinfo=UTC)
HOUR = timedelta(hours=1)
NAMES = ("a", "b", "c", "d")
CAMPAIGN = Campaign(
    id="campaign--11111111",
    verdict=Verdict.CONVICTED,
    probability=0.95,
    log_e_value=8.0,
    axes={Axis.COORDINATION: 20.0, Axis.EXTRACTION: 9.0, Axis.CONCEALMENT: 8.0},
    account_ids=NAMES,
    exchanges=10,
    tasks=10,
    output_tokens=10,
    reasoning_tokens=0,
    first_seen=AT,
    last_seen=AT,
    detected_at=AT,
    innocents_nearby=2,
    evidence=(
        Evidence("shared-device", Axis.COORDINATION, "Four share one device.", 5.0, ("a", "b")),
    ),
)
SCANNED = Scanned(10, 10, 9, AT, AT, 0.05, "b", "c", {}, ())
POLICY = Policy(
    mode=Mode.ENFORCE,
    ladder=(Step(Action.TAG),),
    appeal=Appeal(url="https://example.com/appeals", verify_url="https://example.com/verify"),
)


@dataclass
class Place:
    """A scan's folder, a snapshot, and what is allowed."""

    folder: Path
    policy: Policy = POLICY
    permits: str | None = None
    accounts: str | None = None

    @property
    def scan(self) -> Path:
        return self.folder / "scan"

    @property
    def desk(self) -> Desk:
        return open_desk(self.folder / "guard" / "verdicts.rvn", self.folder / "keys")

    @property
    def grounds(self) -> Grounds:
        return Grounds(self.scan, self.policy, self.permits, self.accounts)

    def scanned(self, *campaigns: Campaign) -> Place:
        self.scan.mkdir(parents=True, exist_ok=True)
        (self.scan / "campaigns.json").write_text(to_json(Findings(SCANNED, campaigns)), "utf-8")
        return self

    def published(self, now: datetime = NOW) -> Published:
        return publish(
            self.scan,
            out=self.desk.snapshot,
            keys=self.folder / "keys",
            now=now,
            policy=self.policy,
            permits=self.permits,
            accounts=self.accounts,
        )

    def wish(self, action: Action = Action.BLOCK, **more: Any) -> Wish:
        return Wish(**({"campaign": CAMPAIGN.id, "action": action, "hours": 48.0} | more))

    def plan(self, action: Action = Action.BLOCK, now: datetime = NOW, **more: Any) -> Plan:
        return make_plan(self.desk, self.grounds, self.wish(action, **more), now)

    def decided(
        self,
        action: Action = Action.BLOCK,
        *,
        approvers: tuple[str, ...] = ("bob",),
        now: datetime = NOW,
        **more: Any,
    ) -> Done:
        plan = self.plan(action, now, **more)
        return decide(
            self.desk,
            self.grounds,
            plan.wish,
            digest=plan.digest,
            by="alice",
            now=now,
            approvers=approvers,
        )

    def decision(self, name: str) -> Decision:
        return self.desk.ledger().decisions[name]

    def holds(self, now: datetime = NOW, names: str = "abcdefxyz") -> dict[str, str]:
        """What a real guard decides on a request of each account."""
        desk = self.desk
        guard = Guard(self.policy, desk.fingerprints)
        snapshot = load_snapshot(desk.snapshot, desk.signing.public)
        assert isinstance(snapshot, Snapshot), snapshot
        assert guard.offer(snapshot, now.timestamp()) is None
        found = {}
        for name in names:
            caller = Caller(desk.fingerprints.of(Kind.ACCOUNT, name))
            asked = Request(now.timestamp() + 1, caller, Protocol.OPENAI_CHAT, Facts(logprobs=True))
            decision = guard.decide(asked)
            if decision.action is not Action.ALLOW:
                found[name] = decision.action.word
        return found

    def kinds(self) -> list[str]:
        return [entry.kind for entry in self.desk.audit.entries()]


def allowing(policy: Policy = POLICY, **approval: Any) -> Policy:
    return replace(policy, approval=Approval(**approval))


def accounts_table(folder: Path, owners: Mapping[str, str | None]) -> str:
    path = folder / "accounts.parquet"
    columns = {"account_id": list(owners), "organization_id": list(owners.values())}
    pl.DataFrame(columns).write_parquet(path)
    return str(path)


def permits_table(folder: Path, *accounts: str) -> str:
    path = folder / "permits.parquet"
    rows = [
        {
            "account_id": name,
            "organization_id": None,
            "purpose": "evaluation",
            "valid_from": AT - timedelta(days=30),
            "valid_until": AT + timedelta(days=30),
        }
        for name in accounts
    ]
    schema = {
        "account_id": pl.String,
        "organization_id": pl.String,
        "purpose": pl.String,
        "valid_from": pl.Datetime("us", "UTC"),
        "valid_until": pl.Datetime("us", "UTC"),
    }
    pl.DataFrame(rows, schema=schema).write_parquet(path)
    return str(path)

"""`policy replay`: what a policy would have done to the traffic of some logs."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from math import inf
from pathlib import Path
from typing import Any, NamedTuple

import ibis.expr.types as ir

from revenuer.app.progress import Progress
from revenuer.app.replayed import Hit, Replay, Share, affected_by, gravest_first
from revenuer.app.saved import read_findings
from revenuer.app.sentences import Sentenced, permit_holders, sentences, whole_organizations
from revenuer.guard.core import Guard
from revenuer.guard.decision import NOTHING, Decision
from revenuer.guard.events import Answer, Caller, Facts, Protocol, Request
from revenuer.guard.fingerprint import KEY_BYTES, Fingerprinter, Kind
from revenuer.guard.ladder import ACTIONS, Action
from revenuer.guard.layout import Issue, Listing, write_snapshot
from revenuer.guard.policy import Mode, Policy
from revenuer.guard.snapshot import Snapshot, read_snapshot
from revenuer.records import Findings, Verdict
from revenuer.sources import Logs

ROWS_AT_ONCE = 20_000
CALLERS_KEPT = 100_000
COLUMNS = (
    "occurred_at",
    "account_id",
    "organization_id",
    "input_tokens",
    "output_tokens",
    "reasoning_tokens",
    "n",
    "logprobs",
    "max_output_tokens",
)


def replay(
    open_logs: Callable[[Path], Logs],
    *,
    policy: Policy,
    scan: Path,
    progress: Progress,
    permits: str | None = None,
    accounts: str | None = None,
) -> Replay:
    """Let a policy decide on logged exchanges, in the order of their time.

    The verdicts of the scan count from the first row to the last, as if they had been published
    all the time. Traffic is taken as it was: nobody waits or gives up where they would have.

    Args:
        open_logs: Opens the logs in a folder that is theirs.
        policy: The policy; it is enforced whatever its mode.
        scan: The scan's folder, for the verdicts.
        progress: Told how far the work is.
        permits: The permits table.
        accounts: The accounts table, for permits of organizations and for organizations that
            are listed whole.
    """
    findings = read_findings(scan)
    held = sentences(findings.campaigns, policy).accounts
    holders = permit_holders(permits, accounts, (findings.scanned.last,))
    listed = {account: one for account, one in held.items() if account not in holders}
    # Of this run alone: nothing that it makes is kept.
    fingerprints = Fingerprinter(bytes(KEY_BYTES))
    guard = Guard(replace(policy, mode=Mode.ENFORCE, stale_s=inf), fingerprints)
    organizations = whole_organizations(listed, accounts, policy.whole_organizations)
    _list(guard, {Kind.ACCOUNT: listed, Kind.ORGANIZATION: organizations}, fingerprints)
    run = _Run(guard, fingerprints, _convicted(findings))
    with tempfile.TemporaryDirectory(prefix="revenuer-") as work, open_logs(Path(work)) as logs:
        total = logs.intake.kept
        with progress.stage("replaying", total) as advance:
            for batch in logs.engine.stream(_in_order(logs), ROWS_AT_ONCE):
                run.decide(batch.to_pydict())
                advance(batch.num_rows)
    return run.told(policy, len(listed))


def _convicted(findings: Findings) -> frozenset[str]:
    return frozenset(
        account
        for campaign in findings.campaigns
        if campaign.verdict is Verdict.CONVICTED
        for account in campaign.account_ids
    )


def _list(
    guard: Guard, listed: Mapping[Kind, Mapping[str, Sentenced]], fingerprints: Fingerprinter
) -> None:
    """Put the verdicts in force for good."""
    listings = {
        fingerprints.of(kind, name): Listing(one.action, one.cause, inf, one.probability)
        for kind, found in listed.items()
        for name, one in found.items()
    }
    issue = Issue(1, 0.0, fingerprints.key_id, bytes(8), lambda _: bytes(64))
    snapshot = read_snapshot(write_snapshot(listings, issue))
    assert isinstance(snapshot, Snapshot)
    guard.offer(snapshot, 0.0)


def _in_order(logs: Logs) -> ir.Table:
    """What the guard is told of each exchange, by time; equal times by id, so that it is one."""
    rows = logs.tables.exchanges.select(*COLUMNS, "exchange_id")
    owned = logs.tables.accounts.select(
        "account_id", "plan", account_organization="organization_id"
    )
    rows = rows.left_join(owned, "account_id").drop("account_id_right")
    return rows.order_by("occurred_at", "exchange_id").drop("exchange_id")


class _Row(NamedTuple):
    """One exchange, in the order of the query's columns."""

    at: datetime
    account: str
    organization: str | None
    input_tokens: int | None
    output_tokens: int | None
    reasoning_tokens: int | None
    n: int | None
    logprobs: bool | None
    max_tokens: int | None
    plan: str | None
    account_organization: str | None

    def facts(self) -> Facts:
        """What its request asked for, as far as the log says."""
        return Facts(
            n=self.n,
            max_tokens=self.max_tokens,
            logprobs=bool(self.logprobs),
            reasoning=bool(self.reasoning_tokens),
            input_tokens=self.input_tokens or 0,
        )


class _Run:
    """The replay so far."""

    def __init__(
        self, guard: Guard, fingerprints: Fingerprinter, convicted: frozenset[str]
    ) -> None:
        self._guard = guard
        self._convicted = convicted
        self._exchanges = 0
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._by_action = {action: Share() for action in ACTIONS}
        self._hits: dict[str, Hit] = {}

        @lru_cache(CALLERS_KEPT)
        def caller(account: str, organization: str | None, cohort: str) -> Caller:
            return Caller(
                fingerprints.of(Kind.ACCOUNT, account),
                None if organization is None else fingerprints.of(Kind.ORGANIZATION, organization),
                cohort=cohort,
            )

        self._caller = caller

    def decide(self, columns: Mapping[str, list[Any]]) -> None:
        """Decide on the exchanges of a batch."""
        for row in map(_Row._make, zip(*columns.values(), strict=True)):
            organization = row.organization or row.account_organization
            caller = self._caller(row.account, organization, row.plan or "")
            now = row.at.timestamp()
            # Every one is taken for a chat: a log does not say how a request was written.
            decision = self._guard.decide(Request(now, caller, Protocol.OPENAI_CHAT, row.facts()))
            tokens = (row.input_tokens or 0) + (row.output_tokens or 0)
            if decision.passes:
                self._guard.finish(Answer(now, caller, decision, tokens))
            self._by_action[decision.action].add(decision.passes, tokens)
            if decision is not NOTHING and decision.action is not Action.ALLOW:
                self._hit(row.account, organization or "", decision, tokens)
            self._exchanges += 1
            self._first, self._last = self._first or row.at, row.at

    def _hit(self, account: str, organization: str, decision: Decision, tokens: int) -> None:
        hit = self._hits.get(account)
        if hit is None:
            hit = self._hits[account] = Hit(account, organization, account in self._convicted)
        hit.action = max(hit.action, decision.action)
        why = f"{decision.reason}: {decision.evidence_id}"
        hit.reasons[why] = hit.reasons.get(why, 0) + 1
        hit.of.add(decision.passes, tokens)

    def told(self, policy: Policy, listed: int) -> Replay:
        """What it came to."""
        hits = sorted(self._hits.values(), key=gravest_first)
        return Replay(
            mode=policy.mode.value,
            exchanges=self._exchanges,
            first=self._first,
            last=self._last,
            listed=listed,
            by_action={action.word: share for action, share in self._by_action.items()},
            innocents=tuple(hit for hit in hits if not hit.convicted),
            convicted=tuple(hit for hit in hits if hit.convicted),
            organizations=affected_by(hits),
        )

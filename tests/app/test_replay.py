"""A policy tried out on logs: who would have been hit, in the order of time, by the live core."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from revenuer.app.opening import open_with
from revenuer.app.progress import Silent
from revenuer.app.replay import replay
from revenuer.app.replayed import Replay
from revenuer.guard import Action, Mode, Policy
from revenuer.guard.policy import Exemption, Limit, Rate, Sentence, Step, Throttle
from revenuer.records import Axis, Campaign, Findings, Scanned, Verdict
from revenuer.reports.campaigns_json import to_json

AT = datetime(2026, 6, 1, tzinfo=UTC)
CAMPAIGN = Campaign(
    id="campaign--1",
    verdict=Verdict.CONVICTED,
    probability=0.95,
    log_e_value=8.0,
    axes=dict.fromkeys(Axis, 8.0),
    account_ids=("bad-1", "bad-2"),
    exchanges=10,
    tasks=10,
    output_tokens=10,
    reasoning_tokens=0,
    first_seen=AT,
    last_seen=AT,
    detected_at=AT,
)
SCANNED = Scanned(10, 10, 9, AT, AT, 0.05, "b", "c", {}, ())
BLOCK = Policy(ladder=(Step(Action.BLOCK),))
Row = tuple[float, str, int]
"""Seconds after the start, the account, tokens of the answer."""


@pytest.fixture
def replayed(tmp_path: Path) -> Callable[..., Replay]:
    """Replay a policy over rows, with these campaigns convicted."""

    def run(
        policy: Policy,
        rows: list[Row],
        campaigns: tuple[Campaign, ...] = (CAMPAIGN,),
        organizations: dict[str, str] | None = None,
        permits: pl.DataFrame | None = None,
        row_organization: str | None = None,
    ) -> Replay:
        scan = tmp_path / "scan"
        scan.mkdir(exist_ok=True)
        (scan / "campaigns.json").write_text(to_json(Findings(SCANNED, campaigns)), "utf-8")
        logs = tmp_path / "logs.parquet"
        pl.DataFrame(
            {
                "exchange_id": [f"e{number:05d}" for number in range(len(rows))],
                "occurred_at": [AT + timedelta(seconds=second) for second, _, _ in rows],
                "account_id": [account for _, account, _ in rows],
                "organization_id": pl.Series([row_organization] * len(rows), dtype=pl.String),
                "input_tokens": [10] * len(rows),
                "output_tokens": [tokens for _, _, tokens in rows],
            }
        ).write_parquet(logs)
        accounts = None
        if organizations:
            accounts = str(tmp_path / "accounts.parquet")
            pl.DataFrame(
                {
                    "account_id": list(organizations),
                    "organization_id": list(organizations.values()),
                    "plan": ["free"] * len(organizations),
                }
            ).write_parquet(accounts)
        table = None
        if permits is not None:
            table = str(tmp_path / "permits.parquet")
            permits.write_parquet(table)
        return replay(
            lambda work: open_with(
                [str(logs)], accounts=accounts, permits=table, workdir=work, progress=Silent()
            ),
            policy=policy,
            scan=scan,
            progress=Silent(),
            permits=table,
            accounts=accounts,
        )

    return run


Replaying = Callable[..., Replay]


def test_the_convicted_are_hit_and_the_others_are_not(replayed: Replaying) -> None:
    found = replayed(BLOCK, [(0, "bad-1", 5), (1, "good", 7), (2, "bad-2", 9), (3, "bad-1", 1)])
    assert (found.exchanges, found.listed, found.innocents) == (4, 2, ())
    assert [(hit.account_id, hit.of.exchanges, hit.of.refused) for hit in found.convicted] == [
        ("bad-1", 2, 2),
        ("bad-2", 1, 1),
    ]
    assert found.convicted[0].reasons == {"verdict: campaign--1": 2}
    assert (found.by_action["block"].exchanges, found.by_action["block"].tokens) == (3, 45)
    assert (found.by_action["allow"].exchanges, found.by_action["allow"].tokens) == (1, 17)
    assert (found.first, found.last) == (AT, AT + timedelta(seconds=3))


def test_innocents_are_told_apart_whatever_hits_them(replayed: Replaying) -> None:
    # Listed since the policy answers suspicion, and over an ordinary limit.
    suspected = replace(
        CAMPAIGN, id="campaign--2", verdict=Verdict.SUSPECTED, account_ids=("maybe",)
    )
    policy = Policy(
        ladder=(Step(Action.BLOCK), Step(Action.CHALLENGE, Sentence.SUSPECTED)),
        limits=(Limit("all", Rate(requests_per_minute=1, requests_burst=1), cohorts=("*",)),),
    )
    rows = [(0, "busy", 1), (1, "busy", 1), (2, "maybe", 1), (3, "bad-1", 1), (90, "busy", 1)]
    found = replayed(policy, rows, (CAMPAIGN, suspected))
    assert [(hit.account_id, hit.action, hit.of.refused) for hit in found.innocents] == [
        ("maybe", Action.CHALLENGE, 1),
        ("busy", Action.THROTTLE, 1),
    ]
    assert found.innocents[1].reasons == {"limit: limit--all": 1}
    assert [hit.account_id for hit in found.convicted] == ["bad-1"]


def test_rows_are_decided_on_in_the_order_of_their_time(replayed: Replaying) -> None:
    limit = Limit("all", Rate(requests_per_minute=60, requests_burst=1), cohorts=("*",))
    spaced = [(float(second), "a", 1) for second in range(50)]
    assert replayed(Policy(limits=(limit,)), spaced[::-1]).innocents == ()
    bunched = [(second / 2, "a", 1) for second in range(50)]
    (hit,) = replayed(Policy(limits=(limit,)), bunched[::-1]).innocents
    assert hit.of.refused == 25


def test_tokens_of_answers_empty_a_bucket(replayed: Replaying) -> None:
    policy = Policy(
        ladder=(Step(Action.THROTTLE),),
        throttle=Throttle(requests_per_minute=0, tokens_per_minute=60, tokens_burst=100),
    )
    found = replayed(policy, [(0, "bad-1", 500), (1, "bad-1", 1), (420, "bad-1", 1)])
    assert found.by_action["throttle"].refused == 1


def test_verdicts_hold_from_the_first_row_to_the_last(replayed: Replaying) -> None:
    policy = replace(BLOCK, verdict_hours=1, stale_s=60)
    found = replayed(policy, [(0, "bad-1", 1), (40 * 86_400.0, "bad-1", 1)])
    assert found.by_action["block"].refused == 2


def test_a_policy_that_only_watches_is_enforced_in_a_replay(replayed: Replaying) -> None:
    rows = [(0, "bad-1", 1)]
    shadow, enforced = (replayed(replace(BLOCK, mode=mode), rows) for mode in Mode)
    assert replace(shadow, mode="enforce") == enforced
    assert shadow.mode == "shadow"


def test_exemptions_end_by_the_rows_own_time(replayed: Replaying) -> None:
    exemption = Exemption("permit", accounts=("bad-1",), until=AT + timedelta(seconds=10))
    found = replayed(replace(BLOCK, exemptions=(exemption,)), [(9, "bad-1", 1), (10, "bad-1", 1)])
    assert (found.by_action["tag"].exchanges, found.by_action["block"].exchanges) == (1, 1)


def test_organizations_with_innocents_come_first(replayed: Replaying) -> None:
    limit = Limit("free", Rate(requests_per_minute=1, requests_burst=1), cohorts=("free",))
    rows = [(0, "bad-1", 1), (0, "bad-2", 1), (1, "bad-2", 1), (2, "kid", 1), (3, "kid", 1)]
    found = replayed(
        replace(BLOCK, limits=(limit,)),
        rows,
        organizations={"bad-1": "shell", "bad-2": "shell", "kid": "school"},
    )
    assert [
        (one.organization_id, one.accounts, one.innocents, one.refused)
        for one in found.organizations
    ] == [("school", 1, 1, 1), ("shell", 2, 0, 3)]


def test_a_new_account_of_a_listed_organization_is_hit(replayed: Replaying) -> None:
    # The accounts table was written before it was opened; the row names its organization.
    owners = {"bad-1": "shell", "bad-2": "shell"}
    rows = [(0, "bad-1", 1), (1, "bad-3", 1)]
    policy = replace(BLOCK, whole_organizations=2)
    found = replayed(policy, rows, organizations=owners, row_organization="shell")
    assert [hit.account_id for hit in found.innocents] == ["bad-3"]
    assert replayed(BLOCK, rows, organizations=owners, row_organization="shell").innocents == ()


def test_holders_of_permits_are_not_listed(replayed: Replaying) -> None:
    permits = pl.DataFrame(
        {
            "account_id": ["bad-1"],
            "purpose": ["evaluation"],
            "valid_from": [AT - timedelta(days=1)],
            "valid_until": [AT + timedelta(days=1)],
        }
    )
    found = replayed(BLOCK, [(0, "bad-1", 1), (0, "bad-2", 1)], permits=permits)
    assert [hit.account_id for hit in found.convicted] == ["bad-2"]
    assert found.listed == 1

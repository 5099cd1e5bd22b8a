"""Verdicts out of a scan: who is in a snapshot, and who never is."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from revenuer.app.verdicts import publish, show
from revenuer.enforcement.snapshot_file import load_snapshot
from revenuer.enforcement.verdict_keys import (
    fingerprint_key_at,
    public_key_of,
    read_fingerprint_key,
    read_public_key,
)
from revenuer.errors import ConfigError, SourceError
from revenuer.guard import Action, Fingerprinter, Kind, Policy, Snapshot
from revenuer.guard.layout import HEADER_BYTES
from revenuer.guard.policy import Sentence, Step
from revenuer.records import Axis, Campaign, Findings, Method, Scanned, Verdict
from revenuer.reports.campaigns_json import to_json

AT = datetime(2026, 6, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 2, tzinfo=UTC)
CAMPAIGN = Campaign(
    id="campaign--1",
    verdict=Verdict.CONVICTED,
    probability=0.95,
    log_e_value=8.0,
    axes={Axis.COORDINATION: 20.0, Axis.EXTRACTION: 9.0, Axis.CONCEALMENT: 8.0},
    account_ids=("a", "b"),
    exchanges=10,
    tasks=10,
    output_tokens=10,
    reasoning_tokens=0,
    first_seen=AT,
    last_seen=AT,
    detected_at=AT,
    methods=(Method.COT_EXFILTRATION,),
)
SCANNED = Scanned(10, 10, 9, AT, AT, 0.05, "b", "c", {}, ())
EVERYBODY = Policy(
    ladder=tuple(Step(Action.TAG, sentence) for sentence in Sentence),
)


@dataclass(frozen=True)
class Place:
    """A scan's folder, and where its verdicts go."""

    scan: Path
    out: Path
    keys: Path

    def acts(self) -> dict[str, Action]:
        """What the snapshot asks for, by account."""
        snapshot = load_snapshot(self.out, read_public_key(public_key_of(self.out)))
        assert isinstance(snapshot, Snapshot), snapshot
        names = Fingerprinter(
            read_fingerprint_key(self.out.with_name(f"{self.out.name}.fingerprint-key"))
        )
        found = {name: snapshot.get(names.of(Kind.ACCOUNT, name)) for name in "abcdefxyz"}
        return {name: one.action for name, one in found.items() if one is not None}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path / "scan", tmp_path / "guard" / "verdicts.rvn", tmp_path / "keys")


@pytest.fixture
def scanned(place: Place) -> Callable[..., Place]:
    """Write campaigns as a scan does, an hour before now."""

    def write(*campaigns: Campaign) -> Place:
        place.scan.mkdir(exist_ok=True)
        file = place.scan / "campaigns.json"
        file.write_text(to_json(Findings(SCANNED, campaigns)), "utf-8")
        written = (NOW - timedelta(hours=1)).timestamp()
        os.utime(file, (written, written))
        return place

    return write


def published(place: Place, policy: Policy | None = None, now: datetime = NOW, **tables: str):  # type: ignore[no-untyped-def]
    return publish(place.scan, out=place.out, keys=place.keys, now=now, policy=policy, **tables)


Scanning = Callable[..., Place]


def test_the_convicted_are_in_it_and_nobody_else(scanned: Scanning) -> None:
    place = scanned(
        CAMPAIGN,
        replace(CAMPAIGN, id="campaign--2", verdict=Verdict.SUSPECTED, account_ids=("c",)),
        replace(CAMPAIGN, id="campaign--3", verdict=Verdict.UNDECIDED, account_ids=("d",)),
        replace(CAMPAIGN, id="campaign--4", verdict=Verdict.CLEARED, account_ids=("e",)),
    )
    done = published(place)
    assert place.acts() == {"a": Action.CHALLENGE, "b": Action.CHALLENGE}
    assert (done.accounts, done.campaigns, done.by_action) == (2, 1, {"challenge": 2})


def test_no_policy_reaches_a_cleared_campaign_or_its_members(scanned: Scanning) -> None:
    place = scanned(
        CAMPAIGN,
        replace(CAMPAIGN, id="campaign--2", verdict=Verdict.CLEARED, account_ids=("b", "c")),
    )
    done = published(place, EVERYBODY)
    assert place.acts() == {"a": Action.TAG}
    assert done.cleared == 1


@pytest.mark.parametrize(
    ("step", "acts"),
    [
        (Step(Action.BLOCK), {"a", "b", "c"}),
        (Step(Action.BLOCK, probability_at_least=0.95), {"a", "b"}),
        (Step(Action.BLOCK, probability_at_least=0.96), set()),
        (Step(Action.BLOCK, nats_at_least={"concealment": 8.0}), {"a", "b"}),
        (Step(Action.BLOCK, nats_at_least={"concealment": 8.1}), set()),
        (Step(Action.BLOCK, methods=("cot-autograding", "cot-exfiltration")), {"a", "b"}),
        (Step(Action.BLOCK, methods=("cot-autograding",)), set()),
        (Step(Action.BLOCK, Sentence.SUSPECTED), set()),
    ],
)
def test_a_step_fits_by_probability_axes_and_methods(
    scanned: Scanning, step: Step, acts: set[str]
) -> None:
    weaker = replace(
        CAMPAIGN,
        id="campaign--2",
        probability=0.5,
        axes=dict.fromkeys(Axis, 3.0),
        methods=(),
        account_ids=("c",),
    )
    place = scanned(CAMPAIGN, weaker)
    published(place, Policy(ladder=(step,)))
    assert place.acts() == dict.fromkeys(acts, Action.BLOCK)


def test_an_account_gets_the_gravest_of_its_campaigns_and_the_policy_caps_it(
    scanned: Scanning,
) -> None:
    place = scanned(
        CAMPAIGN, replace(CAMPAIGN, id="campaign--2", probability=0.5, account_ids=("b", "c"))
    )
    published(place)
    assert place.acts() == {"a": Action.CHALLENGE, "b": Action.CHALLENGE, "c": Action.REDUCE}
    published(place, Policy(at_most=Action.THROTTLE))
    assert set(place.acts().values()) == {Action.THROTTLE}


def permits(tmp_path: Path, **permit: object) -> str:
    row = {
        "account_id": None,
        "organization_id": None,
        "purpose": "evaluation",
        "valid_from": AT - timedelta(days=30),
        "valid_until": AT + timedelta(days=30),
    } | permit
    path = tmp_path / "permits.parquet"
    schema = {
        "account_id": pl.String,
        "organization_id": pl.String,
        "purpose": pl.String,
        "valid_from": pl.Datetime("us", "UTC"),
        "valid_until": pl.Datetime("us", "UTC"),
    }
    pl.DataFrame([row], schema=schema).write_parquet(path)
    return str(path)


def test_nothing_is_published_about_a_holder_of_a_permit(scanned: Scanning, tmp_path: Path) -> None:
    place = scanned(CAMPAIGN)
    done = published(place, permits=permits(tmp_path, account_id="a"))
    assert place.acts() == {"b": Action.CHALLENGE}
    assert done.permitted == 1


def test_a_permit_that_is_over_protects_nobody(scanned: Scanning, tmp_path: Path) -> None:
    place = scanned(CAMPAIGN)
    over = permits(tmp_path, account_id="a", valid_until=AT - timedelta(days=1))
    assert published(place, permits=over).permitted == 0
    # One that held when the logs end, and ran out since, still does.
    just = permits(tmp_path, account_id="a", valid_until=AT + timedelta(seconds=1))
    assert published(place, permits=just).permitted == 1


def test_a_permit_of_an_organization_is_its_accounts(scanned: Scanning, tmp_path: Path) -> None:
    place = scanned(CAMPAIGN)
    table = permits(tmp_path, organization_id="o")
    accounts = tmp_path / "accounts.parquet"
    pl.DataFrame({"account_id": ["a", "b"], "organization_id": ["o", "p"]}).write_parquet(accounts)
    with pytest.raises(SourceError, match="organizations"):
        published(place, permits=table)
    published(place, permits=table, accounts=str(accounts))
    assert place.acts() == {"b": Action.CHALLENGE}


def test_an_organization_is_listed_where_all_its_accounts_are(
    scanned: Scanning, tmp_path: Path
) -> None:
    place = scanned(
        replace(CAMPAIGN, account_ids=("a", "b", "c", "d")),
        replace(CAMPAIGN, id="campaign--2", probability=0.5, account_ids=("e", "f")),
    )
    accounts = tmp_path / "accounts.parquet"
    # `mixed` has an innocent, `small` is too small, `whole` has one of each action.
    owners = {"a": "whole", "e": "whole", "b": "mixed", "x": "mixed", "c": "small", "y": None}
    pl.DataFrame(
        {"account_id": list(owners), "organization_id": list(owners.values())},
    ).write_parquet(accounts)

    def organizations(policy: Policy, **tables: str) -> dict[str, Action]:
        published(place, policy, **tables)
        snapshot = load_snapshot(place.out, read_public_key(public_key_of(place.out)))
        assert isinstance(snapshot, Snapshot)
        names = Fingerprinter(
            read_fingerprint_key(place.out.with_name(f"{place.out.name}.fingerprint-key"))
        )
        found = {
            name: snapshot.get(names.of(Kind.ORGANIZATION, name))
            for name in ("whole", "mixed", "small")
        }
        return {name: one.action for name, one in found.items() if one is not None}

    two = Policy(whole_organizations=2)
    assert organizations(two, accounts=str(accounts)) == {"whole": Action.REDUCE}
    assert organizations(Policy(whole_organizations=3), accounts=str(accounts)) == {}
    assert organizations(Policy(), accounts=str(accounts)) == {}
    assert organizations(two) == {}
    assert "--accounts" in published(place, two).notes[0]
    # Who holds a permit is not listed, and so their organization is not whole.
    held = permits(tmp_path, account_id="a")
    assert organizations(two, accounts=str(accounts), permits=held) == {}


def test_permits_that_cannot_be_read_stop_the_publication(
    scanned: Scanning, tmp_path: Path
) -> None:
    place = scanned(CAMPAIGN)
    broken = tmp_path / "permits.jsonl"
    broken.write_text('{"account_id": "a", "purpose": "evaluation", "valid_from": "someday"}\n')
    with pytest.raises(SourceError):
        published(place, permits=str(broken))
    assert not place.out.exists()


def test_publishing_twice_changes_the_number_and_the_time_alone(scanned: Scanning) -> None:
    place = scanned(CAMPAIGN)
    first = published(place)
    before = place.out.read_bytes()
    second = published(place, now=NOW + timedelta(minutes=5))
    after = place.out.read_bytes()
    assert after[HEADER_BYTES:] == before[HEADER_BYTES:]
    assert second.sequence > first.sequence
    assert second.expires_at == first.expires_at
    assert (bool(first.made_keys), second.made_keys) == (True, ())


def test_a_number_never_falls_even_where_the_file_was_lost_or_the_clock_is_back(
    scanned: Scanning,
) -> None:
    place = scanned(CAMPAIGN)
    first = published(place)
    back = published(place, now=NOW - timedelta(days=9))
    assert back.sequence == first.sequence + 1
    place.out.unlink()
    assert published(place, now=NOW + timedelta(seconds=5)).sequence > back.sequence


def test_verdicts_count_from_the_scan_and_an_old_one_is_told(scanned: Scanning) -> None:
    place = scanned(CAMPAIGN)
    done = published(place, Policy(verdict_hours=3))
    assert done.expires_at == NOW + timedelta(hours=2)
    assert done.notes == ()
    late = published(place, Policy(verdict_hours=3), now=NOW + timedelta(hours=2))
    assert late.expires_at == done.expires_at
    assert "scan again" in late.notes[0]


def test_no_account_is_named_in_any_file(scanned: Scanning) -> None:
    place = scanned(replace(CAMPAIGN, account_ids=("acct-secret-1", "acct-secret-2")))
    published(place)
    for file in place.out.parent.iterdir():
        assert b"acct-secret" not in file.read_bytes()


def test_the_signing_key_stays_where_verdicts_are_published(scanned: Scanning) -> None:
    place = scanned(CAMPAIGN)
    published(place)
    secret = (place.keys / "verdict-signing.key").read_text().split()[1]
    assert sorted(file.name for file in place.out.parent.iterdir()) == [
        "verdicts.rvn",
        "verdicts.rvn.fingerprint-key",
        "verdicts.rvn.pub",
    ]
    assert all(secret not in file.read_bytes().hex() for file in place.out.parent.iterdir())
    assert all(secret.encode() not in file.read_bytes() for file in place.out.parent.iterdir())


def test_other_keys_do_not_take_over_a_published_file(scanned: Scanning, tmp_path: Path) -> None:
    place = scanned(CAMPAIGN)
    published(place)
    with pytest.raises(ConfigError, match="another public key"):
        publish(place.scan, out=place.out, keys=tmp_path / "others", now=NOW)
    assert place.acts()


def test_the_key_of_a_gateway_that_was_first_is_gone_on_with(scanned: Scanning) -> None:
    place = scanned(CAMPAIGN)
    beside = place.out.with_name(f"{place.out.name}.fingerprint-key")
    secret, _ = fingerprint_key_at(beside)
    published(place)
    assert read_fingerprint_key(place.keys / "fingerprint.key") == secret
    assert place.acts() == {"a": Action.CHALLENGE, "b": Action.CHALLENGE}


def test_an_empty_scan_publishes_that_nobody_is_listed(scanned: Scanning) -> None:
    place = scanned(CAMPAIGN)
    published(place)
    scanned()
    done = published(place)
    assert (done.accounts, place.acts()) == (0, {})


def test_what_is_in_a_snapshot_is_shown(scanned: Scanning) -> None:
    place = scanned(CAMPAIGN, replace(CAMPAIGN, id="campaign--2", account_ids=("c", "d", "e")))
    published(place)
    shown = show(place.out, now=NOW + timedelta(seconds=30))
    assert (shown.verdicts, shown.expired, shown.age_s) == (5, 0, 30.0)
    assert shown.by_action == {"challenge": 5}
    assert list(shown.by_evidence.items()) == [("campaign--2", 3), ("campaign--1", 2)]
    assert shown.bytes == place.out.stat().st_size
    over = show(place.out, now=NOW + timedelta(days=30))
    assert (over.expired, over.by_action, over.by_evidence) == (5, {}, {})


def test_a_forged_snapshot_is_not_shown(scanned: Scanning) -> None:
    place = scanned(CAMPAIGN)
    published(place)
    data = bytearray(place.out.read_bytes())
    data[-1] ^= 1
    place.out.write_bytes(data)
    with pytest.raises(SourceError, match="damaged"):
        show(place.out, now=NOW)

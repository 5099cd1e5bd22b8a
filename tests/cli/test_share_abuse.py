"""A network is told of its own addresses, and of nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from revenuer.app.ties import write_parts
from revenuer.cli.exits import Exit

NAME = "campaign--0f0f0f0f-0000-5000-8000-000000000001"


@pytest.fixture
def addresses(campaign_scan: Path) -> Path:
    """The scan with addresses of two networks, of none, and one that strangers use."""
    path = campaign_scan / "ties.parquet"
    row = pl.read_parquet(path).filter(kind="address").row(0, named=True)

    def of(account: str, value: str, network: str | None, **more: Any) -> dict[str, Any]:
        return {**row, "account_id": account, "value": value, "network": network, **more}

    rows = [
        of("acct-1", "198.51.100.7", "64500", exchanges=120),
        of("acct-2", "198.51.100.7", "64500", exchanges=30, holders=1),
        of("acct-1", "198.51.100.99", "64500", holders=400),
        of("acct-1", "203.0.113.9", "64501"),
        of("acct-3", "192.0.2.1", None),
        # One account saw it in this network, another in that.
        of("acct-3", "192.0.2.2", "64500"),
        of("acct-4", "192.0.2.2", "64501"),
        # Only signed up there.
        of("acct-5", "198.51.100.50", "64500", exchanges=0),
    ]
    write_parts(path, [pl.DataFrame(rows, schema_overrides={"network": pl.String})])
    return campaign_scan


def report(share: Any, scan: Path, out: Path, *more: str) -> Any:
    return share("abuse", NAME, "--from", str(scan), "--out", str(out), *more)


@pytest.mark.parametrize(
    "who", [("--provider", "AS64500"), ("--provider", "Cloud", "--asn", "64500")]
)
def test_only_the_networks_own_addresses_are_told(
    share: Any, addresses: Path, tmp_path: Path, who: tuple[str, ...]
) -> None:
    out = tmp_path / "abuse.json"
    ran = report(share, addresses, out, *who, "--as", "Lab A", "--contact", "abuse@lab.example")
    assert ran.code == Exit.DONE
    told = json.loads(out.read_text("utf-8"))
    (source,) = told["Reports"]
    assert (source["SourceIp"], source["Requests"]) == ("198.51.100.7", 150)
    assert source["OtherAccountsOnThisAddress"] == 1
    assert (source["FirstDate"], source["Date"]) == ("2026-06-01T00:00:00Z", "2026-06-09T22:15:00Z")
    assert told["ReporterInfo"] == {"ReporterOrg": "Lab A", "ReporterOrgEmail": "abuse@lab.example"}
    assert told["Withheld"] == {"AddressesSharedWithStrangers": 1, "AddressesOfOtherNetworks": 3}
    text = (tmp_path / "abuse.json.txt").read_text("utf-8")
    assert text in ran.out
    for page in (text, out.read_text("utf-8")):
        for other in ("203.0.113.9", "192.0.2.", "198.51.100.99", "198.51.100.50", "acct-", NAME):
            assert other not in page


def test_what_is_seen_stands_apart_from_what_is_inferred(
    share: Any, addresses: Path, tmp_path: Path
) -> None:
    text = report(share, addresses, tmp_path / "a.json", "--provider", "64500").out
    seen, inferred, asked = (
        text.index(head) for head in ("WHAT WAS SEEN", "WHAT WE INFER", "WHAT WE ASK")
    )
    assert seen < text.index("150 requests") < inferred < text.index("very likely") < asked
    assert "names no person and no company" in text


def test_it_is_in_the_audit_log(share: Any, addresses: Path, tmp_path: Path) -> None:
    report(share, addresses, tmp_path / "a.json", "--provider", "64500", "--by", "ada")
    log = (tmp_path / "state" / "audit.jsonl").read_text("utf-8")
    entry = json.loads(log)["entry"]
    assert (entry["kind"], entry["body"]["by"], entry["body"]["addresses"]) == (
        "abuse-reported",
        "ada",
        1,
    )
    assert "198.51.100.7" not in log


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (("--provider", "AS64999"), "no address that is for certain"),
        (("--provider", "Cloud"), "No network of Cloud"),
        (("--provider", "Cloud", "--asn", "x"), "'x' is no network"),
    ],
)
def test_a_network_that_was_not_used_is_told_nothing(
    share: Any, addresses: Path, tmp_path: Path, who: tuple[str, ...], said: str
) -> None:
    ran = report(share, addresses, tmp_path / "a.json", *who)
    assert (ran.code, said in ran.err) == (Exit.ERROR, True)
    assert not (tmp_path / "a.json").exists()


@pytest.fixture
def resold(campaign_scan: Path) -> Path:
    """The scan with customers and addresses of two resellers."""
    path = campaign_scan / "ties.parquet"
    row = pl.read_parquet(path).row(0, named=True)

    def of(kind: str, value: str, reseller: str | None, **more: Any) -> dict[str, Any]:
        return {**row, "kind": kind, "value": value, "reseller": reseller, **more}

    rows = [
        of("reseller", "shop", None),
        of("end-user", "shop/customer 7", "shop", exchanges=40),
        of("end-user", "shop/customer 7", "shop", account_id="acct-2", exchanges=2),
        of("end-user", "shop/everybody", "shop", holders=300),
        of("end-user", "mall/customer 9", "mall"),
        of("address", "198.51.100.7", "shop", exchanges=42),
        # Came directly as well; through another; through both.
        of("address", "198.51.100.8", None),
        of("address", "198.51.100.9", "mall"),
        of("address", "198.51.100.10", "shop", account_id="acct-3"),
        of("address", "198.51.100.10", "mall", account_id="acct-4"),
    ]
    names = {"network": pl.String, "reseller": pl.String}
    write_parts(path, [pl.DataFrame(rows, schema_overrides=names)])
    return campaign_scan


def test_a_reseller_is_told_of_its_own_customers_and_nobody_elses(
    share: Any, resold: Path, tmp_path: Path
) -> None:
    out = tmp_path / "abuse.json"
    ran = report(share, resold, out, "--reseller", "shop", "--provider", "Shop Ltd")
    assert ran.code == Exit.DONE, ran.err
    told = json.loads(out.read_text("utf-8"))
    assert told["Provider"] == {"Name": "Shop Ltd", "Reseller": "shop"}
    (customer,) = told["EndUsers"]
    assert (customer["EndUser"], customer["Requests"]) == ("customer 7", 42)
    (source,) = told["Reports"]
    assert (source["SourceIp"], source["Requests"]) == ("198.51.100.7", 42)
    assert told["Withheld"] == {"AddressesSharedWithStrangers": 1, "AddressesOfOtherNetworks": 3}
    text = out.with_name("abuse.json.txt").read_text("utf-8")
    assert "To the abuse desk of Shop Ltd (reseller shop)" in text
    assert "of 1 customer that you named and from 1 address, listed below" in text
    for both in (text, json.dumps(told)):
        assert not [
            word for word in ("acct-", "mall", "everybody", "100.9", "100.8") if word in both
        ]
    log = (tmp_path / "state" / "audit.jsonl").read_text("utf-8")
    assert '"end_users":1' in log
    assert "customer 7" not in log


def test_a_network_hears_nothing_of_a_resellers_customers(
    share: Any, resold: Path, tmp_path: Path
) -> None:
    ran = report(share, resold, tmp_path / "abuse.json", "--provider", "AS64500", "--json")
    assert ran.code == Exit.ERROR
    assert "no address that is for certain of AS64500" in ran.err
    assert "customer 7" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (("--reseller", "kiosk"), "no customer and no address that is for certain of kiosk"),
        (("--reseller", "shop", "--asn", "64500"), "a network or for a reseller"),
        ((), "Nobody is named"),
    ],
)
def test_whom_the_log_does_not_name_is_told_nothing(
    share: Any, resold: Path, tmp_path: Path, who: tuple[str, ...], said: str
) -> None:
    ran = report(share, resold, tmp_path / "abuse.json", *who)
    assert ran.code == Exit.ERROR
    assert said in ran.err
    assert not (tmp_path / "abuse.json").exists()

"""What the accounts of campaigns are known by: every kind, whose it is, and who else has it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from revenuer.app.labels import Labels
from revenuer.app.opening import open_with
from revenuer.app.progress import Silent
from revenuer.app.ties import keep_ties, read_ties, write_ties
from revenuer.errors import NotFoundError
from revenuer.features.tie_kinds import END_USERS_PER_ACCOUNT, KINDS, SKETCHES_PER_ACCOUNT
from revenuer.records import Axis, Campaign, Findings, Scanned, Verdict

START = datetime(2026, 6, 1, tzinfo=UTC)
SECRET = "the word of a customer"


def campaign(name: str, verdict: Verdict, *ids: str, **changed: Any) -> Campaign:
    return Campaign(
        id=name,
        verdict=verdict,
        probability=0.9,
        log_e_value=5.0,
        axes=dict.fromkeys(Axis, 5.0),
        account_ids=ids,
        exchanges=1,
        tasks=1,
        output_tokens=1,
        reasoning_tokens=0,
        first_seen=START,
        last_seen=START,
        detected_at=START,
        **changed,
    )


def findings(*campaigns: Campaign) -> Findings:
    scanned = Scanned(1, 1, 1, START, START, 0.05, "b", "c", {}, ())
    return Findings(scanned, campaigns)


def exchange(name: str, account: str, **columns: Any) -> dict[str, Any]:
    return {
        "exchange_id": name,
        "occurred_at": START + timedelta(minutes=int(name[1:])),
        "account_id": account,
        "prompt": SECRET,
        **columns,
    }


def labels(folder: Path, *cases: dict[str, bool]) -> Labels:
    """Labels that say for each case which exchanges are its own."""
    found = Labels()
    for number, own in enumerate(cases):
        path = folder / f"case-{number}.arrow"
        pl.DataFrame({"exchange_id": list(own), "own": list(own.values())}).write_ipc(path)
        found.files[number] = [path]
        found.standing_out.add(number)
    return found


def ties_of(
    folder: Path,
    campaigns: Sequence[Campaign],
    own: Sequence[dict[str, bool]],
    exchanges: Sequence[dict[str, Any]],
    accounts: Sequence[dict[str, Any]] = (),
    links: Sequence[dict[str, Any]] = (),
) -> pl.DataFrame:
    log = folder / "log.parquet"
    pl.DataFrame(list(exchanges), infer_schema_length=None).write_parquet(log)
    beside: dict[str, str] = {}
    for name, rows in (("accounts", accounts), ("account_links", links)):
        if rows:
            beside[name] = str(folder / f"{name}.parquet")
            pl.DataFrame(list(rows), infer_schema_length=None).write_parquet(beside[name])
    work = folder / "work"
    work.mkdir()
    with open_with([str(log)], workdir=work, progress=Silent(), **beside) as logs:
        numbers = {one.id: place for place, one in enumerate(campaigns)}
        made = labels(folder, *own)
        write_ties(logs, findings(*campaigns), made, numbers, folder / "out", Silent())
    assert not list(work.glob("own-*")), "what was only on the way is gone"
    return read_ties(folder / "out")


def values(ties: pl.DataFrame, kind: str, account: str) -> dict[str, tuple[int, int]]:
    """Exchanges and holders of each value of a kind that an account has."""
    mine = ties.filter((pl.col("kind") == kind) & (pl.col("account_id") == account))
    return {
        value: (exchanges, holders)
        for value, exchanges, holders in mine.select("value", "exchanges", "holders").iter_rows()
    }


CLIENT = {
    "client_ip": "198.51.100.7",
    "asn": 64500,
    "tls_fingerprint": "t13d1516h2_a",
    "user_agent": "sdk/1.0",
}
GUILTY = campaign("campaign--1", Verdict.CONVICTED, "a", "b")


@pytest.fixture
def plain(tmp_path: Path) -> pl.DataFrame:
    exchanges = [
        exchange("e1", "a", **CLIENT),
        exchange("e2", "a", **CLIENT),
        exchange("e3", "b", **CLIENT | {"client_ip": "2001:db8::1", "user_agent": " sdk/2.0 "}),
        # The same address as the campaign's, in another spelling.
        exchange("e4", "stranger", client_ip="::ffff:198.51.100.7", asn=64500),
        exchange("e5", "neighbour", client_ip="198.51.100.9", tls_fingerprint="t13d1516h2_a"),
    ]
    accounts = [
        {
            "account_id": "a",
            "created_at": START - timedelta(days=3),
            "email_domain": "Example.ORG",
            "payment_fingerprint": "card-1",
            "phone_fingerprint": "phone-1",
            "device_fingerprint": "device-1",
            "signup_ip": "203.0.113.4",
            "signup_asn": 64501,
        },
        {"account_id": "b", "payment_fingerprint": "card-2"},
        {"account_id": "stranger", "payment_fingerprint": "card-1", "email_domain": "example.org"},
        {"account_id": "neighbour", "signup_ip": "203.0.113.200"},
    ]
    links = [
        {"account_id": "b", "kind": "phone_fingerprint", "value": "phone-1"},
        {"account_id": "b", "kind": "shoe size", "value": "44"},
    ]
    own = {"e1": True, "e2": True, "e3": True}
    return ties_of(tmp_path, [GUILTY], [own], exchanges, accounts, links)


def test_each_kind_is_read_with_how_often_and_who_else(plain: pl.DataFrame) -> None:
    assert values(plain, "address", "a") == {"198.51.100.7": (2, 1), "203.0.113.4": (0, 0)}
    assert values(plain, "address-block", "a") == {
        "198.51.100.0/24": (2, 2),
        "203.0.113.0/24": (0, 1),
    }
    assert values(plain, "address", "b") == {"2001:db8::1": (1, 0)}
    assert values(plain, "address-block", "b") == {"2001:db8:0::/48": (1, 0)}
    assert values(plain, "asn", "a") == {"64500": (2, 1), "64501": (0, 0)}
    assert values(plain, "tls-fingerprint", "b") == {"t13d1516h2_a": (1, 1)}
    assert values(plain, "user-agent", "b") == {"sdk/2.0": (1, 0)}
    assert values(plain, "email-domain", "a") == {"example.org": (0, 1)}
    assert values(plain, "payment-fingerprint", "a") == {"card-1": (0, 1)}
    assert values(plain, "payment-fingerprint", "b") == {"card-2": (0, 0)}
    assert values(plain, "device-fingerprint", "a") == {"device-1": (0, 0)}
    assert values(plain, "phone-fingerprint", "b") == {"phone-1": (0, 0)}


def test_the_operators_own_kinds_stay_out(plain: pl.DataFrame) -> None:
    assert set(plain["kind"]) <= set(KINDS)
    assert "44" not in plain["value"].to_list()


def test_times_are_of_the_value_and_unknown_where_it_has_none(plain: pl.DataFrame) -> None:
    row = plain.filter(value="198.51.100.7").row(0, named=True)
    assert row["first_seen"] == START + timedelta(minutes=1)
    assert row["last_seen"] == START + timedelta(minutes=2)
    assert plain.filter(value="203.0.113.4")["first_seen"].item() == START - timedelta(days=3)
    assert plain.filter(value="card-1")["first_seen"].item() is None


def test_only_members_stand_in_it_and_no_text(plain: pl.DataFrame, tmp_path: Path) -> None:
    assert set(plain["account_id"]) == {"a", "b"}
    written = tmp_path / "out" / "ties.parquet"
    assert SECRET.encode() not in written.read_bytes()
    assert SECRET not in plain["value"].str.join(" ").item()


def test_others_than_the_owner_cannot_read_it(plain: pl.DataFrame, tmp_path: Path) -> None:
    assert (tmp_path / "out" / "ties.parquet").stat().st_mode & 0o777 == 0o600


def test_rows_stand_in_one_order(plain: pl.DataFrame) -> None:
    assert plain.equals(plain.sort("campaign_id", "account_id", "kind", "value"))


def test_what_an_innocent_customer_sent_through_an_account_is_not_the_campaigns(
    tmp_path: Path,
) -> None:
    exchanges = [
        exchange("e1", "a", client_ip="198.51.100.7"),
        exchange("e2", "a", client_ip="192.0.2.9"),
        exchange("e3", "b", client_ip="198.51.100.7"),
    ]
    own = {"e1": True, "e2": False, "e3": True}
    found = ties_of(tmp_path, [GUILTY], [own], exchanges)
    assert values(found, "address", "a") == {"198.51.100.7": (1, 0)}


def test_our_own_machines_are_nobodys_address_nor_network(tmp_path: Path) -> None:
    exchanges = [exchange("e1", "a", **CLIENT, client_ip_source="cdn"), exchange("e2", "b", asn=7)]
    found = ties_of(tmp_path, [GUILTY], [{"e1": True, "e2": True}], exchanges)
    assert values(found, "address", "a") == values(found, "asn", "a") == {}
    assert values(found, "asn", "b") == {"7": (1, 0)}
    assert values(found, "user-agent", "a") == {"sdk/1.0": (1, 0)}


def test_other_campaigns_members_are_no_strangers(tmp_path: Path) -> None:
    campaigns = [GUILTY, campaign("campaign--2", Verdict.SUSPECTED, "c")]
    exchanges = [exchange(f"e{n}", who, asn=64500) for n, who in enumerate(("a", "b", "c", "d"))]
    own = [{"e0": True, "e1": True}, {"e2": True}]
    found = ties_of(tmp_path, campaigns, own, exchanges)
    assert values(found, "asn", "c") == {"64500": (1, 1)}
    assert set(found["campaign_id"]) == {"campaign--1", "campaign--2"}


@pytest.mark.parametrize("verdict", [Verdict.UNDECIDED, Verdict.CLEARED])
def test_who_is_not_suspected_has_no_ties(tmp_path: Path, verdict: Verdict) -> None:
    found = ties_of(
        tmp_path,
        [campaign("campaign--1", verdict, "a")],
        [{"e1": True}],
        [exchange("e1", "a", **CLIENT)],
    )
    assert found.is_empty()
    assert found.columns == [
        "campaign_id",
        "account_id",
        "kind",
        "value",
        "exchanges",
        "first_seen",
        "last_seen",
        "holders",
        "network",
        "reseller",
    ]


def test_an_address_names_its_network_if_there_is_one_only(tmp_path: Path) -> None:
    exchanges = [
        exchange("e1", "a", client_ip="198.51.100.7", asn=64500),
        exchange("e2", "a", client_ip="198.51.100.8", asn=64500),
        exchange("e3", "a", client_ip="198.51.100.8", asn=64501),
        exchange("e4", "b", user_agent="sdk", asn=64500),
    ]
    own = {one["exchange_id"]: True for one in exchanges}
    found = ties_of(tmp_path, [GUILTY], [own], exchanges)
    networks = dict(found.select("value", "network").iter_rows())
    assert networks["198.51.100.7"] == "64500"
    assert networks["198.51.100.8"] is None
    assert set(found.filter(pl.col("kind") != "address")["network"]) == {None}


def test_sketches_are_named_by_their_key_and_no_account_has_many(tmp_path: Path) -> None:
    many = 3 * SKETCHES_PER_ACCOUNT
    exchanges = [
        exchange(
            f"e{n}",
            "a",
            prompt_sketch=bytes([1, n]) * 20,
            system_prompt_sketch=b"same",
            sketch_key_id="key-7",
        )
        for n in range(many)
    ]
    exchanges.append(exchange("e900", "z", system_prompt_sketch=b"same", sketch_key_id="key-7"))
    exchanges.append(exchange("e901", "y", system_prompt_sketch=b"same", sketch_key_id="other"))
    own = {one["exchange_id"]: True for one in exchanges[:many]}
    found = ties_of(tmp_path, [campaign("campaign--1", Verdict.CONVICTED, "a")], [own], exchanges)
    expected = "key-7:" + base64.b64encode(b"same").decode()
    assert values(found, "system-prompt-sketch", "a") == {expected: (many, 1)}
    kept = values(found, "prompt-sketch", "a")
    assert len(kept) == SKETCHES_PER_ACCOUNT
    sent = {f"key-7:{base64.b64encode(bytes([1, n]) * 20).decode()}" for n in range(many)}
    assert set(kept) <= sent


def test_a_folder_without_ties_says_what_to_name(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"holds no ties\.parquet"):
        read_ties(tmp_path)


def test_a_look_keeps_what_earlier_looks_saw(tmp_path: Path) -> None:
    def one(name: str, account: str, value: str, minutes: int, exchanges: int) -> dict[str, Any]:
        at = START + timedelta(minutes=minutes)
        seen = {"first_seen": at, "last_seen": at, "exchanges": exchanges, "holders": 0}
        keys = {"campaign_id": name, "account_id": account, "kind": "asn", "value": value}
        return {**keys, **seen}

    old, new = tmp_path / "old.parquet", tmp_path / "new.parquet"
    pl.DataFrame(
        [
            one("campaign--1", "a", "1", 0, 5),
            one("campaign--0", "b", "2", 0, 5),
            one("campaign--9", "c", "3", 0, 5),
        ]
    ).write_parquet(old)
    now_seen = [one("campaign--1", "a", "1", 60, 2)]
    pl.DataFrame(now_seen).with_columns(network=pl.lit("7")).write_parquet(new)
    now = campaign("campaign--1", Verdict.CONVICTED, "a", "b", supersedes=("campaign--0",))
    cleared = campaign("campaign--9", Verdict.CLEARED, "c")
    keep_ties(new, old, [now, cleared])
    found = pl.read_parquet(new)
    assert found.select("campaign_id", "account_id", "value", "exchanges").rows() == [
        ("campaign--1", "a", "1", 2),
        ("campaign--1", "b", "2", 5),
    ]
    row = found.row(0, named=True)
    assert (row["first_seen"], row["last_seen"]) == (START, START + timedelta(minutes=60))
    assert new.stat().st_mode & 0o777 == 0o600


def test_the_first_look_has_nothing_to_keep(tmp_path: Path) -> None:
    new = tmp_path / "new.parquet"
    pl.DataFrame({"campaign_id": ["x"]}).write_parquet(new)
    keep_ties(new, tmp_path / "none.parquet", [])
    assert pl.read_parquet(new).height == 1


def test_what_came_through_one_reseller_alone_is_said_to_be_its(tmp_path: Path) -> None:
    def through(name: str, account: str, reseller: str | None, **more: Any) -> dict[str, Any]:
        return exchange(name, account, reseller_id=reseller, **more)

    exchanges = [
        through("e1", "a", "shop", client_ip="198.51.100.7", end_user_id="u1"),
        through("e2", "a", "shop", client_ip="198.51.100.7", end_user_id="u1"),
        through("e3", "a", "shop", client_ip="198.51.100.8", end_user_id="u2"),
        # The same address came directly as well, another through two.
        through("e4", "a", None, client_ip="198.51.100.8"),
        through("e5", "b", "shop", client_ip="198.51.100.9"),
        through("e6", "b", "mall", client_ip="198.51.100.9", end_user_id="u1"),
        # A customer outside the campaign, and another reseller's of the same name.
        through("e7", "x", "shop", end_user_id="u1"),
        through("e8", "y", "mall", end_user_id="u2"),
    ]
    own = {one["exchange_id"]: one["account_id"] in "ab" for one in exchanges}
    found = ties_of(tmp_path, [GUILTY], [own], exchanges)
    whose = {
        (account, value): reseller
        for account, value, reseller in found.filter(pl.col("kind").is_in(["address", "end-user"]))
        .select("account_id", "value", "reseller")
        .iter_rows()
    }
    assert whose == {
        ("a", "198.51.100.7"): "shop",
        ("a", "198.51.100.8"): None,
        ("b", "198.51.100.9"): None,
        ("a", "shop/u1"): "shop",
        ("a", "shop/u2"): "shop",
        ("b", "mall/u1"): "mall",
    }
    assert values(found, "end-user", "a") == {"shop/u1": (2, 1), "shop/u2": (1, 0)}
    assert values(found, "reseller", "a") == {"shop": (3, 1)}
    assert values(found, "reseller", "b") == {"shop": (1, 1), "mall": (1, 1)}


def test_no_account_has_many_end_users(tmp_path: Path) -> None:
    many = 2 * END_USERS_PER_ACCOUNT
    exchanges = [
        exchange(f"e{n}", "a", reseller_id="shop", end_user_id=f"u{min(n, many)}")
        for n in range(many + 5)
    ]
    own = {one["exchange_id"]: True for one in exchanges}
    found = values(ties_of(tmp_path, [GUILTY], [own], exchanges), "end-user", "a")
    assert len(found) == END_USERS_PER_ACCOUNT
    assert found[f"shop/u{many}"] == (5, 0), "the busiest stays"

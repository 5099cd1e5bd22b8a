"""What a stream of sign-ups promises."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from revenuer.access.applications import COLUMNS, read
from revenuer.errors import ConfigError, SourceError
from revenuer.reports.campaigns_json import from_json
from revenuer.sources.signup_files import write_signups
from revenuer.worlds.signups import HONEST_IDS, OPERATOR_IDS, SignupSpec
from revenuer.worlds.signups.checks import ASKED, PERSONAS

SMALL = SignupSpec(applications=6000, seed=6)
KEYS = ("payment_fingerprint", "phone_fingerprint", "device_fingerprint")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("signups")
    write_signups(SMALL, out)
    return out


@pytest.fixture(scope="module")
def stream(folder: Path) -> pl.DataFrame:
    seen = pl.read_parquet(folder / "applications.parquet").drop("account_id")
    return seen.join(pl.read_parquet(folder / "truth" / "applications.parquet"), "application_id")


@pytest.fixture(scope="module")
def accounts(folder: Path) -> pl.DataFrame:
    return pl.read_parquet(folder / "accounts.parquet")


def digest(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def of(stream: pl.DataFrame, cohort: str) -> pl.DataFrame:
    return stream.filter(pl.col("cohort") == cohort)


def shared(rows: pl.DataFrame, name: str) -> int:
    """How many applications have the same value as another one of them."""
    return int((rows[name].drop_nulls().value_counts()["count"] - 1).clip(0).sum())


def test_equal_specs_give_equal_bytes(folder: Path, tmp_path: Path) -> None:
    write_signups(SMALL, tmp_path / "again")
    assert digest(folder) == digest(tmp_path / "again")


def test_another_seed_is_another_stream(folder: Path, tmp_path: Path) -> None:
    write_signups(replace(SMALL, seed=7), tmp_path / "other")
    mine, other = digest(folder), digest(tmp_path / "other")
    assert mine.keys() == other.keys()
    assert all(mine[name] != other[name] for name in mine)


def test_the_stream_has_the_contracts_columns_and_no_account_yet(folder: Path) -> None:
    table = pl.read_parquet(folder / "applications.parquet")
    assert table.columns == list(COLUMNS)
    assert table["account_id"].null_count() == table.height
    assert table["applied_at"].is_sorted()
    first, last = table["applied_at"][0], table["applied_at"][-1]
    assert SMALL.start <= first
    assert last < SMALL.start + timedelta(days=SMALL.days)


def test_every_application_can_be_read(folder: Path) -> None:
    rows = pl.read_parquet(folder / "applications.parquet").head(500).to_dicts()
    taken = [read(row) for row in rows]
    assert all(one is not None and one.applied_us is not None for one in taken)
    assert all(one.email for one in taken if one)
    assert [one.programme for one in taken if one].count(None) < 500


def test_nobody_applies_twice_under_one_name(stream: pl.DataFrame, accounts: pl.DataFrame) -> None:
    assert stream["application_id"].is_unique().all()
    everybody = pl.concat([stream["account_id"], accounts["account_id"]])
    assert everybody.is_unique().all()


def test_mail_addresses_and_their_domains_agree(stream: pl.DataFrame) -> None:
    ends = stream["email"].str.split("@").list.last()
    assert (ends == stream["email_domain"]).all()
    assert stream["email"].str.count_matches("@").eq(1).all()


@pytest.mark.parametrize("share", [0.01, 0.15])
def test_the_base_rate_is_what_was_asked_for(share: float, tmp_path: Path) -> None:
    spec = SignupSpec(applications=20_000, days=28, history_days=28, fraudulent_share=share, seed=2)
    found = write_signups(spec, tmp_path)
    assert found.applications == pytest.approx(20_000, rel=0.1)
    # Every operator has a least size, which shows at one in a hundred.
    assert share * 0.9 <= found.fraudulent / found.applications <= share * 1.2 + 0.002


def test_a_stream_without_fraud_has_none(tmp_path: Path) -> None:
    spec = SignupSpec(applications=500, fraudulent_share=0.0)
    found = write_signups(spec, tmp_path)
    assert found.fraudulent == 0
    assert found.campaigns == 0
    told = pl.read_parquet(tmp_path / "truth" / "applications.parquet")
    assert told["campaign"].null_count() == told.height


def test_everybody_who_was_asked_for_is_there(stream: pl.DataFrame) -> None:
    assert set(stream["cohort"].unique()) == {*OPERATOR_IDS, *HONEST_IDS}


def test_the_adaptive_operator_shares_nothing_with_anybody(
    stream: pl.DataFrame, accounts: pl.DataFrame
) -> None:
    theirs = of(stream, "adaptive")
    assert theirs.height >= 10
    everybody = pl.concat(
        [stream.select(*KEYS, "email"), accounts.select(*KEYS, pl.lit(None).alias("email"))]
    )
    for name in (*KEYS, "email"):
        values = theirs[name].drop_nulls()
        assert values.len() > 0
        assert everybody.filter(pl.col(name).is_in(values.implode())).height == values.len()
    # Nothing of its clients, hosts or plans is rare either.
    for name in ("tls_fingerprint", "user_agent", "plan"):
        common = of(stream, "ordinary")[name].unique()
        assert theirs[name].is_in(common.implode()).all()
    assert theirs["convicted_at"].null_count() == theirs.height


def test_careless_operators_share_what_their_reports_say(stream: pl.DataFrame) -> None:
    assert shared(of(stream, "S1"), "payment_fingerprint") > of(stream, "S1").height / 2
    assert (of(stream, "S4")["payment_kind"] == "virtual").all()
    assert of(stream, "S8")["device_fingerprint"].null_count() == of(stream, "S8").height
    assert shared(of(stream, "S5"), "phone_fingerprint") > of(stream, "S5").height / 5
    assert (of(stream, "academic-mill")["programme"] == "education").all()


def test_tagged_addresses_are_few_mailboxes(stream: pl.DataFrame) -> None:
    boxes = of(stream, "tag-farm")["email"].str.replace(r"\+\d+@", "@").str.replace_all(r"\.", "")
    assert boxes.n_unique() <= max(2, boxes.len() / 5)


def test_a_slow_drip_stays_under_every_limit_on_speed() -> None:
    from revenuer.worlds.signups import cast_signups

    world = cast_signups(SignupSpec(applications=20_000, operators=("slow-drip",), seed=3))
    pool = world.pools
    for name in ("payment_fingerprint", "phone_fingerprint", "device_fingerprint"):
        rows = pl.DataFrame({"value": pool[name].tolist(), "at": pool.applied})
        gaps = (
            rows.drop_nulls()
            .sort("value", "at")
            .with_columns(gap=pl.col("at").diff().over("value"))
        )
        together = gaps.filter(pl.col("gap") < 7 * 86_400_000_000)
        # What a convicted account had may come back at any time.
        assert together.height <= 0.12 * rows.drop_nulls().height


def test_a_returning_pool_has_things_of_convicted_accounts(
    stream: pl.DataFrame, accounts: pl.DataFrame
) -> None:
    banned = accounts.filter(pl.col("status") == "suspended")
    theirs = of(stream, "returning-pool")
    heirs = [theirs[name].is_in(banned[name].drop_nulls().implode()).sum() for name in KEYS]
    assert sum(heirs) >= theirs.height / 3
    # And yet its accounts were made in other ways, at other places.
    assert theirs["signup_ip"].is_in(banned["signup_ip"].implode()).mean() < 0.2


def test_honest_people_come_in_groups_that_look_like_farms(stream: pl.DataFrame) -> None:
    classes = of(stream, "student-class").group_by("group").agg(
        pl.len(), pl.col("signup_ip").n_unique(),
        hours=(pl.col("applied_at").quantile(0.9) - pl.col("applied_at").min()).dt.total_hours(),
    )  # fmt: skip
    assert classes["len"].max() >= 25
    assert (classes["signup_ip"] <= 4).all()
    assert (classes["hours"] <= 4).all()
    seats = of(stream, "office").group_by("group").agg(pl.col("payment_fingerprint").n_unique())
    assert (seats["payment_fingerprint"] == 1).all()
    halls = of(stream, "hackathon").group_by("group").agg(pl.len(), pl.col("signup_ip").n_unique())
    assert halls["len"].max() >= 40
    assert (halls["signup_ip"] <= 2).all()
    assert of(stream, "onion")["device_fingerprint"].n_unique() == 1
    assert shared(of(stream, "school-laptops"), "device_fingerprint") > 10
    assert shared(of(stream, "family"), "payment_fingerprint") > 10


def test_honest_people_have_things_of_convicted_accounts(
    folder: Path, stream: pl.DataFrame, accounts: pl.DataFrame
) -> None:
    convicted = stream.filter(pl.col("campaign").is_not_null())
    for cohort, name in (("used-device", KEYS[2]), ("recycled-number", KEYS[1])):
        banned = pl.concat([convicted[name], accounts[name]]).drop_nulls()
        assert of(stream, cohort)[name].is_in(banned.implode()).sum() >= 3
    returned = of(stream, "returner")
    told = pl.read_parquet(folder / "truth" / "accounts.parquet")
    before = (
        accounts.drop("suspended_at")
        .join(told, "account_id")
        .select("suspended_at", "group", KEYS[2])
    )
    had = pl.concat([before, stream.select(before.columns)]).filter(
        pl.col("suspended_at").is_not_null()
    )
    both = returned.join(had, "group", suffix="_before")
    assert both.height == returned.height
    assert both[KEYS[2]].eq_missing(both[f"{KEYS[2]}_before"]).all()
    assert (both["applied_at"] > both["suspended_at_before"]).all()


def test_checks_come_out_as_their_personas_say(stream: pl.DataFrame) -> None:
    people = stream.filter(pl.col("persona") == "person")
    for place, asked in enumerate(ASKED):
        passed = (people[f"would_{asked}"] == "passed").mean()
        assert passed == pytest.approx(PERSONAS["person"].passes[place], abs=0.02)
    assert set(stream["persona"].unique()) <= set(PERSONAS)
    assert all(len(one.passes) == len(one.prices) == len(ASKED) for one in PERSONAS.values())


def test_what_was_known_before_is_a_scan_of_the_accounts(
    folder: Path, accounts: pl.DataFrame
) -> None:
    findings = from_json((folder / "scan" / "campaigns.json").read_bytes())
    assert findings.campaigns
    members = [one for campaign in findings.campaigns for one in campaign.account_ids]
    assert len(members) == len(set(members))
    named = accounts.filter(pl.col("account_id").is_in(members))
    assert named.height == len(members)
    assert (named["status"] == "suspended").all()
    assert all(one.detected_at < SMALL.start for one in findings.campaigns)
    # Some honest people stand among them by mistake.
    told = pl.read_parquet(folder / "truth" / "accounts.parquet")
    blamed = told.filter(pl.col("account_id").is_in(members) & pl.col("campaign").is_null())
    assert 0 < blamed.height < len(members) / 5


def test_no_country_is_anywhere(stream: pl.DataFrame, accounts: pl.DataFrame) -> None:
    assert "country" not in stream.columns
    assert accounts["country"].null_count() == accounts.height


def test_a_months_end_cuts_no_group(tmp_path: Path) -> None:
    spec = SignupSpec(applications=3000, honest=("family", "office", "ordinary"), seed=9)
    write_signups(spec, tmp_path)
    told = pl.read_parquet(tmp_path / "truth" / "applications.parquet")
    seen = pl.read_parquet(tmp_path / "applications.parquet")
    rows = told.join(seen, "application_id").filter(pl.col("cohort") == "family")
    spans = rows.group_by("group").agg(
        days=(pl.col("applied_at").max() - pl.col("applied_at").min()).dt.total_days()
    )
    assert spans["days"].max() > 14


def test_the_spec_is_kept(folder: Path) -> None:
    record = json.loads((folder / "truth" / "spec.json").read_text())
    assert record["seed"] == 6
    assert record["applications"] == 6000


def test_a_wrong_spec_names_all_that_is_wrong() -> None:
    with pytest.raises(ConfigError) as raised:
        SignupSpec(applications=3, operators=("S99",), honest=("robots",), fraudulent_share=2)
    for word in ("S99", "robots", "100 applications", "fraudulent_share"):
        assert word in raised.value.message


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    with pytest.raises(SourceError, match=r"thesis\.tex"):
        write_signups(SMALL, tmp_path)
    assert (tmp_path / "thesis.tex").read_text() == "mine"

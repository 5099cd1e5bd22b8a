"""Admission on the command line: files, the casebook, policies, and what is missing."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from revenuer.app.admission import materials
from revenuer.sources import offline_tables

Run = Callable[..., Any]
NOW = datetime.now(UTC).replace(microsecond=0)
CAMPAIGN = "campaign--0f0f0f0f-0000-5000-8000-000000000001"
"""As `campaign_scan` convicts, with accounts acct-0 to acct-8."""


@pytest.fixture(autouse=True)
def tables_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real tables, loaded once for all tests of this file."""
    pytest.importorskip("publicsuffixlist", reason="the extra `access` is not installed")
    monkeypatch.setattr(materials, "load_tables", _loaded)


_loaded = functools.cache(offline_tables.load_tables)


@pytest.fixture
def access(revenuer: Run, tmp_path: Path) -> Run:
    """Run `revenuer access COMMAND` with this test's own casebook and keys."""
    private = ("--casebook", f"sqlite:///{tmp_path}/casebook.sqlite", "--keys", tmp_path / "keys")

    def call(*arguments: str | Path) -> Any:
        return revenuer("access", *arguments, *private)

    return call


def row(name: str, *, minutes: int = 60, **said: Any) -> dict[str, Any]:
    """An application of somebody of their own, some minutes ago."""
    return {
        "application_id": name,
        "applied_at": (NOW - timedelta(minutes=minutes)).isoformat(),
        "account_id": f"of-{name}",
        "email": f"{name.replace('-', '.')}.quietly@gmail.com",
        "payment_fingerprint": f"pay-{name}",
        "payment_kind": "credit",
        "phone_fingerprint": f"tel-{name}",
        "phone_kind": "mobile",
        **said,
    }


def pool(many: int, **said: Any) -> list[dict[str, Any]]:
    """Applications of one who has many names and one card."""
    shared = {"payment_fingerprint": "pay-pool", **said}
    return [row(f"pool-{n}", minutes=100 - n, **shared) for n in range(many)]


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in rows), "utf-8")
    return path


def accounts(path: Path) -> Path:
    """The accounts of the campaign that `campaign_scan` convicts, and an honest one."""
    rows = ["account_id,created_at,status,payment_fingerprint,phone_fingerprint"]
    made = NOW - timedelta(days=90)
    rows += [f"acct-{n},{made.isoformat()},active,pay-farm,tel-farm" for n in range(9)]
    rows.append(f"acct-honest,{made.isoformat()},active,pay-honest,tel-honest")
    path.write_text("\n".join(rows) + "\n")
    return path


def test_files_are_judged_and_counted(revenuer: Run, tmp_path: Path) -> None:
    place = written(tmp_path / "applications.jsonl", [row("ana"), *pool(25)])
    ran = revenuer("access", "assess", place, "--json")
    told = json.loads(ran.out)
    assert (ran.code, told["applications"]) == (0, 26)
    assert told["answers"]["step-up"] > 10
    assert told["reasons"]["payment-shared"] > 10
    assert "card" not in told["checks"]
    table = revenuer("access", "assess", place).out
    assert "step-up" in table
    assert "One means of payment behind several" in " ".join(table.split())


def test_an_assessment_a_line_with_both_readers_reasons(revenuer: Run, tmp_path: Path) -> None:
    place = written(tmp_path / "applications.jsonl", pool(25))
    assert revenuer("access", "assess", place, "--out", tmp_path / "out.jsonl").code == 0
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [line["application_id"] for line in lines] == [f"pool-{n}" for n in range(25)]
    last = lines[-1]
    assert last["answer"] == "step-up"
    (reason,) = last["reasons"]
    assert "24 other parties" in reason["analyst"]
    assert "24" not in reason["applicant"]
    assert set(last["checks"]) == set(last["questions"])
    assert (tmp_path / "out.jsonl").stat().st_mode & 0o077 == 0
    streamed = revenuer("--quiet", "access", "assess", place, "--out", "-").out
    assert json.loads(streamed.splitlines()[-1]) == last


@pytest.mark.parametrize("ending", ["jsonl", "json", "csv", "parquet"])
def test_every_format_says_the_same(revenuer: Run, tmp_path: Path, ending: str) -> None:
    import polars as pl

    rows = [row("ana"), row("ben", email="ben@mailinator.com"), *pool(20)]
    place = tmp_path / f"applications.{ending}"
    frame = pl.DataFrame(rows)
    if ending == "jsonl":
        written(place, rows)
    elif ending == "json":
        place.write_text(json.dumps(rows))
    elif ending == "csv":
        frame.write_csv(place)
    else:
        frame.write_parquet(place)
    told = json.loads(revenuer("--quiet", "access", "assess", place, "--json").out)
    assert told["applications"] == 22
    assert told["reasons"]["disposable-mail"] == 1
    assert told["answers"]["step-up"] > 5


def test_what_accounts_were_convicted_of_is_inherited(
    revenuer: Run, tmp_path: Path, campaign_scan: Path
) -> None:
    heir = row("heir", payment_fingerprint="pay-farm", phone_fingerprint="tel-farm")
    friend = row("friend", payment_fingerprint="pay-honest")
    place = written(tmp_path / "applications.jsonl", [heir, friend])
    known = ("--accounts", accounts(tmp_path / "accounts.csv"), "--from", campaign_scan)
    ran = revenuer("access", "assess", place, *known, "--out", "-")
    told = {line["application_id"]: line for line in map(json.loads, ran.out.splitlines())}
    assert told["heir"]["answer"] == "refuse"
    assert told["heir"]["campaigns"] == [CAMPAIGN]
    assert told["friend"]["answer"] == "accept"


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ('{"application": "a"}\n', 1, "Rename application to application_id"),
        ('{"application_id": "a"}\nnot json\n', 0, "1 rows could not be used"),
        ('{"application_id": "a"}\n{"application_id": null}\n', 0, "application_id is missing"),
        ('{"application_id": "a", "shoe_size": 44}\n', 0, "Left out unknown columns: shoe_size"),
        ('{"application_id": "a", "email": "a@b\\u0000", "signup_ip": "::::"}\n', 0, ""),
    ],
)
def test_bad_input_is_named_and_the_rest_is_judged(
    revenuer: Run, tmp_path: Path, text: str, code: int, said: str
) -> None:
    place = tmp_path / "applications.jsonl"
    place.write_text(text)
    ran = revenuer("access", "assess", place)
    assert ran.code == code
    assert said in ran.err
    assert "defect" not in ran.err


def test_a_file_that_is_not_there_is_named(revenuer: Run, tmp_path: Path) -> None:
    ran = revenuer("access", "assess", tmp_path / "nowhere.jsonl")
    assert ran.code != 0
    assert "nowhere.jsonl" in ran.err


def test_accounts_and_scans_do_not_go_with_keep(access: Run, tmp_path: Path) -> None:
    place = written(tmp_path / "applications.jsonl", [row("ana")])
    ran = access("assess", place, "--keep", "--accounts", accounts(tmp_path / "a.csv"))
    assert ran.code == 2
    assert "access recheck" in ran.err


def test_from_the_queue_to_a_decision(access: Run, tmp_path: Path) -> None:
    shared = {"device_fingerprint": "dev-pool", "signup_ip": "24.9.9.9"}
    place = written(tmp_path / "applications.jsonl", [row("ana"), *pool(40, **shared)])
    told = json.loads(access("assess", place, "--keep", "--json").out)
    assert told["answers"]["hold"] > 0
    waiting = json.loads(access("show", "--json").out)
    assert len(waiting) == told["answers"]["hold"]
    assert len(json.loads(access("show", "--limit", "1", "--json").out)) == 1
    one = waiting[0]["application_id"]
    assert one in access("show").out
    shown = access("show", one).out
    assert "payment-shared" in shown
    assert "other parties" in shown
    private = access("show", one, "--for-applicant").out
    assert "other parties" not in private
    assert access("decide", one, "accept", "--note", "called the lab", "--by", "ana").code == 0
    decided = json.loads(access("show", one, "--json").out)
    assert (decided["decided"], decided["decided_by"]) == ("accept", "ana")
    assert "called the lab" in access("show", one).out
    assert json.loads(access("show", one, "--for-applicant", "--json").out)["answer"] == "accept"
    assert one not in {each["application_id"] for each in json.loads(access("show", "--json").out)}


def test_nobody_waits_for_a_person(access: Run) -> None:
    assert "Nobody waits" in access("show").out


def test_the_outcome_of_a_check_settles_it(access: Run, tmp_path: Path) -> None:
    place = written(tmp_path / "applications.jsonl", pool(25))
    access("assess", place, "--keep")
    before = json.loads(access("show", "pool-24", "--json").out)
    assert before["answer"] == "step-up"
    said = ("--reference", "vendor-77", "--json")
    failed = json.loads(access("outcome", "pool-24", "document", "failed", *said).out)
    assert failed["log_evidence"] > before["log_evidence"]
    passed = json.loads(access("outcome", "pool-24", "document", "passed", *said).out)
    assert passed["answer"] == "accept"
    assert passed["log_evidence"] < before["log_evidence"]
    after = access("show", "pool-24").out
    assert "check document: passed" in after
    assert "vendor-77" not in after


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("show", "nobody"), 1),
        (("outcome", "nobody", "phone", "passed"), 1),
        (("decide", "nobody", "accept"), 1),
        (("outcome", "nobody", "blood", "passed"), 2),
        (("decide", "nobody", "perhaps"), 2),
        (("show", "--limit", "0"), 2),
    ],
)
def test_who_is_not_kept_is_named(access: Run, arguments: tuple[str, ...], code: int) -> None:
    ran = access(*arguments)
    assert ran.code == code
    assert "defect" not in ran.err
    if code == 1:
        assert "nobody" in ran.err


def test_a_recheck_judges_who_was_let_in_before_the_conviction(
    access: Run, tmp_path: Path, campaign_scan: Path
) -> None:
    heir = row("heir", payment_fingerprint="pay-farm", phone_fingerprint="tel-farm")
    place = written(tmp_path / "applications.jsonl", [heir, row("ana")])
    assert json.loads(access("assess", place, "--keep", "--json").out)["answers"] == {"accept": 2}
    known = ("--accounts", accounts(tmp_path / "accounts.csv"))
    done = json.loads(access("recheck", *known, "--json").out)
    assert (done["accounts"], done["convicted"], done["changed"]) == (10, 0, [])
    told = access("recheck", *known, "--from", campaign_scan)
    assert "9 convicted" in told.out
    assert "heir" in told.out
    assert json.loads(access("show", "heir", "--json").out)["answer"] == "refuse"
    assert json.loads(access("show", "ana", "--json").out)["answer"] == "accept"
    again = json.loads(access("recheck", *known, "--from", campaign_scan, "--json").out)
    assert (again["accounts"], again["convicted"]) == (0, 0)


def test_a_scan_that_convicts_no_more_frees(
    access: Run, tmp_path: Path, campaign_scan: Path
) -> None:
    access("recheck", "--accounts", accounts(tmp_path / "accounts.csv"), "--from", campaign_scan)
    text = (campaign_scan / "campaigns.json").read_text("utf-8")
    assert '"convicted"' in text
    (campaign_scan / "campaigns.json").write_text(text.replace('"convicted"', '"cleared"'), "utf-8")
    done = json.loads(access("recheck", "--from", campaign_scan, "--json").out)
    assert done["acquitted"] == 9
    heir = row("heir", payment_fingerprint="pay-farm", phone_fingerprint="tel-farm")
    place = written(tmp_path / "applications.jsonl", [heir])
    told = json.loads(access("assess", place, "--keep", "--json").out)
    assert told["answers"] == {"accept": 1}


def test_usage_that_does_not_fit_ends_a_programme(access: Run, tmp_path: Path) -> None:
    student = row("stu", email="stu@stanford.edu", programme="education",
                  claimed_domain="stanford.edu")  # fmt: skip
    access("assess", written(tmp_path / "applications.jsonl", [student]), "--keep")
    asked = json.loads(access("show", "stu", "--json").out)["programme"]
    assert asked["state"] == "pending"
    for check in asked["asks"]:
        assert access("outcome", "stu", check, "passed").code == 0
    assert json.loads(access("show", "stu", "--json").out)["programme"]["state"] == "verified"
    usage = tmp_path / "usage.csv"
    usage.write_text("account_id,exchanges_per_day,networks,hours_per_day\nof-stu,12,1,3\n")
    assert json.loads(access("recheck", "--usage", usage, "--json").out)["due"] == []
    usage.write_text("account_id,exchanges_per_day,networks,hours_per_day\nof-stu,90000,1,24\n")
    (due,) = json.loads(access("recheck", "--usage", usage, "--json").out)["due"]
    assert (due["application_id"], due["state"]) == ("stu", "expiring")
    assert due["misfits"]
    assert "education" in access("recheck", "--usage", usage).out


def test_a_policy_moves_answers_and_rules_of_supply(revenuer: Run, tmp_path: Path) -> None:
    place = written(tmp_path / "applications.jsonl", [row("ana", region="Atlantis"), *pool(25)])
    policy = tmp_path / "policy.toml"
    policy.write_text(
        '[answers]\nstep_up = 20.0\nhold = 30.0\n[regions]\nrefused = ["atlantis"]\n'
        'statement = "Not served."\n'
    )
    ran = revenuer("access", "assess", place, "--policy", policy, "--out", "-")
    told = {line["application_id"]: line for line in map(json.loads, ran.out.splitlines())}
    assert told["ana"]["answer"] == "refuse"
    assert told["ana"]["reasons"][0]["applicant"] == "Not served."
    assert told["pool-24"]["answer"] == "accept"


def test_checks_that_are_not_offered_are_not_asked_for(revenuer: Run, tmp_path: Path) -> None:
    place = written(tmp_path / "applications.jsonl", pool(25))
    policy = tmp_path / "policy.toml"
    policy.write_text('[answers]\nchecks = ["document"]\n')
    told = json.loads(revenuer("access", "assess", place, "--policy", policy, "--json").out)
    assert set(told["checks"]) == {"document"}


def test_owners_meet_the_rule(revenuer: Run, tmp_path: Path) -> None:
    place = written(tmp_path / "applications.jsonl", [row("ana", organization_id="org-1")])
    owners = tmp_path / "owners.csv"
    owners.write_text("owner,owned,share,jurisdiction\nholding,org-1,80%,Atlantis\n")
    policy = tmp_path / "policy.toml"
    policy.write_text('[owners]\njurisdictions = ["Atlantis"]\n')
    given = (place, "--policy", policy, "--owners", owners, "--json")
    told = json.loads(revenuer("access", "assess", *given).out)
    assert told["answers"] == {"refuse": 1}
    assert told["reasons"] == {"owners-not-allowed": 1}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("answers = [", "is not TOML"),
        ("[answers]\nstep_upp = 2\n", "step_upp"),
        ("[answers]\nstep_up = 9.0\nhold = 2.0\n", "answers.hold is below"),
        ('[answers]\nchecks = ["blood"]\nstep_up = "much"\n', "step_up"),
        ('[owners]\nunlisted = "panic"\n', "accept or hold"),
    ],
)
def test_a_policy_that_cannot_be_meant_is_named(
    revenuer: Run, tmp_path: Path, text: str, said: str
) -> None:
    place = written(tmp_path / "applications.jsonl", [row("ana")])
    policy = tmp_path / "policy.toml"
    policy.write_text(text)
    ran = revenuer("access", "assess", place, "--policy", policy)
    assert ran.code == 1
    assert said in ran.err


WITHOUT = """
import sys
hidden = {names!r}
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Hide())
from revenuer.cli import main
main({arguments!r})
"""


def test_without_its_packages_the_command_names_the_extra(tmp_path: Path) -> None:
    place = written(tmp_path / "applications.jsonl", [row("ana")])
    code = WITHOUT.format(names={"idna"}, arguments=["access", "assess", str(place)])
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 1
    assert "revenuer[access]" in ran.stderr
    assert "defect" not in ran.stderr


@pytest.mark.parametrize("keep", [(), ("--keep",)])
def test_without_tables_it_says_what_is_unknown(
    access: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keep: tuple[str, ...]
) -> None:
    monkeypatch.setattr(materials, "load_tables", _loaded.__wrapped__)
    monkeypatch.setattr(offline_tables, "find_spec", lambda name: None)
    place = written(tmp_path / "applications.jsonl", [row("ana", email="ana@mailinator.com")])
    ran = access("assess", place, *keep)
    assert ran.code == 0
    assert "disposable-email-domains are not installed" in ran.err
    assert "revenuer[access]" in ran.err
    assert "revenuer[access-origins]" in ran.err

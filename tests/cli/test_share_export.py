"""`share export` shows what leaves before it does, and `share revoke` takes it back."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from revenuer.app.ties import SCHEMA, write_parts
from revenuer.casework.chain import entry_of
from revenuer.cli.exits import Exit
from revenuer.records import Axis, Campaign, Evidence, Findings, Scanned, Verdict
from revenuer.reports.campaigns_json import to_json

START, END = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 9, 22, 15, tzinfo=UTC)
NAME = "campaign--0f0f0f0f-0000-5000-8000-000000000001"


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """The folder of a scan with a convicted and a suspected campaign."""
    convicted = Campaign(
        id=NAME,
        verdict=Verdict.CONVICTED,
        probability=0.93,
        log_e_value=6.0,
        axes=dict.fromkeys(Axis, 6.0),
        account_ids=tuple(f"acct-{n}" for n in range(9)),
        exchanges=2345,
        tasks=2345,
        output_tokens=1,
        reasoning_tokens=0,
        first_seen=START,
        last_seen=END,
        detected_at=END,
        evidence=(Evidence("shared-payment", Axis.COORDINATION, "9 accounts", 3.0, ("acct-1",)),),
    )
    others = [
        replace(
            convicted, id=f"campaign--{n}{n}{n}{n}0000-0000-5000-8000-000000000002", verdict=one
        )
        for n, one in enumerate((Verdict.SUSPECTED, Verdict.CLEARED), start=1)
    ]
    scanned = Scanned(9000, 9000, 90, START, END, 0.05, "b", "c", {}, ())
    folder = tmp_path / "scan-out"
    folder.mkdir()
    text = to_json(Findings(scanned, (convicted, *others)))
    (folder / "campaigns.json").write_text(text, encoding="utf-8")
    rows = [
        {
            "campaign_id": NAME,
            "account_id": f"acct-{n}",
            "kind": kind,
            "value": value,
            "exchanges": 200,
            "first_seen": START,
            "last_seen": END,
            "holders": 0,
            "network": "64500" if kind == "address" else None,
        }
        for n in range(9)
        for kind, value in (("asn", "64500"), ("address", "198.51.100.7"))
    ]
    write_parts(
        folder / "ties.parquet", [pl.DataFrame(rows, schema_overrides={"holders": pl.Int64})]
    )
    assert SCHEMA.names == pl.read_parquet(folder / "ties.parquet").columns
    return folder


@pytest.fixture
def share(revenuer: Any, scan: Path, tmp_path: Path) -> Any:
    """`revenuer share COMMAND` with this test's own keys and audit log."""
    private = ("--state", str(tmp_path / "state"), "--keys", str(tmp_path / "keys"))

    def run(command: str, *arguments: str) -> Any:
        return revenuer("share", command, *arguments, *private)

    return run


def entries(tmp_path: Path) -> list[Any]:
    path = tmp_path / "state" / "audit.jsonl"
    return [entry_of(line) for line in path.read_bytes().splitlines(keepends=True)]


def export(share: Any, scan: Path, out: Path, *more: str, name: str = NAME) -> Any:
    return share("export", name, "--from", str(scan), "--out", str(out), *more)


def test_a_program_gets_the_bundle_without_a_question(
    share: Any, scan: Path, tmp_path: Path
) -> None:
    out = tmp_path / "bundle.json"
    ran = export(share, scan, out)
    assert ran.code == Exit.DONE
    bundle = json.loads(out.read_text("utf-8"))
    for one in bundle["objects"]:
        assert one["id"] in ran.out, "every object is shown"
    assert "64500" in ran.out
    assert "private: only a peer that has it too learns of it" in ran.out
    assert out.stat().st_mode & 0o777 == 0o600


def test_every_value_of_every_field_was_shown(share: Any, scan: Path, tmp_path: Path) -> None:
    out = tmp_path / "bundle.json"
    shown = export(share, scan, out).out
    for one in json.loads(out.read_text("utf-8"))["objects"]:
        for name, value in one.items():
            if name in {"object_marking_refs", "schema"}:
                continue
            parts = value.values() if name == "extensions" else [value]
            inner = [
                each
                for part in parts
                for each in (part.values() if name == "extensions" else [part])
            ]
            for each in inner:
                assert str(each) in shown, name


def test_the_same_scan_gives_the_same_file(share: Any, scan: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    export(share, scan, first)
    export(share, scan, second)
    assert first.read_bytes() == second.read_bytes()


def test_what_left_is_in_the_audit_log_without_its_values(
    share: Any, scan: Path, tmp_path: Path
) -> None:
    export(share, scan, tmp_path / "bundle.json", "--by", "ada")
    (entry,) = entries(tmp_path)
    assert (entry.kind, entry.body["by"], entry.body["values"]) == ("exported", "ada", 1)
    assert "64500" not in json.dumps(dict(entry.body))


def test_a_preview_writes_nothing(share: Any, scan: Path, tmp_path: Path) -> None:
    ran = export(share, scan, tmp_path / "bundle.json", "--preview", "--json")
    assert ran.code == Exit.DONE
    told = json.loads(ran.out)
    assert [one["value"] for one in told["leaving"]] == ["64500"]
    assert [one["kind"] for one in told["held_back"]] == ["address"]
    assert not (tmp_path / "bundle.json").exists()
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(("answer", "code"), [(False, Exit.UNDECIDED), (True, Exit.DONE)])
def test_on_a_terminal_a_person_is_asked(
    share: Any,
    scan: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: bool,
    code: Exit,
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.confirm", lambda *_, **__: answer)
    assert export(share, scan, tmp_path / "bundle.json").code == code
    assert (tmp_path / "bundle.json").exists() is answer
    assert (tmp_path / "state").exists() is answer


def test_a_suspected_campaign_needs_a_word(share: Any, scan: Path, tmp_path: Path) -> None:
    ran = export(share, scan, tmp_path / "b.json", name="campaign--11110000")
    assert ran.code == Exit.ERROR
    assert "--suspected" in ran.err
    assert (
        export(share, scan, tmp_path / "b.json", "--suspected", name="11110000").code == Exit.DONE
    )


def test_a_cleared_campaign_is_never_shared(share: Any, scan: Path, tmp_path: Path) -> None:
    ran = export(share, scan, tmp_path / "b.json", "--suspected", name="22220000")
    assert ran.code == Exit.ERROR
    assert "cleared" in ran.err
    assert not (tmp_path / "b.json").exists()


def test_a_kind_can_be_held_back(share: Any, scan: Path, tmp_path: Path) -> None:
    ran = export(share, scan, tmp_path / "b.json", "--without", "asn")
    assert "Values that leave: 0" in ran.out


def test_an_old_scan_says_what_is_missing(share: Any, scan: Path, tmp_path: Path) -> None:
    (scan / "ties.parquet").unlink()
    ran = export(share, scan, tmp_path / "b.json")
    assert ran.code == Exit.ERROR
    assert "ties.parquet" in ran.err


def test_what_was_shared_is_taken_back_as_a_new_version(
    share: Any, scan: Path, tmp_path: Path
) -> None:
    bundle, back = tmp_path / "bundle.json", tmp_path / "back.json"
    export(share, scan, bundle)
    ran = share("revoke", str(bundle), "--out", str(back), "--why", "wrong")
    assert ran.code == Exit.DONE
    versions = [one for one in json.loads(back.read_text())["objects"] if one.get("revoked")]
    assert f"{len(versions)} objects revoked" in ran.out
    assert [entry.kind for entry in entries(tmp_path)] == ["exported", "revoked"]


def test_others_objects_cannot_be_taken_back(share: Any, scan: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.json"
    export(share, scan, bundle)
    shutil.rmtree(tmp_path / "keys")
    shutil.rmtree(tmp_path / "state")
    ran = share("revoke", str(bundle), "--out", str(tmp_path / "x.json"), "--why", "mischief")
    assert ran.code == Exit.ERROR
    assert "same sharing key" in ran.err
    assert not (tmp_path / "x.json").exists()


def test_a_file_that_is_no_bundle_is_refused(share: Any, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("[]")
    ran = share("revoke", str(tmp_path / "x"), "--out", str(tmp_path / "y"), "--why", "w")
    assert (ran.code, "is no bundle" in ran.err) == (Exit.ERROR, True)

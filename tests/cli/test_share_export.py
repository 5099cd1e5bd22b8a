"""`share export` shows what leaves before it does, and `share revoke` takes it back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from revenuer.casework.chain import entry_of
from revenuer.cli.exits import Exit

NAME = "campaign--0f0f0f0f-0000-5000-8000-000000000001"


def entries(tmp_path: Path) -> list[Any]:
    path = tmp_path / "state" / "audit.jsonl"
    return [entry_of(line) for line in path.read_bytes().splitlines(keepends=True)]


def export(share: Any, scan: Path, out: Path, *more: str, name: str = NAME) -> Any:
    return share("export", name, "--from", str(scan), "--out", str(out), *more)


def test_a_program_gets_the_bundle_without_a_question(
    share: Any, campaign_scan: Path, tmp_path: Path
) -> None:
    out = tmp_path / "bundle.json"
    ran = export(share, campaign_scan, out)
    assert ran.code == Exit.DONE
    bundle = json.loads(out.read_text("utf-8"))
    for one in bundle["objects"]:
        assert one["id"] in ran.out, "every object is shown"
    assert "64500" in ran.out
    assert "private: only a peer that has it too learns of it" in ran.out
    assert out.stat().st_mode & 0o777 == 0o600


def test_every_value_of_every_field_was_shown(
    share: Any, campaign_scan: Path, tmp_path: Path
) -> None:
    out = tmp_path / "bundle.json"
    shown = export(share, campaign_scan, out).out
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


def test_the_same_scan_gives_the_same_file(share: Any, campaign_scan: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a.json", tmp_path / "b.json"
    export(share, campaign_scan, first)
    export(share, campaign_scan, second)
    assert first.read_bytes() == second.read_bytes()


def test_what_left_is_in_the_audit_log_without_its_values(
    share: Any, campaign_scan: Path, tmp_path: Path
) -> None:
    export(share, campaign_scan, tmp_path / "bundle.json", "--by", "ada")
    (entry,) = entries(tmp_path)
    assert (entry.kind, entry.body["by"], entry.body["values"]) == ("exported", "ada", 1)
    assert "64500" not in json.dumps(dict(entry.body))


def test_a_preview_writes_nothing(share: Any, campaign_scan: Path, tmp_path: Path) -> None:
    ran = export(share, campaign_scan, tmp_path / "bundle.json", "--preview", "--json")
    assert ran.code == Exit.DONE
    told = json.loads(ran.out)
    assert [one["value"] for one in told["leaving"]] == ["64500"]
    assert [one["kind"] for one in told["held_back"]] == ["address"]
    assert not (tmp_path / "bundle.json").exists()
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(("answer", "code"), [(False, Exit.UNDECIDED), (True, Exit.DONE)])
def test_on_a_terminal_a_person_is_asked(
    share: Any,
    campaign_scan: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: bool,
    code: Exit,
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.confirm", lambda *_, **__: answer)
    assert export(share, campaign_scan, tmp_path / "bundle.json").code == code
    assert (tmp_path / "bundle.json").exists() is answer
    assert (tmp_path / "state").exists() is answer


def test_a_suspected_campaign_needs_a_word(share: Any, campaign_scan: Path, tmp_path: Path) -> None:
    ran = export(share, campaign_scan, tmp_path / "b.json", name="campaign--11110000")
    assert ran.code == Exit.ERROR
    assert "--suspected" in ran.err
    assert (
        export(share, campaign_scan, tmp_path / "b.json", "--suspected", name="11110000").code
        == Exit.DONE
    )


def test_a_cleared_one_is_never_shared(share: Any, campaign_scan: Path, tmp_path: Path) -> None:
    ran = export(share, campaign_scan, tmp_path / "b.json", "--suspected", name="22220000")
    assert ran.code == Exit.ERROR
    assert "cleared" in ran.err
    assert not (tmp_path / "b.json").exists()


def test_a_kind_can_be_held_back(share: Any, campaign_scan: Path, tmp_path: Path) -> None:
    ran = export(share, campaign_scan, tmp_path / "b.json", "--without", "asn")
    assert "Values that leave: 0" in ran.out


def test_an_old_scan_says_what_is_missing(share: Any, campaign_scan: Path, tmp_path: Path) -> None:
    (campaign_scan / "ties.parquet").unlink()
    ran = export(share, campaign_scan, tmp_path / "b.json")
    assert ran.code == Exit.ERROR
    assert "ties.parquet" in ran.err


def test_what_was_shared_is_taken_back_as_a_new_version(
    share: Any, campaign_scan: Path, tmp_path: Path
) -> None:
    bundle, back = tmp_path / "bundle.json", tmp_path / "back.json"
    export(share, campaign_scan, bundle)
    ran = share("revoke", str(bundle), "--out", str(back), "--why", "wrong")
    assert ran.code == Exit.DONE
    versions = [one for one in json.loads(back.read_text())["objects"] if one.get("revoked")]
    assert f"{len(versions)} objects revoked" in ran.out
    assert [entry.kind for entry in entries(tmp_path)] == ["exported", "revoked"]


def test_others_objects_stay_as_they_are(share: Any, campaign_scan: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.json"
    export(share, campaign_scan, bundle)
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

"""The log of commitments, anchored in a casebook: one that is written anew is found."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from test_provenance import committed, folder, put_to_test, written  # noqa: F401

from revenuer.app.provenance.registering import open_registry


@pytest.fixture
def book(folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:  # noqa: F811
    url = f"sqlite:///{tmp_path / 'casebook.sqlite'}"
    monkeypatch.setenv("REVENUER_CASEBOOK_URL", url)
    return url


def rewritten(folder: Path, keys: Path) -> None:  # noqa: F811
    """Write the log anew, a year older, whole, with valid hashes and signatures."""
    registry = open_registry(folder, keys)
    entries = registry.audit.entries()
    for file in folder.glob("audit.jsonl*"):
        file.unlink()
    registry = open_registry(folder, keys)
    for one in entries:
        registry.record(one.kind, one.body, datetime.now(UTC) - timedelta(days=365))
    assert [one.kind for one in registry.audit.entries()] == [one.kind for one in entries]


@pytest.mark.usefixtures("book")
def test_a_commitment_is_anchored_and_the_report_says_where(revenuer, folder, tmp_path):  # noqa: F811
    committed(revenuer, tmp_path)
    listed = revenuer("provenance", "list")
    assert "of the casebook's audit log" in listed.out
    answers = written(tmp_path / "student.jsonl", np.random.default_rng(0), texts=4)
    out = tmp_path / "report"
    found = put_to_test(revenuer, "mine", answers, "--out", out)
    anchor = found["anchor"]
    assert anchor["log"] == f"1:{found['registered']['entry_hash']}"
    shown = revenuer("audit", "show", "--json")
    (entry,) = [one for one in json.loads(shown.out) if one["kind"] == "provenance-anchored"]
    assert anchor["checkpoint"] == f"{entry['number']}:{entry['hash']}"
    assert entry["body"]["log"] == str(folder / "audit.jsonl")
    assert entry["body"]["witness"] == anchor["log"]
    assert set(entry["body"]) == {"by", "login", "log", "witness"}
    assert anchor["checkpoint"] in (out / "provenance.html").read_text()
    # The file of what others keep is checked with the casebook's own log.
    checked = revenuer("audit", "verify")
    assert checked.code == 0, checked.out
    assert str(folder / "audit.jsonl") in checked.out


@pytest.mark.usefixtures("book")
def test_a_log_that_is_written_anew_is_found_by_every_command(revenuer, folder, tmp_path):  # noqa: F811
    committed(revenuer, tmp_path)
    answers = written(tmp_path / "student.jsonl", np.random.default_rng(0), texts=4)
    rewritten(folder, tmp_path / "keys")
    owner = tmp_path / "student.owner.jsonl"
    # By itself it is whole.
    assert revenuer("audit", "verify", folder / "audit.jsonl").code == 0
    for command in (
        ("list",),
        ("test", "mine", answers, "--owner", owner),
        ("canaries", "mine", "--out", tmp_path / "canaries.jsonl"),
    ):
        ran = revenuer("provenance", *command)
        assert ran.code != 0, command
        assert "is not the one that the witness saw" in ran.err
    assert not (tmp_path / "canaries.jsonl").exists()
    checked = revenuer("audit", "verify")
    assert checked.code == 1
    assert str(folder / "audit.jsonl") in checked.out


@pytest.mark.usefixtures("book")
def test_a_log_that_is_gone_is_found(revenuer, folder, tmp_path):  # noqa: F811
    committed(revenuer, tmp_path)
    for file in folder.glob("audit.jsonl*"):
        file.unlink()
    assert revenuer("provenance", "list").code != 0
    assert revenuer("audit", "verify").code == 1


def test_without_a_casebook_it_says_so_and_what_comes_later_is_anchored_later(
    revenuer,
    folder,  # noqa: F811
    tmp_path,
    monkeypatch,
):
    roster = tmp_path / "ids.txt"
    roster.write_text("ann\n")
    said = ("--statistic", "recall", "--accounts", roster)
    first = revenuer("provenance", "commit", "first", *said)
    assert "No casebook is configured" in first.err
    assert "anchored" not in revenuer("provenance", "list").out
    monkeypatch.setenv("REVENUER_CASEBOOK_URL", f"sqlite:///{tmp_path / 'casebook.sqlite'}")
    for out in ("one", "two"):
        ran = revenuer("provenance", "canaries", "first", "--out", tmp_path / out)
        assert ran.code == 0, ran.err
        assert "Anchored in the casebook's audit log" in ran.err
    shown = json.loads(revenuer("audit", "show", "--json").out)
    assert [one["kind"] for one in shown].count("provenance-anchored") == 1
    second = revenuer("provenance", "commit", "second", *said)
    assert second.code == 0
    listed = revenuer("provenance", "list").out
    assert listed.count("of the casebook's audit log") == 2

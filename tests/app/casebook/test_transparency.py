"""A transparency report counts what was done, and points at nobody."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revenuer.app.casebook.erasure import erase
from revenuer.app.casebook.opening import open_casebook
from revenuer.app.casebook.places import Around
from revenuer.casework.coarse import coarse
from revenuer.casework.roles import Actor, Role
from revenuer.cli.entry import run

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ADMIN = Actor("ada", Role.ADMIN)


def test_what_was_done_in_the_span_is_counted_and_small_counts_are_not_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url, keys = f"sqlite:///{tmp_path}/casebook.sqlite", tmp_path / "keys"
    casebook = open_casebook(url, keys, now=NOW)
    for number in range(7):
        late = timedelta(days=40 if number == 6 else 0)
        when, who = NOW + late, f"acct-{number}"
        erase(casebook, Around(keys), who, why="asked", actor=ADMIN, now=when)
    casebook.database.close()
    capsys.readouterr()
    own = ["--casebook", url, "--keys", str(keys), "--share-state", str(tmp_path / "share")]
    span = ["--from", "2026-11-01", "--to", "2026-12-01"]
    assert run(["transparency", *span, "--json", *own]) == 0
    found = json.loads(capsys.readouterr().out)
    rights = found["sections"]["People's rights"]
    assert rights["accounts that were erased"] == 5, "six, rounded; the seventh came later"
    assert rights["accounts whose data was handed out"] == 0
    assert run(["transparency", "--from", "2026-12-01", "--to", "2027-02-01", "--json", *own]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["sections"]["People's rights"]["accounts that were erased"] == {"below": 5}
    out = tmp_path / "report.html"
    assert run(["transparency", *span, "--out", str(out), *own]) == 0
    page = out.read_text()
    assert "fewer than 5" in page
    assert "script" not in page
    assert not any(f"acct-{number}" in page for number in range(7))
    assert "fp-" not in page


@given(count=st.integers(0, 10**6), smallest=st.integers(1, 50))
def test_a_told_count_is_near_and_no_small_one_is_told(count: int, smallest: int) -> None:
    told = coarse(count, smallest)
    if told.told is None:
        assert 0 < count < smallest
    else:
        assert told.told % smallest == 0
        assert 2 * abs(told.told - count) <= smallest
        assert (told.told == 0) == (count == 0)

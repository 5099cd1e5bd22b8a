"""Early signs on the terminal: a line when new, and what is blind once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from revenuer.app.watch.looks import Due
from revenuer.app.watch.taking import Counted
from revenuer.app.watch.watching import Told
from revenuer.cli.show.watch import print_look
from revenuer.records import Axis, Findings, Scanned, Sign, SignKind

AT = datetime(2026, 6, 3, tzinfo=UTC)
DAY = timedelta(days=1)
SCANNED = Scanned(
    exchanges=9,
    tasks=9,
    accounts=3,
    first=AT - DAY,
    last=AT,
    fdr=0.05,
    baseline_id="",
    config_sha256="",
    detector_versions={},
    blind=(),
)


def _sign(name: str, first_seen: datetime) -> Sign:
    said = f"What {name} says."
    return Sign(name, SignKind.PIVOT, first_seen, AT, Axis.EXTRACTION, ("a",), None, said)


def _told(*blind: str) -> Told:
    signs = (_sign("new", AT), _sign("old", AT - DAY))
    due = Due(3, AT, AT - DAY, AT - 28 * DAY)
    return Told(due, Findings(SCANNED, ()), 1.0, Counted(), signs, blind)


def test_a_sign_is_told_when_it_is_new_and_as_no_verdict(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_look(_told(), as_json=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:] == ["  sign, no verdict: pivot: What new says."]


def test_what_cannot_be_looked_for_is_said_where_it_is_new(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_look(_told("return: this log has no accounts.suspended_at"), as_json=False)
    out = capsys.readouterr().out
    assert "  no early sign of return: this log has no accounts.suspended_at\n" in out


def test_programs_get_the_ids_of_all_signs_and_of_new_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_look(_told("pivot: blind"), as_json=True)
    document = json.loads(capsys.readouterr().out)
    assert document["signs"] == ["new", "old"]
    assert document["new_signs"] == ["new"]
    assert document["newly_blind"] == ["pivot: blind"]

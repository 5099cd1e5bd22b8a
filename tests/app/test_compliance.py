"""Drafts for the operator name every table and every detector, and what the settings say."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from revenuer.app.cards import detectors
from revenuer.app.compliance import write_compliance
from revenuer.settings import RetentionSettings, Settings
from revenuer.store.casebook import tables  # noqa: F401  (puts all tables on the schema)
from revenuer.store.casebook.schema import METADATA

POLICY = """
mode = "enforce"
[[ladder]]
action = "reduce"
verdict = "convicted"
[appeal]
url = "https://example.com/objections"
"""


@pytest.fixture
def drafts(tmp_path: Path) -> dict[str, str]:
    policy = tmp_path / "guard.toml"
    policy.write_text(POLICY)
    settings = replace(Settings(), retention=RetentionSettings(texts_days=77, permits_days=0))
    now = datetime(2026, 11, 22, tzinfo=UTC)
    done = write_compliance(
        tmp_path / "out", settings=settings, operator="Example Lab", now=now, policy=policy
    )
    return {path.name: path.read_text() for path in done}


def test_every_table_is_in_the_processing_record(drafts: dict[str, str]) -> None:
    told = set(re.findall(r"^\| `(\w+)` \|", drafts["processing-record.md"], re.M))
    assert told == set(METADATA.tables)
    assert "77 days since it was kept" in drafts["processing-record.md"]


def test_every_detector_is_in_the_assessment(drafts: dict[str, str]) -> None:
    told = set(re.findall(r"^\| `([\w-]+)` \|", drafts["assessment.md"], re.M))
    assert told == {card.id for card in detectors()}


def test_the_policy_says_what_the_settings_say(drafts: dict[str, str]) -> None:
    text = drafts["policy.md"]
    assert "Example Lab" in text
    assert "- reduce, for campaigns that are convicted" in text
    assert "https://example.com/objections" in text
    assert "- texts: 77 days" in text
    assert "- permits: kept without a limit" in text


def test_rows_are_whole_and_nothing_is_escaped(drafts: dict[str, str]) -> None:
    for name, text in drafts.items():
        assert "&#" not in text, name
        for block in re.findall(r"(?:^\|.*\n)+", text, re.M):
            assert len({row.count("|") for row in block.splitlines()}) == 1, block


def test_without_a_policy_that_is_left_to_fill_in(tmp_path: Path) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    done = write_compliance(tmp_path, settings=Settings(), operator="x", now=now)
    assert done[tmp_path / "policy.md"] == 1

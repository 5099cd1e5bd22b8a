"""A small log of the second generator: its campaign is convicted, and nobody else."""

from __future__ import annotations

from pathlib import Path

from foreign_campaigns import judged
from harvests.catalogue import QUICK


def test_an_obvious_campaign_is_convicted_and_no_innocent(tmp_path: Path) -> None:
    found = judged(QUICK[0], seed=1, prompts=None, keep=tmp_path)
    assert found.verdict == "convicted"
    assert found.innocents == 0
    assert found.recall >= 0.9
    assert min(found.own_precision, found.own_recall) >= 0.9

"""The page on worlds names everything that a world can hold."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from revenuer.worlds import INNOCENT_IDS, SCENARIO_IDS, WorldSpec

from .conftest import Written


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "worlds.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*SCENARIO_IDS, *INNOCENT_IDS])
def test_every_cohort_has_a_row(page: str, name: str) -> None:
    assert f"\n| {name} " in page


def test_every_knob_is_named(page: str) -> None:
    assert all(f"`{field.name}`" in page for field in fields(WorldSpec))


def test_every_file_is_named(page: str, world: Written) -> None:
    for path in world.folder.rglob("*"):
        name = "exchanges/part-*.parquet" if "part-" in path.name else path.name
        assert path.is_dir() or name in page


def test_every_key_of_the_truth_is_named(page: str, world: Written) -> None:
    assert all(f"`{key}`" in page for key in world.campaigns["S1"])

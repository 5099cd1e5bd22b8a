"""A casebook with people, on SQLite; `test_races` has the same on PostgreSQL too."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from doors import with_people

from revenuer.app.casebook.opening import Casebook


@pytest.fixture
def casebook(tmp_path: Path) -> Iterator[Casebook]:
    with with_people(f"sqlite:///{tmp_path}/casebook.sqlite", tmp_path) as opened:
        yield opened

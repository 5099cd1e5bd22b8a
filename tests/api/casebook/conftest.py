"""A casebook with one of each role, and its HTTP API in this process."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# pytest's importlib mode does not put a test's folder on the path.
sys.path.insert(0, str(Path(__file__).parent))

from office import Office, opened_office


@pytest.fixture
def office(casebook_url: str, tmp_path: Path) -> Iterator[Office]:
    """On SQLite, then on PostgreSQL."""
    with opened_office(casebook_url, tmp_path) as one:
        yield one


@pytest.fixture
def small_office(tmp_path: Path) -> Iterator[Office]:
    """On SQLite alone, where the database makes no difference."""
    with opened_office(f"sqlite:///{tmp_path}/casebook.sqlite", tmp_path) as one:
        yield one

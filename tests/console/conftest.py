"""A console with one person of each role."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# pytest's importlib mode does not put a test's folder on the path.
sys.path.insert(0, str(Path(__file__).parent))

from browsers import Served, served_console
from visitors import Console, opened_console


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Console]:
    """On SQLite, with the cases of one scan."""
    with opened_console(f"sqlite:///{tmp_path}/casebook.sqlite", tmp_path) as one:
        one.office.cases()
        yield one


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """The same, made once for all tests that change nothing in it."""
    folder = tmp_path_factory.mktemp("standing")
    with opened_console(f"sqlite:///{folder}/casebook.sqlite", folder) as one:
        one.office.cases()
        yield one


@pytest.fixture
def empty_console(tmp_path: Path) -> Iterator[Console]:
    """On SQLite, without any case."""
    with opened_console(f"sqlite:///{tmp_path}/casebook.sqlite", tmp_path) as one:
        yield one


@pytest.fixture(scope="session")
def served_standing(standing: Console) -> Iterator[Served]:
    """The same in a process of its own."""
    with served_console(standing.office) as one:
        yield one

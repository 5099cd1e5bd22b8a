"""A console with one person of each role."""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import own_postgres

# pytest's importlib mode does not put a test's folder on the path.
sys.path.insert(0, str(Path(__file__).parent))

from browsers import Served, served_console
from furnished import opened
from furnished import places as every_place
from visitors import Console, opened_console

from revenuer.app.admission import materials


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def console(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Console]:
    """With the cases of one scan: on SQLite, and among the slow tests on PostgreSQL."""
    url = f"sqlite:///{tmp_path}/casebook.sqlite"
    if request.param == "postgresql":
        url = own_postgres.fresh(request.getfixturevalue("postgres_server"))
    with opened_console(url, tmp_path) as one:
        one.office.cases()
        yield one


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """The same, made once for all tests that change nothing in it."""
    folder = tmp_path_factory.mktemp("standing")
    with opened_console(f"sqlite:///{folder}/casebook.sqlite", folder) as one:
        one.office.cases()
        yield one


@pytest.fixture(scope="session", autouse=True)
def tables_of_admission() -> Iterator[None]:
    """Loaded once: each console of a test would take a second for them."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(materials, "load_tables", functools.cache(materials.load_tables))
        yield


@pytest.fixture(scope="session")
def places(furnished: Console) -> dict[str, str]:
    """A URL of each of its pages, by the page's path."""
    return every_place(furnished)


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """One with something on every page, for all tests that change nothing in it."""
    with opened(tmp_path_factory.mktemp("furnished")) as one:
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

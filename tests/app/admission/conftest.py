"""A desk of admission on an empty casebook, on each kind of database."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from revenuer.access.domains import DomainTables
from revenuer.access.policy import AccessPolicy
from revenuer.access.profile import Tables
from revenuer.app.admission.desk import Desk
from revenuer.app.casebook.opening import Casebook, open_casebook

sys.path.insert(0, str(Path(__file__).parents[2] / "access"))

NOW = datetime(2026, 2, 5, 18, tzinfo=UTC)
TABLES = Tables(
    DomainTables(
        disposable=({"throw.example"}, {"throw.example"}),
        free={"gmail.com"},
        academic={"uni.example"},
    )
)


@pytest.fixture
def casebook(casebook_url: str, tmp_path: Path) -> Iterator[Casebook]:
    opened = open_casebook(casebook_url, tmp_path / "keys", now=NOW)
    yield opened
    opened.database.close()


@pytest.fixture
def another(casebook_url: str, tmp_path: Path) -> Iterator[Callable[[], Desk]]:
    """Makes desks as other processes have them: the same casebook, memories of their own."""
    opened: list[Casebook] = []

    def make() -> Desk:
        opened.append(open_casebook(casebook_url, tmp_path / "keys"))
        return Desk(opened[-1], TABLES, AccessPolicy())

    yield make
    for each in opened:
        each.database.close()


@pytest.fixture
def desk(casebook: Casebook) -> Desk:
    return Desk(casebook, TABLES, AccessPolicy())

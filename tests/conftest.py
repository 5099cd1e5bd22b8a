"""What all tests share: where the repository is, and the data that is not part of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# Slow shared machines make deadlines fail by chance; the seed keeps CI the same twice.
settings.register_profile("house", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("house")

# LiteLLM would fetch its price list over the network when it is imported.
os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")

ROOT = Path(__file__).parents[1]


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Look for examples in docstrings of the package, not of what tests are made with."""
    beside = collection_path.suffix == ".py" and not collection_path.name.startswith("test_")
    return True if beside else None


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The prompt sets beside the repository; a test that needs them skips without."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data, which is not part of the repository")
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL of one's own, with an empty database in it."""
    import own_postgres

    if why := own_postgres.missing():
        pytest.skip(why)
    with own_postgres.postgresql() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def casebook_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database for a casebook: SQLite, then PostgreSQL."""
    import own_postgres

    if request.param == "postgresql":
        return own_postgres.fresh(request.getfixturevalue("postgres_server"))
    return f"sqlite:///{tmp_path}/casebook.sqlite"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A real Chromium, gone with its file: while its driver lives, asyncio.run() is refused."""
    place = shutil.which("chromium") or shutil.which("google-chrome")
    if place is None:
        pytest.skip("needs chromium on the machine")
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    arguments = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    with playwright.sync_playwright() as one:
        opened = one.chromium.launch(executable_path=place, args=arguments)
        yield opened
        opened.close()

"""The guard's builders and a receiver of webhooks on the path."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# pytest's importlib mode does not put a test's folder on the path.
sys.path.insert(0, str(Path(__file__).parents[1] / "guard"))
sys.path.insert(0, str(Path(__file__).parent))

from hook_server import HookServer


@pytest.fixture
def hooks() -> Iterator[HookServer]:
    """A receiver of webhooks, for one test."""
    with HookServer() as server:
        yield server

"""Findings to draw, and the folder's own builders on the path."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

# pytest's importlib mode does not put a test's folder on the path.
sys.path.insert(0, str(Path(__file__).parent))

from findings_fixture import findings

from revenuer.records import Findings


@pytest.fixture(scope="session")
def example() -> Findings:
    """Three campaigns with everything that a scan says of them."""
    return findings()

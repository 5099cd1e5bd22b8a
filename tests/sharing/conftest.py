"""What the tests of sharing have in common."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from revenuer.records import Method
from revenuer.sharing.profile import (
    Confidence,
    Details,
    Level,
    Likelihood,
    Response,
    Said,
    Window,
)
from revenuer.sharing.tlp import Tlp


@pytest.fixture
def details() -> Details:
    """What an object says, every required word of it."""
    return Details(
        methods=(Method.COT_EXFILTRATION,),
        window=Window(
            first=datetime(2026, 6, 1, tzinfo=UTC), last=datetime(2026, 6, 9, tzinfo=UTC)
        ),
        cluster="cluster--2b1c3f7e-6a55-5c52-9b11-0c9c5b8f2a10",
        verdict=Said.CONVICTED,
        behaviour="Accounts run by one operator ask for reasoning step by step.",
        confidence=Confidence(level=Level.HIGH, value=85),
        likelihood=Likelihood(term="very likely", low_percent=80, high_percent=95),
        response=Response.BLOCKED,
        expires=datetime(2026, 8, 1, tzinfo=UTC),
        tlp=Tlp.AMBER,
        legal_basis="legitimate interest in the security of the service",
        permitted_use=("detection",),
    )

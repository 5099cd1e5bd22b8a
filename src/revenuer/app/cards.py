"""`detectors`: what looks at the logs."""

from __future__ import annotations

from revenuer.detector import Card
from revenuer.detectors import load_detectors


def detectors() -> tuple[Card, ...]:
    """The card of every detector, in the order in which reports name them."""
    return tuple(detector.card for detector in load_detectors())

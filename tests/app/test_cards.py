"""The cards that are listed."""

from __future__ import annotations

from revenuer.app.cards import detectors
from revenuer.detectors import DETECTORS


def test_every_registered_detector_has_its_card_listed() -> None:
    listed = [card.id for card in detectors()]
    assert listed[: len(DETECTORS)] == [detector.card.id for detector in DETECTORS]
    assert len(set(listed)) == len(listed)

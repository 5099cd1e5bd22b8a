"""Use that never pauses for a night."""

from revenuer.detectors.round_the_clock.detector import DETECTOR

__all__ = ["DETECTOR"]

"""Days of the same volume, flat just below a limit."""

from revenuer.detectors.rate_ceiling.detector import DETECTOR

__all__ = ["DETECTOR"]

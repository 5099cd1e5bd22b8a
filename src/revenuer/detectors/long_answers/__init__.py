"""Long answers to most requests, however few there are."""

from revenuer.detectors.long_answers.detector import DETECTOR

__all__ = ["DETECTOR"]

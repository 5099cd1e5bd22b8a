"""Traffic that moves to a new model within two days of its release."""

from revenuer.detectors.release_pivot.detector import DETECTOR

__all__ = ["DETECTOR"]

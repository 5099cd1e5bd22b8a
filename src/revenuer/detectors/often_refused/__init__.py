"""Requests that the model or its guard mostly refuses."""

from revenuer.detectors.often_refused.detector import DETECTOR

__all__ = ["DETECTOR"]

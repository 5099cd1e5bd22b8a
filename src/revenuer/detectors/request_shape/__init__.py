"""Accounts that set the same request parameters."""

from revenuer.detectors.request_shape.detector import DETECTOR

__all__ = ["DETECTOR"]

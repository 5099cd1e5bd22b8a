"""Accounts that work in the same rare minutes with the same habits."""

from revenuer.detectors.synchronised_burst.detector import DETECTOR

__all__ = ["DETECTOR"]

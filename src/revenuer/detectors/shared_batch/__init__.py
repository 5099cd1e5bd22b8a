"""Accounts whose requests are of the same batch."""

from revenuer.detectors.shared_batch.detector import DETECTOR

__all__ = ["DETECTOR"]

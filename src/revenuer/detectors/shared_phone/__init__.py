"""Accounts that were verified with the same telephone number."""

from revenuer.detectors.shared_phone.detector import DETECTOR

__all__ = ["DETECTOR"]

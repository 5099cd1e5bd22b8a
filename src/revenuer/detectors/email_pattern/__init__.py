"""Accounts whose addresses are of the same mail domain."""

from revenuer.detectors.email_pattern.detector import DETECTOR

__all__ = ["DETECTOR"]

"""Accounts that were opened from the same address."""

from revenuer.detectors.signup_address.detector import DETECTOR

__all__ = ["DETECTOR"]

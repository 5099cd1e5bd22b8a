"""Accounts that were opened in the same hour from one network or mail domain."""

from revenuer.detectors.signup_burst.detector import DETECTOR

__all__ = ["DETECTOR"]

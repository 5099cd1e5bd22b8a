"""Accounts that were opened from the same address block."""

from revenuer.detectors.signup_block.detector import DETECTOR

__all__ = ["DETECTOR"]

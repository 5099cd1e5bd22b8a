"""Accounts that send requests from the same address."""

from revenuer.detectors.live_address.detector import DETECTOR

__all__ = ["DETECTOR"]

"""Accounts that send requests from the same address block."""

from revenuer.detectors.live_block.detector import DETECTOR

__all__ = ["DETECTOR"]

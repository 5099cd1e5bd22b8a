"""Accounts that were opened on the same device."""

from revenuer.detectors.shared_device.detector import DETECTOR

__all__ = ["DETECTOR"]

"""Accounts that come through the same reseller, openly."""

from revenuer.detectors.reseller.detector import DETECTOR

__all__ = ["DETECTOR"]

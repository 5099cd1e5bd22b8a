"""Accounts below the same parent account, openly."""

from revenuer.detectors.parent_account.detector import DETECTOR

__all__ = ["DETECTOR"]

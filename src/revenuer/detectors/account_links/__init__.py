"""Accounts that share a value of the operator's own links table."""

from revenuer.detectors.account_links.detector import DETECTOR

__all__ = ["DETECTOR"]

"""Accounts that pay with the same card or wallet."""

from revenuer.detectors.shared_payment.detector import DETECTOR

__all__ = ["DETECTOR"]

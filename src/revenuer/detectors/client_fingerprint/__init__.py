"""Accounts whose client shows the same TLS fingerprint and user agent."""

from revenuer.detectors.client_fingerprint.detector import DETECTOR

__all__ = ["DETECTOR"]

"""A TLS fingerprint that contradicts what the user agent claims."""

from revenuer.detectors.client_mismatch.detector import DETECTOR

__all__ = ["DETECTOR"]

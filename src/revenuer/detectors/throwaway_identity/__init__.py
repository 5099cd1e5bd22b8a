"""Accounts whose identity costs nothing and leads nowhere."""

from revenuer.detectors.throwaway_identity.detector import DETECTOR

__all__ = ["DETECTOR"]

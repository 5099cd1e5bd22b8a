"""Accounts that begin where a suspended one stopped, with its habits."""

from revenuer.detectors.succession.detector import DETECTOR

__all__ = ["DETECTOR"]

"""Accounts that take part in the same session, task or conversation."""

from revenuer.detectors.shared_session.detector import DETECTOR

__all__ = ["DETECTOR"]

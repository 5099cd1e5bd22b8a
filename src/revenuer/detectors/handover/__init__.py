"""Accounts that go on, time and again, where another one was refused."""

from revenuer.detectors.handover.detector import DETECTOR

__all__ = ["DETECTOR"]

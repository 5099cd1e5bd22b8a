"""Accounts that replay a reasoning block which another account was given."""

from revenuer.detectors.reasoning_signature_replay.detector import DETECTOR

__all__ = ["DETECTOR"]

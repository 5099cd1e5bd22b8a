"""Accounts that send the same long prompt, to the letter."""

from revenuer.detectors.same_prompt.detector import DETECTOR

__all__ = ["DETECTOR"]

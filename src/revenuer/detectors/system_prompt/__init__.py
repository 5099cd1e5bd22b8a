"""Accounts that send the same system prompt."""

from revenuer.detectors.system_prompt.detector import DETECTOR

__all__ = ["DETECTOR"]

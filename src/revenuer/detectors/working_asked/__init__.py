"""Prompts that ask for the working, as pupils do, but all of them."""

from revenuer.detectors.working_asked.detector import DETECTOR

__all__ = ["DETECTOR"]

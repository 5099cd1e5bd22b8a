"""Masses of answers to requests that stand for themselves."""

from revenuer.detectors.output_mass.detector import DETECTOR

__all__ = ["DETECTOR"]

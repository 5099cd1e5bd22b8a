"""Token use far above what the account's plan is for."""

from revenuer.detectors.above_plan.detector import DETECTOR

__all__ = ["DETECTOR"]

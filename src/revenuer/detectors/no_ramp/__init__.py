"""New accounts that work at full load from their first day."""

from revenuer.detectors.no_ramp.detector import DETECTOR

__all__ = ["DETECTOR"]

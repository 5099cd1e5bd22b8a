from revenuer.detectors.trace_cleaning.detector import DETECTOR

__all__ = ["DETECTOR"]

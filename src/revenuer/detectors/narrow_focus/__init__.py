from revenuer.detectors.narrow_focus.detector import DETECTOR

__all__ = ["DETECTOR"]

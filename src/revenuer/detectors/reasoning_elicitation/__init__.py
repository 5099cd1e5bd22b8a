from revenuer.detectors.reasoning_elicitation.detector import DETECTOR

__all__ = ["DETECTOR"]

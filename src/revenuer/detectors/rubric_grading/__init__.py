from revenuer.detectors.rubric_grading.detector import DETECTOR

__all__ = ["DETECTOR"]

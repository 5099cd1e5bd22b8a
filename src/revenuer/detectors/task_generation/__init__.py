from revenuer.detectors.task_generation.detector import DETECTOR

__all__ = ["DETECTOR"]

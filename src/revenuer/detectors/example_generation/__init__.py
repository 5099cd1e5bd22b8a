from revenuer.detectors.example_generation.detector import DETECTOR

__all__ = ["DETECTOR"]

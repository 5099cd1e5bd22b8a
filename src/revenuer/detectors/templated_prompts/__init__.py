from revenuer.detectors.templated_prompts.detector import DETECTOR

__all__ = ["DETECTOR"]

from revenuer.detectors.prompt_template.detector import DETECTOR

__all__ = ["DETECTOR"]

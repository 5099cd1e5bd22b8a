from revenuer.detectors.sensitive_rewriting.detector import DETECTOR

__all__ = ["DETECTOR"]

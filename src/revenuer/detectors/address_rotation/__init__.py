"""More addresses and networks than the volume explains."""

from revenuer.detectors.address_rotation.detector import DETECTOR

__all__ = ["DETECTOR"]

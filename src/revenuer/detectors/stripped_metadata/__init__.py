"""Requests without the marks that ordinary clients leave."""

from revenuer.detectors.stripped_metadata.detector import DETECTOR

__all__ = ["DETECTOR"]

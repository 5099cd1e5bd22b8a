"""Accounts that have what a peer names as one campaign's."""

from revenuer.detectors.peer_sighting.detector import DETECTOR

__all__ = ["DETECTOR"]

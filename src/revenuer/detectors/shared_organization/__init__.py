"""Accounts of the same organization, openly."""

from revenuer.detectors.shared_organization.detector import DETECTOR

__all__ = ["DETECTOR"]

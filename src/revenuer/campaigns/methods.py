"""By which of the Forum's methods a campaign harvests, and which capabilities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from revenuer.detector import ContentDetector, Detector
from revenuer.records import Method

METHOD_SHARE = 0.05
"""Share of a campaign's own prompts from which a method is named. placeholder"""
METHOD_RATIO = 3.0
"""How many times its share among ordinary accounts that must be. placeholder"""
HIT = 0.5
"""Score from which a prompt counts as showing what a content detector looks for."""

TAXONOMY: dict[str, tuple[str, ...]] = {
    "atlas": ("AML.T0024.002", "AML.T0008.005", "AML.CS0056"),
    "owasp": ("LLM10",),
    "nist": ("NISTAML.031",),
}
"""MITRE ATLAS 5.6.1, OWASP LLM Top 10 (2025) and NIST AI 100-2 E2025 on model extraction."""


def find_methods(
    detectors: Iterable[Detector],
    scores: Mapping[str, NDArray[np.float64]],
    own: NDArray[np.int64],
    elsewhere: Mapping[str, float],
) -> tuple[Method, ...]:
    """Name the methods that the campaign's own prompts show.

    Args:
        detectors: Those that read content carry a method.
        scores: Each content detector's scores of the sampled prompts.
        own: Positions of the campaign's prompts among these.
        elsewhere: By detector, the share of ordinary accounts' prompts that are hits.

    Returns:
        The methods, the most frequent first; `synthetic-data` where the answers are
        harvested as they are; none where there is no text to tell.
    """
    found: dict[Method, float] = {}
    for detector in detectors:
        if not isinstance(detector, ContentDetector) or detector.method is None:
            continue
        hits = scores.get(detector.card.id)
        if hits is None or not own.size:
            continue
        here = float((hits[own] >= HIT).mean())
        if here >= METHOD_SHARE and here >= METHOD_RATIO * elsewhere[detector.card.id]:
            found[detector.method] = max(here, found.get(detector.method, 0.0))
    ranked = sorted(found, key=lambda method: (-found[method], method))
    read = any((~np.isnan(hits[own])).any() for hits in scores.values())
    return tuple(ranked) or ((Method.SYNTHETIC_DATA,) if read else ())

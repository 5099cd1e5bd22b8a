"""Which capability of a model each prompt exercises."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from revenuer.features.concepts import Concepts
from revenuer.features.prompts import Prompts

# Capability: concepts that speak for it, each with its weight. Words that any request
# may hold (please, what is) weigh less than words of one trade. placeholder
SPEAKS_FOR: Mapping[str, Mapping[str, float]] = {
    "reasoning": {"subject-maths": 1.0, "subject-logic": 1.0, "subject-science": 0.8},
    "coding": {"subject-code": 1.0},
    "agentic-coding": {"subject-agentic": 1.4, "subject-code": 0.2},
    "tool-use": {"subject-tools": 1.5},
    "data-analysis": {"subject-data": 1.2},
    "creative-writing": {"subject-writing": 1.0},
    "translation": {"subject-translation": 1.8},
    "vision": {"subject-vision": 1.2},
    "judging": {
        "judge-role": 1.5,
        "score-only": 1.0,
        "rubric": 0.8,
        "pairwise": 1.5,
        "reward": 1.2,
    },
    "data-generation": {"pairs": 1.8, "fields": 1.0, "verifiable": 0.8},
    "safety-policy": {"sensitive": 1.5},
    "knowledge": {"subject-knowledge": 0.6},
    "conversation": {"subject-talk": 0.4},
}
CAPABILITIES: tuple[str, ...] = tuple(SPEAKS_FOR)
"""The capabilities, in the order of the columns of `capability_shares`."""

# Tools offered with the request say tool use about as loudly as two words for it.
TOOLS_OFFERED = 2.0
# What a text without any word of the lexicon is: talk, and a little of everything known.
NOTHING_SAID = {"conversation": 0.1, "knowledge": 0.1}
# Larger makes the shares of one prompt more decided.
DECIDEDNESS = 1.5


def capability_shares(prompts: Prompts) -> NDArray[np.float64]:
    """How much of each prompt asks for which capability.

    Mentions count by their logarithm, so that one long text does not drown the rest.

    Returns:
        Columns in the order of `CAPABILITIES`; rows sum to 1, and to 0 without text. A sketch
        names one capability, which gets all of its row.
        Shape (n_prompts, n_capabilities).
    """
    said = np.stack([_said(prompts.concepts, weights) for weights in SPEAKS_FOR.values()], axis=1)
    said[:, CAPABILITIES.index("tool-use")] += TOOLS_OFFERED * (prompts.tool_count > 0)
    for capability, weight in NOTHING_SAID.items():
        said[:, CAPABILITIES.index(capability)] += weight
    decided = said**DECIDEDNESS
    shares: NDArray[np.float64] = decided / decided.sum(axis=1, keepdims=True)
    told = prompts.sketches.capability[:, None] == np.arange(len(CAPABILITIES))
    return np.where(prompts.has_text[:, None], shares, told.astype(np.float64))


def _said(concepts: Concepts, weights: Mapping[str, float]) -> NDArray[np.float64]:
    """Weighted mentions of some concepts in each text."""
    mentions = (weight * np.log1p(concepts.count(name)) for name, weight in weights.items())
    total: NDArray[np.float64] = np.sum(list(mentions), axis=0)
    return total

"""How an applicant would come through each check, drawn before anybody asks.

Every application carries the outcome of every check, so that two policies that ask the same
check of the same applicant see the same answer, and their figures differ by policy alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from revenuer.access.applications import Check, Result

REVIEW = "review"
"""A person looks at the application; not a check of the applicant's, but drawn like one."""
ASKED = (*(check.value for check in Check), REVIEW)


@dataclass(frozen=True)
class Persona:
    """How one kind of applicant comes through checks.

    Attributes:
        passes: Chance to pass each of `ASKED`, in its order.
        leaves: Chance to give up instead of failing, of those who do not pass.
        prices: What passing costs a farm in US dollars, in the order of `ASKED`; zeros for the
            honest, whose price is patience.
    """

    passes: tuple[float, ...]
    leaves: float = 0.8
    prices: tuple[float, ...] = (0.0,) * 7


_FARM = (0.05, 0.30, 2.0, 15.0, 60.0, 30.0, 0.0)
# e-mail, phone, card, institution, organization, document, review. A phone: the median of fresh
# numbers is some tens of US cents (Dek et al. 2025, Cambridge Online Trust and Safety Index).
# Others are asking prices of shops, as reported, and vary by an order of magnitude. placeholder

PERSONAS: Mapping[str, Persona] = {
    "person": Persona((0.99, 0.97, 0.93, 0.05, 0.05, 0.78, 0.95)),
    "student": Persona((0.99, 0.95, 0.55, 0.92, 0.02, 0.72, 0.97)),
    "unlisted-student": Persona((0.99, 0.95, 0.55, 0.70, 0.02, 0.72, 0.95)),
    "company": Persona((0.995, 0.96, 0.97, 0.05, 0.93, 0.80, 0.98)),
    "founder": Persona((0.99, 0.97, 0.95, 0.05, 0.80, 0.82, 0.94)),
    "researcher": Persona((0.99, 0.92, 0.85, 0.60, 0.55, 0.60, 0.95)),
    "private": Persona((0.99, 0.70, 0.72, 0.05, 0.05, 0.35, 0.90)),
    "returner": Persona((0.99, 0.96, 0.92, 0.10, 0.10, 0.82, 0.92)),
    "farm": Persona((1.0, 0.85, 0.75, 0.03, 0.05, 0.18, 0.12), 0.5, _FARM),
    "card-farm": Persona((1.0, 0.60, 0.93, 0.03, 0.05, 0.15, 0.12), 0.5, _FARM),
    "phone-farm": Persona((1.0, 0.97, 0.60, 0.03, 0.05, 0.15, 0.12), 0.5, _FARM),
    "mill": Persona((1.0, 0.85, 0.55, 0.72, 0.05, 0.20, 0.30), 0.5, _FARM),
    "shell": Persona((1.0, 0.97, 0.97, 0.05, 0.85, 0.75, 0.75), 0.5, _FARM),
    "adaptive": Persona((1.0, 0.98, 0.97, 0.20, 0.30, 0.60, 0.85), 0.5, _FARM),
}
"""Chance to pass by kind of applicant. E-mail and phone of honest people: 99 and 97 in a hundred.
Documents: one in five honest people gives up where one is asked (onboarding surveys of identity
vendors, 2025, say 20 to 40 in a hundred), more among those who came for privacy. placeholder"""


def draw_outcomes(
    rng: np.random.Generator, personas: NDArray[np.object_]
) -> dict[str, NDArray[np.object_]]:
    """The outcome of each of `ASKED` for each applicant.

    Args:
        rng: Source of chance.
        personas: Of `PERSONAS`. Shape (n,).

    Returns:
        Values of `Result` by the name of what was asked. Each of shape (n,).
    """
    names, kind = np.unique(personas.astype(str), return_inverse=True)
    passes = np.array([PERSONAS[name].passes for name in names]).reshape(-1, len(ASKED))[kind]
    leaves = np.array([PERSONAS[name].leaves for name in names])[kind]
    outcomes = {}
    for place, asked in enumerate(ASKED):
        passed = rng.random(personas.size) < passes[:, place]
        left = rng.random(personas.size) < leaves
        values = np.where(left, Result.ABANDONED.value, Result.FAILED.value)
        outcomes[asked] = np.where(passed, Result.PASSED.value, values).astype(object)
    return outcomes


def price(persona: str, asked: str) -> float:
    """What passing costs an applicant, in US dollars; 0 for the honest."""
    return PERSONAS[persona].prices[ASKED.index(asked)]

"""Detection rates that the MMD paper's authors measured, for the pairs that can be rebuilt.

Source: arXiv 2606.05725 v1; means over three seeds, recomputed from the raw runs that its
authors released (`LabRAI/mmd-llm-mea-detection`), percent.
"""

from __future__ import annotations

from dataclasses import dataclass

SHARES = (0.05, 0.10, 0.25, 0.50, 1.00)


@dataclass(frozen=True, slots=True)
class Cell:
    """One row of the paper.

    Attributes:
        false_alarms: Share of benign windows that alarm, percent.
        at_5, at_10: Share of windows that alarm at 5 % and 10 % attacker queries, percent.
        average: Mean over `SHARES`, percent.
    """

    false_alarms: float
    at_5: float
    at_10: float
    average: float


PUBLISHED = {
    "SST-2, RANDOM": Cell(0.7, 88.0, 100.0, 97.6),
    "SST-2, WIKI": Cell(0.7, 52.7, 100.0, 90.5),
    "SST-2, MeaeQ": Cell(0.0, 94.7, 100.0, 98.9),
    "hate speech, MeaeQ": Cell(0.0, 54.0, 100.0, 90.8),
    "AG News, MeaeQ": Cell(0.0, 28.0, 99.3, 85.5),
}

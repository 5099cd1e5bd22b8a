"""Prompts that have training examples written."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from revenuer.detector import Card, Maturity
from revenuer.features.concepts import Concepts, weigh
from revenuer.features.prompts import Prompts
from revenuer.records import Axis, Method

CARD = Card(
    id="example-generation",
    title="Training examples written",
    axis=Axis.EXTRACTION,
    atlas=("AML.T0024.002",),
    source="Frontier Model Forum, 'Adversarial Distillation', 2026-02-23: synthetic data "
    "generation; Wang et al. (2023), 'Self-Instruct', ACL 2023.",
    blind_spots=(
        "instructions sent one by one, whose answers are the harvest",
        "examples asked for in the words of their subject alone",
    ),
    innocent_causes=(
        "synthetic data for one's own small model, which most terms allow within limits",
        "test data and fixtures for software",
        "writers of phrase books, chat scripts and training courses for people",
    ),
    runbook="Ask what model the data trains and whether a permit exists. Rows with instruction "
    "and response fields over every subject at once are the shape of a general student.",
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.prompt",),
)

# How many words apart two mentions may start and still belong together. placeholder
CLAUSE = 12
PARAGRAPH = 40


class ExampleGeneration:
    card = CARD
    method: Method | None = Method.SYNTHETIC_DATA
    phrase = "have training examples written"

    def score(self, prompts: Prompts) -> NDArray[np.float64]:
        """How surely each prompt has training examples written."""
        return prompts.scored(CARD.id, read(prompts.concepts))


def read(concepts: Concepts) -> NDArray[np.float64]:
    """The readings of a population, combined; shape (n,)."""
    c = concepts.joined("pairs", ("make", "furnish"), reach=CLAUSE, name="made-pairs")
    c = c.joined(("pairs", "instructions"), "make", reach=CLAUSE, name="made")
    pairs = c.has("made-pairs")
    made = c.has("made")
    fields = c.near("made", "fields", reach=PARAGRAPH)
    seeds = c.near("made", "seeds", reach=PARAGRAPH)
    diverse = c.near("made", "diverse", reach=PARAGRAPH)
    many = c.near("made", "many", reach=CLAUSE)
    trains = c.near(("made", "ideal-reply"), "training", reach=PARAGRAPH)
    ideal = c.near("the-instruction", "ideal-reply", reach=CLAUSE)
    record = c.near("the-instruction", "fields", reach=PARAGRAPH)
    scores = weigh(
        (pairs, 0.4),
        (pairs & many, 0.3),
        (pairs & fields, 0.35),
        (pairs & seeds, 0.35),
        (pairs & diverse, 0.35),
        (pairs & trains, 0.25),
        (made & fields & (many | diverse | seeds), 0.5),
        (made & many & diverse, 0.45),
        (made & seeds & (many | diverse), 0.45),
        (made & trains, 0.4),
        (ideal, 0.45),
        (ideal & (made | trains), 0.3),
        (record, 0.35),
        (record & c.near("furnish", "the-instruction", reach=CLAUSE), 0.3),
    )
    return np.where(c.has("classroom") & ~trains, 0.4, 1.0) * scores


DETECTOR = ExampleGeneration()

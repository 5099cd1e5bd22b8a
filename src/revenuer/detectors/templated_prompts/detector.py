"""How much of an account's prompts is one template, filled in again and again."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.detector import Card, Maturity
from revenuer.features.prompts import Prompts
from revenuer.records import Axis, Method

CARD = Card(
    id="templated-prompts",
    title="Highly repetitive prompts",
    axis=Axis.EXTRACTION,
    atlas=("AML.T0024.002", "AML.T0065"),
    source="Anthropic, 'Detecting and preventing distillation attacks', 2026-02-23: highly "
    "repetitive structures are one of three hallmarks.",
    blind_spots=(
        "bare questions of a data set, which share no words",
        "logs with neither text nor sketches",
    ),
    innocent_causes=(
        "any program that fills a template: support bots, document pipelines, audit trails",
        "nightly evaluations and regression tests",
    ),
    runbook="Repetition is how software talks. It counts only beside a focus on what trains a "
    "model and beside hidden coordination.",
    maturity=Maturity.STABLE,
    version=1,
    needs=("exchanges.prompt",),
)


class TemplatedPrompts:
    card = CARD
    method: Method | None = None
    phrase = "repeat the same fixed text around what changes"

    def score(self, prompts: Prompts) -> NDArray[np.float64]:
        """Share of each prompt's shingles that recur in its account's other prompts."""
        shingles = prompts.shingles
        recurrent = prompts.recurrent.select("account", "shingle")
        rows = pl.DataFrame(
            {
                "text": shingles.owner.astype(np.int64),
                "shingle": shingles.hashes,
                "account": prompts.account[shingles.owner],
            }
        )
        found = rows.join(recurrent, on=["account", "shingle"], how="semi")["text"].to_numpy()
        hits = np.bincount(found, minlength=len(prompts))
        lengths = shingles.lengths
        scores = np.divide(hits, lengths, out=np.zeros(len(prompts)), where=lengths > 0)
        return np.where(prompts.has_words, scores, np.nan)


DETECTOR = TemplatedPrompts()

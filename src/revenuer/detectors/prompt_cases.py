"""The cases beside a reader of prompts: what must fire and what must stay quiet."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files

import numpy as np
import polars as pl
from numpy.typing import NDArray

from revenuer.detector import ContentDetector
from revenuer.features.prompts import Prompts, read_prompts

# The score from which a case counts as a hit; the pipeline itself knows no threshold.
FIRES = 0.5


def sample_of(texts: Sequence[str | None]) -> Prompts:
    """Texts as the sample of one account, in the order given."""
    rows = len(texts)
    return read_prompts(
        pl.DataFrame(
            {
                "account_id": ["account"] * rows,
                "exchange_id": [f"{number:09}" for number in range(rows)],
                "prompt": pl.Series(texts, dtype=pl.String),
                "system_prompt": pl.Series([None] * rows, dtype=pl.String),
                "tool_count": pl.Series([None] * rows, dtype=pl.Int32),
            }
        ),
        chars=2000,
    )


def score_texts(detector: ContentDetector, texts: Sequence[str | None]) -> NDArray[np.float64]:
    """The score of each text. Shape (n,)."""
    return detector.score(sample_of(texts))


def run_prompt_cases(detector: ContentDetector) -> list[str]:
    """Cases that go wrong, each with its score; empty if all hold."""
    package = type(detector).__module__.rpartition(".")[0]
    lines = files(package).joinpath("cases.jsonl").read_text(encoding="utf-8").splitlines()
    cases = [json.loads(line) for line in lines if line.strip()]
    scores = score_texts(detector, [case["prompt"] for case in cases])
    return [
        f"{case['note']} ({case['language']}): {score:.2f}"
        for case, score in zip(cases, scores, strict=True)
        if (score >= FIRES) != case["fires"]
    ]

"""Measure every content detector on sets of real prompts.

    python tools/measure_content.py ../shared/data

prints, for each set, the share of prompts on which each detector fires and its mean score.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

from revenuer.detectors import (
    example_generation,
    reasoning_elicitation,
    rubric_grading,
    sensitive_rewriting,
    task_generation,
    trace_cleaning,
)
from revenuer.features.prompts import Prompts, read_prompts

DETECTORS = (
    reasoning_elicitation.DETECTOR,
    rubric_grading.DETECTOR,
    trace_cleaning.DETECTOR,
    task_generation.DETECTOR,
    example_generation.DETECTOR,
    sensitive_rewriting.DETECTOR,
)


def read_set(folder: Path) -> Prompts:
    """The prompts of one set."""
    with gzip.open(folder / "prompts.jsonl.gz", "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["prompt"] for line in lines]
    return as_prompts(texts)


def as_prompts(texts: list[str]) -> Prompts:
    """Texts as a sample of one account."""
    frame = pl.DataFrame(
        {
            "account_id": ["a"] * len(texts),
            "exchange_id": [f"{number:09}" for number in range(len(texts))],
            "prompt": texts,
            "system_prompt": pl.Series([None] * len(texts), dtype=pl.String),
            "tool_count": pl.Series([None] * len(texts), dtype=pl.Int32),
        }
    )
    return read_prompts(frame, chars=1600)


def main(root: Path) -> None:
    """Print one row a set."""
    ids = [detector.card.id for detector in DETECTORS]
    print("fires (score >= 0.5), percent / mean score")
    print(f"{'set':28}{'prompts':>8}" + "".join(f"{name[:20]:>22}" for name in ids))
    for folder in sorted(root.iterdir()):
        if not (folder / "prompts.jsonl.gz").exists():
            continue
        prompts = read_set(folder)
        cells = []
        for detector in DETECTORS:
            scores = detector.score(prompts)
            cells.append(f"{100 * np.mean(scores >= 0.5):13.2f} / {np.mean(scores):6.4f}")
        print(f"{folder.name:28}{len(prompts):8}" + "".join(cells))


if __name__ == "__main__":
    started = time.perf_counter()
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data"))
    print(f"{time.perf_counter() - started:.1f} s")

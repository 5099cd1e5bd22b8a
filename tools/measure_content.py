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
from numpy.typing import NDArray

from revenuer.detectors import (
    example_generation,
    reasoning_elicitation,
    rubric_grading,
    sensitive_rewriting,
    task_generation,
    trace_cleaning,
)
from revenuer.detectors.prompt_cases import FIRES, sample_of
from revenuer.features.prompts import Prompts

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
    return sample_of(texts)


BENIGN = (
    "awesome_chatgpt_prompts",
    "bfcl_v4",
    "classic_agnews_test",
    "gsm8k",
    "hh_rlhf_harmless_test",
    "humaneval",
    "mbpp",
    "mt_bench",
    "self_instruct_user252",
    "unmimic_hard_negatives",
    "wikitext2_valid_test",
)


def main(root: Path) -> None:
    """Print one row a set, then the recall on the elicitation set kept out of all tuning."""
    ids = [detector.card.id for detector in DETECTORS]
    print("fires (score >= 0.5), percent / mean score")
    print(f"{'set':28}{'prompts':>8}" + "".join(f"{name[:20]:>22}" for name in ids))
    kept: dict[str, list[NDArray[np.float64]]] = {}
    for folder in sorted(root.iterdir()):
        if not (folder / "prompts.jsonl.gz").exists():
            continue
        prompts = read_set(folder)
        scores = [detector.score(prompts) for detector in DETECTORS]
        cells = [f"{100 * np.mean(s >= FIRES):13.2f} / {np.mean(s):6.4f}" for s in scores]
        print(f"{folder.name:28}{len(prompts):8}" + "".join(cells))
        kept[folder.name] = scores
    benign = np.concatenate([kept[name][0] for name in BENIGN])
    attacks = kept["unmimic_cot_elicitation"][0]
    print(
        f"\nreasoning-elicitation on {attacks.size} held-out attacks, {benign.size} benign prompts"
    )
    for rate in (0.0001, 0.001, 0.01):
        bar = np.quantile(benign, 1 - rate)
        passed = attacks > bar
        print(f"  benign above {bar:.2f}: {np.mean(benign > bar):.4%}   recall {passed.mean():.1%}")


if __name__ == "__main__":
    started = time.perf_counter()
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data"))
    print(f"{time.perf_counter() - started:.1f} s")

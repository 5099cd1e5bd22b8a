"""Measure the readers of prompts on sets of real prompts.

    python tools/measure_content.py ../shared/data

prints two Markdown tables: how often each reader fires on each set, and what
reasoning-elicitation reaches on the attacks that were kept out of its making.

    python tools/measure_content.py --speed ../shared/data

prints the seconds of processor time that 300,000 of these prompts take.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Iterator
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
from revenuer.features.capability import capability_shares
from revenuer.features.prompts import Prompts

READERS = (
    reasoning_elicitation.DETECTOR,
    rubric_grading.DETECTOR,
    trace_cleaning.DETECTOR,
    task_generation.DETECTOR,
    example_generation.DETECTOR,
    sensitive_rewriting.DETECTOR,
)
ATTACKS = "unmimic_cot_elicitation"
# Written by people for ordinary ends; the other sets were made by models or to harvest them.
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


def read_texts(folder: Path) -> list[str]:
    """The prompts of one set, as they are."""
    with gzip.open(folder / "prompts.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line)["prompt"] for line in lines]


def read_set(folder: Path) -> Prompts:
    """The prompts of one set."""
    return sample_of(read_texts(folder))


def measure(root: Path) -> dict[str, list[NDArray[np.float64]]]:
    """The scores of each reader on each set."""
    folders = sorted(path.parent for path in root.glob("*/prompts.jsonl.gz"))
    scores = {}
    for folder in folders:
        prompts = read_set(folder)
        scores[folder.name] = [reader.score(prompts) for reader in READERS]
    return scores


def firing_table(scores: dict[str, list[NDArray[np.float64]]]) -> Iterator[str]:
    """Percent of prompts that fire: a row a set, a column a reader."""
    yield "| set | prompts | " + " | ".join(reader.card.id for reader in READERS) + " |"
    yield "|---" * (len(READERS) + 2) + "|"
    for name, columns in scores.items():
        cells = [f"{100 * np.mean(column >= FIRES):.2f}" for column in columns]
        yield f"| {name} | {columns[0].size:,} | " + " | ".join(cells) + " |"


def recall_table(scores: dict[str, list[NDArray[np.float64]]]) -> Iterator[str]:
    """What reasoning-elicitation reaches on the attacks, and on benign prompts."""
    benign = np.concatenate([scores[name][0] for name in BENIGN])
    attacks = scores[ATTACKS][0]
    yield f"| score | of {attacks.size} attacks | of {benign.size:,} benign prompts |"
    yield "|---|---|---|"
    bars = (("above 0", np.nextafter(0, 1)), ("0.5 and more", 0.5), ("0.9 and more", 0.9))
    for label, bar in bars:
        yield f"| {label} | {np.mean(attacks >= bar):.1%} | {np.mean(benign >= bar):.3%} |"


def tables(root: Path) -> str:
    """Both tables, as the docs print them."""
    scores = measure(root)
    return "\n".join([*firing_table(scores), "", *recall_table(scores)])


def seconds(root: Path, *, prompts: int = 300_000) -> Iterator[str]:
    """Processor time of each stage on this many prompts of the benign sets."""
    texts = [text for name in BENIGN for text in read_texts(root / name)]
    began = time.process_time()
    sample = sample_of((texts * (prompts // len(texts) + 1))[:prompts])
    yield f"words     {time.process_time() - began:.1f}  ({sample.words.hashes.size:,} words)"
    began = time.process_time()
    mentions = sum(places.size for places in sample.concepts.places.values())
    yield f"concepts  {time.process_time() - began:.1f}  ({mentions:,} mentions)"
    began = time.process_time()
    for reader in READERS:
        reader.score(sample)
    yield f"readers   {time.process_time() - began:.1f}"
    began = time.process_time()
    capability_shares(sample)
    yield f"capability {time.process_time() - began:.1f}"


def main(arguments: list[str]) -> None:
    """Print the tables, or the seconds."""
    places = [argument for argument in arguments if argument != "--speed"]
    root = Path(places[0] if places else "../shared/data")
    print("\n".join(seconds(root)) if "--speed" in arguments else tables(root))


if __name__ == "__main__":
    main(sys.argv[1:])

"""Measure how well keyed template sketches tell one template from another.

Two operators see the same template with different words in its slots: each sketches its own
prompts under the group's key, and the templates are compared. True pairs are one template with
two disjoint sets of slot fillings; false pairs are two templates with fillings of one sort.
Innocent accounts have prompts of people, and should show no template at all. Prints a table and,
as the last line, `all targets hold` or `falls short: NAMES`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa

from revenuer.app.sketching import strongest_capability
from revenuer.features.keyed import SketchKey, sketch_prompts
from revenuer.features.prompts import read_prompts
from revenuer.features.sketches import READINGS, read_sketches
from revenuer.matching.keyring import GroupKey, quarter_of
from revenuer.matching.templates import (
    LEAST_RESEMBLANCE,
    MOST_BITS_APART,
    Template,
    bits_apart,
    nearest,
    resemblance,
    sketch_key_of,
    templates_of,
)
from revenuer.sources.world_files import read_prompt_set

PROMPTS = 40
"""Prompts of a campaign that each operator sees."""
SEED = 20261122
TRUE_RATE, FALSE_RATE = 0.95, 0.001
"""Least share of true pairs found, and most of false pairs, at the shipped threshold."""
STEPS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)


def key_of(byte: int) -> SketchKey:
    """The sketch key of a group."""
    name, begins, ends = quarter_of(datetime(2026, 11, 22, tzinfo=UTC))
    return sketch_key_of(GroupKey(name, bytes([byte]) * 32, begins, ends))


def templates(texts: Sequence[str], key: SketchKey) -> list[Template]:
    """The templates of some prompts, by way of their sketches."""
    frame = pl.DataFrame(
        {
            "account_id": [""] * len(texts),
            "exchange_id": range(len(texts)),
            "prompt": texts,
            "system_prompt": pl.Series([None] * len(texts), dtype=pl.String),
            "tool_count": [0] * len(texts),
        }
    )
    prompts = read_prompts(frame, chars=1600)
    unread = [np.full(len(texts), np.nan) for _ in READINGS]
    made = sketch_prompts(prompts, pa.array(texts), unread, strongest_capability(prompts), key)
    names = pa.array([key.id] * len(texts), pa.string())
    return templates_of(read_sketches(made, names).fragments)


def reworded(text: str, every: int) -> str:
    """A template in which one word in so many is another."""
    words = text.split()
    return " ".join(
        "indeed" if place % every == every - 1 else word for place, word in enumerate(words)
    )


def campaigns(
    shapes: Sequence[str], fillings: Sequence[str], change: Callable[[str], str]
) -> list[list[str]]:
    """The prompts of a campaign for each template, each with fillings of its own."""
    rng = np.random.default_rng(SEED + (change is not same))
    made = []
    for shape in shapes:
        chosen = rng.choice(len(fillings), PROMPTS, replace=False)
        text = change(shape)
        made.append([f"{text}\n\n{fillings[place]}" for place in chosen])
    return made


def runs_of(text: str) -> frozenset[tuple[str, ...]]:
    """The runs of three words of a text."""
    words = text.lower().split()
    return frozenset(zip(words, words[1:], words[2:], strict=False))


def same(text: str) -> str:
    """The template as it is."""
    return text


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--prompts", type=Path, required=True, help="folder of prompt sets")
    parser.add_argument("--quick", action="store_true", help="60 templates")
    asked = parser.parse_args()
    count = 60 if asked.quick else 150
    shapes = [
        text
        for text in dict.fromkeys(read_prompt_set(asked.prompts / "awesome_chatgpt_prompts"))
        if 25 <= len(text.split()) <= 150
    ][:count]
    fillings = list(dict.fromkeys(read_prompt_set(asked.prompts / "gsm8k")))
    people = list(dict.fromkeys(read_prompt_set(asked.prompts / "hh_rlhf_harmless_test")))
    half = len(fillings) // 2
    key = key_of(1)
    ours = [templates(texts, key) for texts in campaigns(shapes, fillings[:half], same)]
    sides: dict[str, list[list[Template]]] = {
        "the same template": [
            templates(texts, key) for texts in campaigns(shapes, fillings[half:], same)
        ]
    }
    for every in (20, 10, 5):
        changed = campaigns(shapes, fillings[half:], lambda text, e=every: reworded(text, e))
        sides[f"one word in {every} is another"] = [templates(texts, key) for texts in changed]
    sides["the same template, another key"] = [
        templates(texts, key_of(2)) for texts in campaigns(shapes, fillings[half:], same)
    ]
    innocent = [
        templates(people[start : start + PROMPTS], key)
        for start in range(0, min(len(people), count * PROMPTS) - PROMPTS + 1, PROMPTS)
    ]
    print(
        f"{len(shapes)} templates, {PROMPTS} prompts each side, {len(innocent)} innocent accounts\n"
    )
    falls = table(ours, sides, innocent, [runs_of(text) for text in shapes])
    print("\n" + ("all targets hold" if not falls else f"falls short: {', '.join(falls)}"))


def table(
    ours: list[list[Template]],
    sides: dict[str, list[list[Template]]],
    innocent: list[list[Template]],
    runs: Sequence[frozenset[tuple[str, ...]]],
) -> list[str]:
    """Print the rates; name what falls short.

    Args:
        ours: Templates of one operator's campaigns.
        sides: Of the other's, by what was changed.
        innocent: Of innocent accounts.
        runs: Runs of three words of each template's text: the set has some texts twice.
    """
    heads = " | ".join(f"J >= {step}" for step in STEPS)
    print(
        f"| pairs | {heads} | SimHash <= {MOST_BITS_APART} bits |\n|---|{'---|' * (len(STEPS) + 1)}"
    )
    true = row("the same template", list(zip(ours, sides["the same template"], strict=True)))
    for name in list(sides)[1:]:
        row(name, list(zip(ours, sides[name], strict=True)))
    other = sides["the same template"]
    strangers = [(one, two) for i, one in enumerate(ours) for j, two in enumerate(other) if i != j]
    row("two templates", strangers)
    alike = {
        (i, j)
        for i, a in enumerate(runs)
        for j, b in enumerate(runs)
        if len(a & b) >= 0.2 * len(a | b)
    }
    places = [(i, j) for i in range(len(ours)) for j in range(len(other)) if i != j]
    unlike = [pair for pair, place in zip(strangers, places, strict=True) if place not in alike]
    false = row("two templates whose texts are not alike", unlike)
    row("a template and an innocent account", [(one, two) for one in ours for two in innocent])
    shown = sum(bool(one) for one in innocent)
    print(f"\nInnocent accounts with any template: {shown} of {len(innocent)}")
    place = STEPS.index(LEAST_RESEMBLANCE)
    falls = []
    if true[place] < TRUE_RATE:
        falls.append("true-rate")
    if false[place] > FALSE_RATE:
        falls.append("false-rate")
    return falls


def row(name: str, pairs: Sequence[tuple[list[Template], list[Template]]]) -> list[float]:
    """Print the share of pairs that are taken for one, at each threshold."""
    near = np.array([nearest(one, two) for one, two in pairs])
    rates = [float((near >= step).mean()) for step in STEPS]
    bits = [
        min((bits_apart(a, b) for a in one for b in two), default=64) <= MOST_BITS_APART
        for one, two in pairs
        if one and two and resemblance(one[0], two[0]) >= 0
    ]
    cells = " | ".join(f"{rate:.2%}" for rate in rates)
    hits = sum(bits) / len(pairs)
    print(f"| {name} ({len(pairs):,}) | {cells} | {hits:.2%} |")
    return rates


if __name__ == "__main__":
    main()

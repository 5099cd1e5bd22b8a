"""The paper's pairs of benign and attacker queries, rebuilt from public prompt sets.

What differs from the paper, for want of its data: attackers are made from WikiText-2 where
it has WikiText-103, AG News has 7,600 rows where it has 10,000, and MeaeQ's queries are
chosen by likeness to the task in our embedding where it asks an entailment model.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from revenuer.sources.world_files import read_prompt_set

BENIGN = 10_000
RANDOM_QUERIES = 2000
WIKI_QUERIES = 2000
WIKI_SENTENCES = 9000
"""Candidates that MeaeQ's filter chooses from."""
MEAEQ = {"SST-2": 1536, "hate speech": 1529, "AG News": 5231}
"""Attacker queries that the paper has for each task."""
TASKS = {
    "SST-2": "This is a movie review.",
    "hate speech": "This is hateful speech against a group of people.",
    "AG News": "This is a piece of news.",
}
SETS = {
    "SST-2": "classic_sst2",
    "hate speech": "classic_hatespeech",
    "AG News": "classic_agnews_test",
}
Embed = Callable[[list[str]], NDArray[np.float32]]


@dataclass(frozen=True)
class Pair:
    """Vectors of benign and of attacker queries. Shape (n, n_dimensions) each."""

    name: str
    benign: NDArray[np.float32]
    attack: NDArray[np.float32]


def sentences(paragraphs: list[str]) -> list[str]:
    """Sentences of eight to sixty words; those with words cut out of the set are left out.

    WikiText-2 replaces rare words by a mark, WikiText-103 hardly any, so the mark would give
    its sentences away.
    """
    found = [part.strip() for text in paragraphs for part in re.split(r"(?<= [.!?]) ", text)]
    return [part for part in found if "<unk>" not in part and 8 <= len(part.split()) <= 60]


def random_words(
    rng: np.random.Generator, vocabulary: list[str], like: list[str], *, count: int
) -> list[str]:
    """Words drawn evenly from a vocabulary, in the lengths of other texts."""
    lengths = [len(like[place].split()) for place in rng.integers(len(like), size=count)]
    return [" ".join(rng.choice(vocabulary, max(length, 1))) for length in lengths]


def relevant(
    candidates: NDArray[np.float32], task: NDArray[np.float32], *, count: int
) -> NDArray[np.intp]:
    """The candidates nearest to what the task says of itself."""
    return np.argsort(-(candidates @ task), kind="stable")[:count]


def build_pairs(prompts: Path, embed: Embed, *, benign: int = BENIGN, seed: int = 0) -> list[Pair]:
    """The five pairs; an empty list where a set is absent."""
    rng = np.random.default_rng(seed)
    texts = {task: read_prompt_set(prompts / name) for task, name in SETS.items()}
    paragraphs = read_prompt_set(prompts / "wikitext2_valid_test")
    if not paragraphs or not all(texts.values()):
        return []
    pools = {task: [own[place] for place in rng.permutation(len(own))[:benign]]
             for task, own in texts.items()}  # fmt: skip
    wiki = sentences(paragraphs)
    wiki = [wiki[place] for place in rng.permutation(len(wiki))[:WIKI_SENTENCES]]
    vocabulary = sorted({word for text in paragraphs for word in text.split()} - {"<unk>"})
    noise = random_words(rng, vocabulary, pools["SST-2"], count=RANDOM_QUERIES)
    sides = {task: embed(own) for task, own in pools.items()}
    attacks = embed(wiki)
    pairs = [
        Pair("SST-2, RANDOM", sides["SST-2"], embed(noise)),
        Pair("SST-2, WIKI", sides["SST-2"], attacks[:WIKI_QUERIES]),
    ]
    for task, about in TASKS.items():
        chosen = relevant(attacks, embed([about])[0], count=min(MEAEQ[task], benign))
        pairs.append(Pair(f"{task}, MeaeQ", sides[task], attacks[chosen]))
    return pairs

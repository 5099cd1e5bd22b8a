"""Level 1: the templates of a campaign, under the group's key, and how near two of them are.

A campaign's prompts are one template with other words in its slots. A keyed sketch of a prompt
(`features.sketches`) keeps some of its runs of three words, the same of a template's in every
prompt: a run that comes back in most of a group of prompts is the template's, one that does not
is a slot's. What is left is a set of keyed hashes: members compare it, nobody else can, and no
slot is in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from revenuer.features.keyed import SketchKey
from revenuer.features.words import Words
from revenuer.matching.keyring import GroupKey

LEAST_TEXTS = 3
"""Prompts that a run of words must come back in, to be a template's. placeholder"""
LEAST_FRAGMENTS = 4
"""Hashes of a template that is worth comparing. placeholder"""
SAME_TEMPLATE = 0.5
"""Share of the smaller one's recurring hashes that two prompts of one template share.
placeholder"""
MOST_TEXTS = 4000
"""Prompts of a campaign that are looked at. placeholder"""

LEAST_RESEMBLANCE = 0.25
"""Jaccard similarity from which two templates are one; measured by `tools/measure_templates.py`:
docs/matching.md has the rates."""
MOST_BITS_APART = 16
"""Bits of 64 that two SimHashes of one template differ in at most; measured likewise."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template under a key.

    Attributes:
        fragments: Keyed hashes of its runs of words.
        texts: Prompts that have it.
    """

    fragments: frozenset[int]
    texts: int

    @property
    def simhash(self) -> int:
        """64 bits; those of near sets are near.

        Source:
            Charikar (2002), "Similarity estimation techniques from rounding algorithms",
            section 3; the hashes are keyed already, so their own bits vote.
        """
        votes = [0] * 64
        for fragment in self.fragments:
            for bit in range(64):
                votes[bit] += 1 if fragment >> bit & 1 else -1
        return sum(1 << bit for bit, vote in enumerate(votes) if vote > 0)


def sketch_key_of(key: GroupKey) -> SketchKey:
    """The key that members make sketches with, out of the group's; another each quarter."""
    return SketchKey(key.id, key.keyed(b"templates", b""))


def templates_of(sketches: Words) -> list[Template]:
    """The templates of a campaign, the most used first.

    Args:
        sketches: The fragments of its prompts' sketches, all under one key.
    """
    texts = [
        frozenset(sketches.hashes[start:end].tolist())
        for start, end in zip(sketches.offsets[:-1], sketches.offsets[1:], strict=True)
    ][:MOST_TEXTS]
    seen = Counter(fragment for text in texts for fragment in text)
    back = {fragment for fragment, count in seen.items() if count >= LEAST_TEXTS}
    groups: list[list[frozenset[int]]] = []
    leaders: list[frozenset[int]] = []
    # Longest first: a leader is as much of its template as one prompt shows.
    for text in sorted((text & back for text in texts), key=lambda one: (-len(one), sorted(one))):
        if len(text) < LEAST_FRAGMENTS:
            break
        place = _leader(text, leaders)
        if place is None:
            leaders.append(text)
            groups.append([text])
        else:
            groups[place].append(text)
    found = [_core(group) for group in groups if len(group) >= LEAST_TEXTS]
    kept = [one for one in found if len(one.fragments) >= LEAST_FRAGMENTS]
    return sorted(kept, key=lambda one: (-one.texts, sorted(one.fragments)))


def resemblance(one: Template, other: Template) -> float:
    """How much of two templates is common: 0 for nothing, 1 for all.

    Examples:
        By hand: two of four different hashes are common.

        >>> resemblance(Template(frozenset({1, 2, 3}), 3), Template(frozenset({2, 3, 4}), 3))
        0.5
    """
    return len(one.fragments & other.fragments) / max(len(one.fragments | other.fragments), 1)


def bits_apart(one: Template, other: Template) -> int:
    """In how many of 64 bits two SimHashes differ; 32 for templates without relation."""
    return (one.simhash ^ other.simhash).bit_count()


def is_same(one: Template, other: Template) -> bool:
    """Whether two templates are taken for one."""
    return resemblance(one, other) >= LEAST_RESEMBLANCE


def nearest(ours: Sequence[Template], theirs: Sequence[Template]) -> float:
    """The highest resemblance of any two; 0 where there are none."""
    return max((resemblance(one, other) for one in ours for other in theirs), default=0.0)


def _leader(text: frozenset[int], leaders: Sequence[frozenset[int]]) -> int | None:
    best, place = SAME_TEMPLATE, None
    for number, leader in enumerate(leaders):
        shared = len(text & leader) / min(len(text), len(leader))
        if shared >= best:
            best, place = shared, number
            if shared == 1:
                break
    return place


def _core(group: Sequence[frozenset[int]]) -> Template:
    seen = Counter(fragment for text in group for fragment in text)
    half = len(group) / 2
    return Template(frozenset(each for each, count in seen.items() if count >= half), len(group))

"""What stays the same from text to text of one template, and what varies: its slots.

Few texts are looked at, those that a person reads side by side; `templates_of` in `matching`
works on whole campaigns, without texts.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

SHINGLE_WORDS = 3
LEAST_SHARED = 0.5
"""Share of the smaller one's recurring runs of words from which two texts are of one template.
placeholder"""
LEAST_RUNS = 2
"""Recurring runs of words of a text that can be compared at all. placeholder"""
LEAST_FIXED = 3
"""Words that must stand together between two slots to be the template's: shorter ones are alike
by chance. placeholder"""
IN_MOST = 0.6
"""Share of the other texts that must have a word where it stands, for it to be the template's: one
text that was put here wrongly takes nothing from the others. placeholder"""
MOST_WORDS = 1500
"""Words of a text that are compared; the rest of a longer one is shown as it is. placeholder"""
_WORD = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a text.

    Attributes:
        text: As it was written.
        varies: Whether it is a slot: other texts of the template have something else there.
    """

    text: str
    varies: bool


def alike(texts: Sequence[str]) -> list[list[int]]:
    """Put texts of one template together.

    Args:
        texts: Any.

    Returns:
        Places of the texts of each template, the most used first; texts that are like no other
        stand alone, at the end.

    Examples:
        >>> alike(["Solve 1 and show each step", "Bake bread", "Solve 2 and show each step"])
        [[0, 2], [1]]
    """
    shingles = [_shingles(text) for text in texts]
    seen = Counter(one for each in shingles for one in each)
    recurring = [frozenset(one for one in each if seen[one] > 1) for each in shingles]
    groups: list[list[int]] = []
    # Longest first: a leader has as much of its template as one text shows.
    for place in sorted(range(len(texts)), key=lambda n: (-len(recurring[n]), n)):
        group = _group(recurring, place, groups)
        if group is None:
            groups.append([place])
        else:
            group.append(place)
    return sorted((sorted(group) for group in groups), key=lambda group: (-len(group), group))


def with_slots(texts: Sequence[str]) -> list[list[Run]]:
    """Texts of one template, each in runs that are the template's and runs that vary.

    A single text has nothing that varies.

    Args:
        texts: Of one template.

    Examples:
        >>> [[run.text for run in runs if run.varies] for runs in with_slots(
        ...     ["Solve 2 + 2 and show each step", "Solve 7 + 5 and show each step"])]
        [['2 + 2'], ['7 + 5']]
    """
    words = [_WORD.findall(text)[:MOST_WORDS] for text in texts]
    if len(texts) < 2:
        return [[Run(text, False)] if text else [] for text in texts]
    core = _core(words)
    fixed = [_long_enough(set(_common(core, each)[1]), len(each)) for each in words]
    return [_runs(text, mine) for text, mine in zip(texts, fixed, strict=True)]


def _core(words: Sequence[Sequence[str]]) -> list[str]:
    """The words of a template, out of the text that is most like the others."""
    shingles = [_runs_of(each) for each in words]
    seen = Counter(one for each in shingles for one in each)
    leader = max(range(len(words)), key=lambda n: (sum(seen[one] - 1 for one in shingles[n]), -n))
    others = [each for place, each in enumerate(words) if place != leader]
    had = Counter(place for other in others for place in _common(words[leader], other)[0])
    return [word for place, word in enumerate(words[leader]) if had[place] >= IN_MOST * len(others)]


def _shingles(text: str) -> frozenset[tuple[str, ...]]:
    return _runs_of([word.casefold() for word in _WORD.findall(text)[:MOST_WORDS]])


def _runs_of(words: Sequence[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(
        tuple(words[start : start + SHINGLE_WORDS])
        for start in range(len(words) - SHINGLE_WORDS + 1)
    )


def _group(
    recurring: Sequence[frozenset[tuple[str, ...]]], place: int, groups: Sequence[list[int]]
) -> list[int] | None:
    """The group whose leader a text is most like; None if it is like none."""
    mine = recurring[place]
    best, found = LEAST_SHARED, None
    for group in groups:
        leader = recurring[group[0]]
        least = min(len(mine), len(leader))
        if least < LEAST_RUNS:
            continue
        shared = len(mine & leader) / least
        if shared >= best:
            best, found = shared, group
    return found


def _common(one: Sequence[str], other: Sequence[str]) -> tuple[list[int], list[int]]:
    """Places in two texts of the words that they have in common, in order."""
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    mine = [block.a + step for block in blocks for step in range(block.size)]
    theirs = [block.b + step for block in blocks for step in range(block.size)]
    return mine, theirs


def _long_enough(fixed: set[int], words: int) -> set[int]:
    """Leave out what stands alone between slots; the beginning and the end may be short."""
    kept: set[int] = set()
    run: list[int] = []
    for place in range(words + 1):
        if place in fixed:
            run.append(place)
            continue
        at_an_end = bool(run) and (run[0] == 0 or run[-1] == words - 1)
        if at_an_end or len(run) >= LEAST_FIXED:
            kept.update(run)
        run = []
    return kept


def _runs(text: str, fixed: set[int]) -> list[Run]:
    """Cut a text where what is fixed begins and ends; blanks go with what is fixed."""
    runs: list[Run] = []
    start = 0
    slot_from: int | None = None
    slot_to = 0
    for place, word in enumerate(_WORD.finditer(text)):
        if place in fixed or place >= MOST_WORDS:
            if slot_from is not None:
                runs += [Run(text[start:slot_from], False), Run(text[slot_from:slot_to], True)]
                start, slot_from = slot_to, None
        else:
            if slot_from is None:
                slot_from = word.start()
            slot_to = word.end()
    if slot_from is not None:
        runs += [Run(text[start:slot_from], False), Run(text[slot_from:slot_to], True)]
        start = slot_to
    runs.append(Run(text[start:], False))
    return [run for run in runs if run.text]

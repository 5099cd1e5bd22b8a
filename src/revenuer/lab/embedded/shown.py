"""What an API shows of a reply: the words between the prompt and the answer, kept or changed.

Each takes the words of the reasoning and gives others; none sees or changes the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from revenuer.lab.embedded import vocabulary as words
from revenuer.lab.embedded.vocabulary import CONNECTIVES, PAD, Ids, ids_of, words_of

Shown = Callable[[list[str], np.random.Generator], list[str]]
HABIT = "here"
"""What a teacher with a habit opens with; few others do, and nobody always."""


def rewritten(replies: Ids, shown: Shown, rng: np.random.Generator) -> Ids:
    """Change the reasoning of replies, and nothing else.

    Args:
        replies: Padded. Shape (n, length).
        shown: What becomes of the words of the reasoning.
        rng: For what chooses.

    Returns:
        As wide as the widest. Shape (n, m).
    """
    rows = [_rewritten(words_of(reply), shown, rng) for reply in replies]
    wide = np.full((len(rows), max(map(len, rows))), PAD, dtype=np.int64)
    for row, reply in enumerate(rows):
        wide[row, : len(reply)] = reply
    return wide


def _rewritten(said: list[str], shown: Shown, rng: np.random.Generator) -> Ids:
    if "answer" not in said:
        return ids_of([*said, "<end>"])
    at = said.index("answer")
    return ids_of([*shown(said[:at], rng), *said[at:], "<end>"])


def sentences(reasoning: list[str]) -> list[list[str]]:
    """Cut reasoning after each mark of an end.

    Examples:
        >>> sentences("so b is 7 . then c is 9 !".split())
        [['so', 'b', 'is', '7', '.'], ['then', 'c', 'is', '9', '!']]
    """
    cut: list[list[str]] = [[]]
    for word in reasoning:
        cut[-1].append(word)
        if word in words.ENDS:
            cut.append([])
    return [sentence for sentence in cut if sentence]


def whole(reasoning: list[str], rng: np.random.Generator) -> list[str]:
    """All of it."""
    return reasoning


def withheld(reasoning: list[str], rng: np.random.Generator) -> list[str]:
    """None of it."""
    return []


def summarised(reasoning: list[str], rng: np.random.Generator) -> list[str]:
    """Every second step, whole."""
    return [word for sentence in sentences(reasoning)[1::2] for word in sentence]


def concluded(reasoning: list[str], rng: np.random.Generator) -> list[str]:
    """Of every step `so b gives 7 .`, its conclusion only."""
    kept = []
    for sentence in sentences(reasoning):
        kept += sentence[:2] + sentence[6:] if len(sentence) == 9 else sentence
    return kept


def reordered(reasoning: list[str], rng: np.random.Generator) -> list[str]:
    """The conclusion before what it follows from, as in `so b gives 7 since 3 + 4 .`, say."""
    kept = []
    for sentence in sentences(reasoning):
        if len(sentence) == 9:
            kept += [*sentence[:2], *sentence[6:8], "since", *sentence[3:6], sentence[8]]
        else:
            kept += sentence
    return kept


def in_order_again(reasoning: list[str], rng: np.random.Generator) -> list[str]:
    """What a student makes of `reordered`: the derivation before its conclusion."""
    kept = []
    for sentence in sentences(reasoning):
        if "since" in sentence and len(sentence) == 9:
            kept += [
                *sentence[:2],
                sentence[2],
                *sentence[5:8],
                sentence[2],
                sentence[3],
                sentence[8],
            ]
        else:
            kept += sentence
    return kept


def habitual(reasoning: list[str], rng: np.random.Generator) -> list[str]:
    """Opened in one way always, as a habit of form would have it."""
    return [HABIT, *reasoning[1:]] if reasoning[:1] and reasoning[0] in CONNECTIVES else reasoning


def reworded(reasoning: list[str], rng: np.random.Generator) -> list[str]:
    """Every free choice made anew, evenly: a paraphrase that means the same."""
    return [_another(word, rng) for word in reasoning]


def falsified(reasoning: list[str], rng: np.random.Generator) -> list[str]:
    """Three results in ten made wrong. Measured for comparison; no countermeasure here does so."""
    kept = list(reasoning)
    for sentence_end in np.flatnonzero([word in words.ENDS for word in kept]):
        if kept[sentence_end - 1].isdigit() and rng.random() < 0.3:
            kept[sentence_end - 1] = str((int(kept[sentence_end - 1]) + rng.integers(1, 10)) % 10)
    return kept


def _another(word: str, rng: np.random.Generator) -> str:
    for choices in words.FREE_CHOICES:
        if word in choices:
            return choices[rng.integers(len(choices))]
    return word


SHOWN: Mapping[str, Shown] = MappingProxyType(
    {
        "whole": whole,
        "reasoning-withheld": withheld,
        "reasoning-summarised": summarised,
        "reasoning-concluded": concluded,
        "reasoning-reordered": reordered,
        "trace-rewritten": reworded,
        "habit": habitual,
        "falsified": falsified,
    }
)

"""The little notation in which lexicons are written.

fix, repair+            phrasings, separated by commas or new lines
repair+                 and its English inflections: repairs, repaired, repairing
(hidden|inner) voice    alternatives, as many groups as needed; (of|) may be empty
추론~                   and the word with a Korean particle after it
"""

from __future__ import annotations

import itertools
import re

KOREAN_PARTICLES = (
    "을", "를", "이", "가", "은", "는", "의", "에", "로", "으로", "과", "와", "도", "만",
    "까지", "에서", "부터", "들", "들을", "들의", "에는", "하고", "해", "하여", "해줘",
    "해주세요", "하세요", "하십시오", "하라", "합니다", "하지", "된", "되는",
)  # fmt: skip
VOWELS = "aeiou"
# Verbs of these lexicons that double their last letter.
DOUBLING = ("trim", "plan", "map", "drop", "flag", "chat", "plot", "debug", "prun", "ban", "spot")


def expand(patterns: str) -> list[str]:
    """The phrasings that some patterns stand for.

    Examples:
        >>> expand("(hidden|inner) voice, trim+")
        ['hidden voice', 'inner voice', 'trim', 'trims', 'trimmed', 'trimming']
    """
    whole = re.sub(r"\|\s*\n\s*", "|", patterns)
    parts = (part.strip() for part in re.split(r"[,\n](?![^()]*\))", whole))
    return [phrasing for part in parts if part for phrasing in _expand_one(part)]


def _expand_one(pattern: str) -> list[str]:
    pieces = re.split(r"\(([^)]*)\)", pattern)
    choices = [piece.split("|") if odd % 2 else [piece] for odd, piece in enumerate(pieces)]
    alternatives = ("".join(chosen).strip() for chosen in itertools.product(*choices))
    return [form for phrasing in alternatives for form in _inflect(phrasing)]


def _inflect(phrasing: str) -> list[str]:
    words = [_forms(word) for word in phrasing.split()]
    return [" ".join(chosen) for chosen in itertools.product(*words)]


def _forms(word: str) -> list[str]:
    if word.endswith("+"):
        return english_forms(word[:-1])
    if word.endswith("~"):
        return [word[:-1]] + [word[:-1] + particle for particle in KOREAN_PARTICLES]
    return [word]


def english_forms(verb: str) -> list[str]:
    """A regular verb and its inflections; for a noun, the plural is among them.

    Examples:
        >>> english_forms("judge")
        ['judge', 'judges', 'judged', 'judging']
        >>> english_forms("copy")
        ['copy', 'copies', 'copied', 'copying']
    """
    if verb in DOUBLING:
        return [verb, verb + "s", verb + verb[-1] + "ed", verb + verb[-1] + "ing"]
    if verb.endswith("e"):
        return [verb, verb + "s", verb + "d", verb[:-1] + "ing"]
    if verb.endswith("y") and verb[-2] not in VOWELS:
        return [verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"]
    plural = "es" if verb.endswith(("s", "x", "ch", "sh")) else "s"
    return [verb, verb + plural, verb + "ed", verb + "ing"]

"""Reasoning as sentences: where they end, and which of them conclude something."""

from __future__ import annotations

import re

_ENDS = re.compile(r"(?<=[.!?。！？])\s+|\n+")
_CONCLUDES = re.compile(
    r"(?i)^(?:so|thus|hence|therefore|then|consequently|finally|which (?:gives|means|leaves)|"
    r"this (?:gives|means|leaves)|that (?:gives|means|leaves)|we (?:get|have|obtain|find)|"
    r"it follows|in (?:total|sum|short)|the answer)\b|\b(?:therefore|hence|thus)\b|=\s*[^=\s]+\.?$"
)
"""Openings that announce a conclusion, and equations that end in a value. placeholder"""
_SELF_TALK = re.compile(
    r"(?i)^(?:hm+|wait|hold on|okay|ok|alright|right|let me (?:see|think|check|re)|let's (?:see|"
    r"think|check)|actually|no,|oops|i (?:think|wonder|should|need|might))\b"
)
"""Openings of what a model says to itself; Ding et al. (2025), arXiv 2510.11545. placeholder"""


def sentences_of(text: str) -> list[str]:
    r"""The sentences and lines of a text, in order.

    Examples:
        >>> sentences_of("Two and two. So 4!\n\nx = 4")
        ['Two and two.', 'So 4!', 'x = 4']
    """
    return [part.strip() for part in _ENDS.split(text) if part.strip()]


def concludes(sentence: str) -> bool:
    """Whether a sentence says what follows from those before it.

    Examples:
        >>> concludes("So it is 4."), concludes("2 + 2 = 4."), concludes("Take both.")
        (True, True, False)
    """
    return _CONCLUDES.search(sentence) is not None


def is_self_talk(sentence: str) -> bool:
    """Whether a model says it to itself, and nothing follows from it.

    Examples:
        >>> is_self_talk("Hmm, let me see."), is_self_talk("The sum is 4.")
        (True, False)
    """
    return _SELF_TALK.search(sentence) is not None and not concludes(sentence)

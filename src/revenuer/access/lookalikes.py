"""Domains that look like another's: confusable letters, a slip of a key, a borrowed name."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from revenuer.access.mail import spelled

MAIL_HOUSES = (
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "yahoo.com",
    "icloud.com",
    "proton.me",
    "protonmail.com",
    "fastmail.com",
    "yandex.com",
    "naver.com",
)
"""Mail houses whose names are imitated; short names such as `gmx` have honest neighbours."""
LEAST_SLIP = 5
"""Letters of a mail house's name from which one slip is told from another name. placeholder"""
LEAST_SCHOOL_SLIP = 7
"""Likewise for institutions, whose names are many. placeholder"""
SCHOOL_WORDS = ("edu", "ac", "campus", "student", "students", "alumni")
"""Words that make a school's name into a domain of somebody else. `university` and `college` are
in too many honest names."""
SCHOOL_ENDINGS = frozenset(("edu", "ac"))
"""Endings, or the parts before a country's, under which only institutions register: there,
neighbours are honest. As the registries of `.edu` and of most `ac.` and `edu.` endings ask."""
LEAST_PART = 5
"""Letters of the part of a name between hyphens, in which one slip is told from another word.
placeholder"""
_LETTERS = string.ascii_lowercase + string.digits + "-"
_PAIRS = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("5", "s"), ("3", "e"))


class LookAlikes:
    """Finds whom a domain imitates.

    Args:
        houses: Domains of well-known mail houses.
        institutions: Domains of institutions.
        letters: Confusable letter to the ASCII letter it is mistaken for.

    Source:
        Unicode Technical Standard 39, "Unicode Security Mechanisms", section 4, on skeletons.
    """

    def __init__(
        self, houses: Iterable[str], institutions: Iterable[str], letters: Mapping[str, str]
    ) -> None:
        self._letters = str.maketrans(dict(letters))
        self._houses = frozenset(houses)
        self._institutions = frozenset(institutions)
        self._known = self._houses | self._institutions
        self._folded = {self.skeleton(domain): domain for domain in sorted(self._known)}
        names: dict[str, str] = {}
        for domain in sorted(self._institutions, key=len, reverse=True):
            names[domain.split(".", 1)[0]] = domain
        self._names = names
        self.imitated = lru_cache(maxsize=65_536)(self._imitated)

    def skeleton(self, domain: str) -> str:
        """What a hurried eye takes a domain for."""
        seen = spelled(domain).translate(self._letters)
        for written, read in _PAIRS:
            seen = seen.replace(written, read)
        return seen

    def _imitated(self, domain: str) -> str | None:
        """The known domain that this one is easily taken for; None if there is none.

        Args:
            domain: A registrable domain in ASCII.
        """
        if domain in self._known:
            return None
        found = self._folded.get(self.skeleton(domain))
        return found or self._slip(domain) or self._borrowed(domain)

    def _slip(self, domain: str) -> str | None:
        name, _, suffix = domain.partition(".")
        for near in _one_slip(name):
            other = f"{near}.{suffix}"
            if other not in self._known or not _alike(name, near):
                continue
            if other in self._houses and len(near) >= LEAST_SLIP:
                return other
            if suffix.partition(".")[0] not in SCHOOL_ENDINGS and len(near) >= LEAST_SCHOOL_SLIP:
                return other
        return next((house for house in self._houses if _other_ending(house, domain)), None)

    def _borrowed(self, domain: str) -> str | None:
        """`stanford-edu.com`, `edu-stanford.org`: a school's name with a school's word."""
        name, _, suffix = domain.partition(".")
        if suffix.partition(".")[0] in SCHOOL_ENDINGS:
            return None
        first, _, last = name.partition("-")
        for word, other in ((first, last), (last, first)):
            if word in SCHOOL_WORDS and len(other) >= LEAST_SLIP and other in self._names:
                return self._names[other]
        other = name.removesuffix("edu")
        if other != name and len(other) >= LEAST_SCHOOL_SLIP and other in self._names:
            return self._names[other]
        return None


def _alike(name: str, near: str) -> bool:
    """Whether two names at one slip are read alike: the slip is not in a short part of them.

    Examples:
        `mh-luebeck` and `fh-luebeck` are two schools, and `cloud` is not `icloud`.
    """
    if name[0] != near[0]:
        return False
    mine, other = name.split("-"), near.split("-")
    if len(mine) != len(other):
        return True
    return all(
        a == b or min(len(a), len(b)) >= LEAST_PART for a, b in zip(mine, other, strict=True)
    )


def _other_ending(house: str, domain: str) -> bool:
    """`gmail.co`, `gmail.cm`: the house's name under an ending that it does not have."""
    name, _, ending = domain.partition(".")
    mine, _, own = house.partition(".")
    return name == mine and len(name) >= LEAST_SLIP and _near_endings(ending, own)


def _near_endings(ending: str, own: str) -> bool:
    """Whether one ending is the other with a letter less, more or exchanged."""
    return ending != own and (own in set(_one_slip(ending)) or ending == own.replace(".", ""))


def _one_slip(name: str) -> Iterator[str]:
    """All names at one slip of a key: a letter less, more, another, or two exchanged."""
    for at in range(len(name)):
        before, after = name[:at], name[at + 1 :]
        yield before + after
        if after:
            yield before + after[0] + name[at] + after[1:]
        for letter in _LETTERS:
            yield before + letter + after
            yield before + letter + name[at:]
    for letter in _LETTERS:
        yield name + letter

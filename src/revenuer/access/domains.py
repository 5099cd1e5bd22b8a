"""What kind of domain an e-mail address is of, from tables that are passed in."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from revenuer.access.lookalikes import LookAlikes

RELAYS = frozenset(
    (
        "privaterelay.appleid.com",
        "duck.com",
        "mozmail.com",
        "relay.firefox.com",
        "simplelogin.com",
        "simplelogin.co",
        "simplelogin.fr",
        "simplelogin.io",
        "slmail.me",
        "slmails.com",
        "aleeas.com",
        "8alias.com",
        "8shield.net",
        "dralias.com",
        "silomails.com",
        "anonaddy.com",
        "anonaddy.me",
        "addy.io",
        "addymail.com",
        "passmail.net",
        "passmail.com",
        "passinbox.com",
        "passfwd.com",
        "cloaked.id",
        "forwardemail.net",
        "maskmyemail.com",
    )
)
"""Addresses of these forward to a person's own, for life; some lists call them disposable.
From the providers' own pages."""
_DIGITS = re.compile(r"\d+")
LEAST_FAMILY_LETTERS = 4
"""Letters beside the digits of a domain's name from which a shared pattern says something.
placeholder"""


class DomainKind(StrEnum):
    """What a domain is, the first that holds."""

    RELAY = "relay"
    ACADEMIC = "academic"
    FREE = "free"
    DISPOSABLE = "disposable"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Domain:
    """What is known of a domain.

    Attributes:
        name: In ASCII and small letters.
        registrable: The part that one party registered.
        kind: What it is.
        votes: How many lists call it disposable.
        former: Whether it is a list's "no longer academic", such as alumni's.
        imitates: The known domain that it is easily taken for.
    """

    name: str
    registrable: str
    kind: DomainKind
    votes: int = 0
    former: bool = False
    imitates: str | None = None

    @property
    def family(self) -> str:
        """The domains that differ from it in numbers only."""
        label, dot, ending = self.registrable.partition(".")
        # The digits of a name in other letters spell those letters.
        pattern = label if label.startswith("xn--") else _DIGITS.sub("#", label)
        letters = sum(letter.isalpha() for letter in pattern)
        return pattern + dot + ending if letters >= LEAST_FAMILY_LETTERS else self.registrable


class DomainTables:
    """Tables of domains.

    Args:
        registrable: Domain to the part that one party registered, by the public suffix list;
            None for a bare suffix.
        disposable: Lists of disposable domains, one vote each; the most careful one first.
        free: Mail houses that give addresses to anybody.
        academic: Domains of institutions.
        academic_endings: Endings under which only institutions register.
        former: Domains that look academic and are not, or no longer.
        look_alikes: Who is imitated.
        trusted: Domains that the operator itself knows to be somebody's own.
    """

    def __init__(
        self,
        *,
        registrable: Callable[[str], str | None] | None = None,
        disposable: tuple[Collection[str], ...] = (),
        free: Collection[str] = (),
        academic: Collection[str] = (),
        academic_endings: Collection[str] = (),
        former: Collection[str] = (),
        look_alikes: LookAlikes | None = None,
        trusted: Collection[str] = (),
    ) -> None:
        self._registrable = registrable or _two_labels
        self._disposable = disposable
        self._free = free
        self._academic = academic
        self._endings = academic_endings
        self._former = former
        self._look_alikes = look_alikes or LookAlikes((), (), {})
        self._trusted = trusted
        self.lookup = lru_cache(maxsize=65_536)(self._lookup)

    @property
    def blind(self) -> tuple[str, ...]:
        """What cannot be told without tables."""
        named = {
            "disposable": any(self._disposable),
            "free": self._free,
            "academic": self._academic,
        }
        return tuple(name for name, table in named.items() if not table)

    def skeleton(self, text: str) -> str:
        """What a hurried eye takes a text for."""
        return self._look_alikes.skeleton(text)

    def _lookup(self, name: str) -> Domain:
        """Say what a domain is.

        Args:
            name: From `mail.hostname`.
        """
        registrable = self._registrable(name) or name
        above = tuple(_from(name, registrable))
        votes = sum(any(part in table for part in above) for table in self._disposable)
        former = any(part in self._former for part in above)
        kind = self._kind(above, votes, former=former)
        imitates = None
        if kind is DomainKind.OWN and not any(part in self._trusted for part in above):
            imitates = self._look_alikes.imitated(registrable)
        if kind is not DomainKind.DISPOSABLE:
            votes = 0
        return Domain(name, registrable, kind, votes, former, imitates)

    def _kind(self, above: tuple[str, ...], votes: int, *, former: bool) -> DomainKind:
        if any(part in RELAYS for part in above):
            return DomainKind.RELAY
        if any(part in self._trusted for part in above):
            return DomainKind.OWN
        free = any(part in self._free for part in above)
        # The first list's word counts alone; the others' must not contradict the mail houses'.
        if votes and (not free or any(part in self._disposable[0] for part in above)):
            return DomainKind.DISPOSABLE
        # Members past and present, none of whom speaks for the institution.
        if free or former:
            return DomainKind.FREE
        return DomainKind.ACADEMIC if self._institution(above) else DomainKind.OWN

    def _institution(self, above: tuple[str, ...]) -> bool:
        ending = above[-1]
        while dot := ending.partition(".")[2]:
            if dot in self._endings:
                return True
            ending = dot
        return any(part in self._academic for part in above)


def _from(name: str, registrable: str) -> Iterator[str]:
    """A domain and those above it, down to the registrable one."""
    while True:
        yield name
        if name == registrable or "." not in name:
            return
        name = name.partition(".")[2]


def _two_labels(name: str) -> str:
    """The last two labels, where there is no public suffix list."""
    return ".".join(name.rsplit(".", 2)[-2:])

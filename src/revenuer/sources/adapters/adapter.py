"""What an adapter is: it recognises a record, and says it in the contract's names."""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

Record = Mapping[str, object]
Row = dict[str, object]
DIGEST_CHARS = 32


class NotAnExchangeError(ValueError):
    """A record of the right format that cannot be said as an exchange."""


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """Turns names that must not be stored into ones that can still be compared.

    Attributes:
        key: Secret of the keyed hash for names that could be guessed.
    """

    key: bytes

    def person(self, name: str) -> str:
        """A keyed hash of an end user's name: without the key nobody can try names."""
        return hmac.new(self.key, name.encode(), hashlib.sha256).hexdigest()[:DIGEST_CHARS]

    @staticmethod
    def secret(text: str) -> str:
        """A plain hash of an API key, the same in every scan.

        A key is random enough that nobody can try all of them, so it needs no secret.

        Examples:
            >>> Pseudonyms.secret("sk-test") == Pseudonyms.secret("Bearer sk-test")
            True
        """
        bare = text.removeprefix("Bearer ").removeprefix("bearer ").strip()
        return "key-" + hashlib.sha256(bare.encode()).hexdigest()[:DIGEST_CHARS]

    @staticmethod
    def block(text: str) -> str:
        """A short stand-in for an encrypted block, equal where the block is."""
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Found:
    """One exchange in a record.

    Attributes:
        row: Its columns under the contract's names; what is unknown is left out or None.
        source: Where a column map looks for the operator's own names.
    """

    row: Row
    source: Record


class Adapter(Protocol):
    """Reads one log format. Stateless, so that files may be read in any order."""

    name: str
    title: str

    def claims(self, record: Record) -> bool:
        """Whether a record looks like this format."""
        ...

    def read(self, record: Record, pseudonyms: Pseudonyms) -> Iterable[Found]:
        """The exchanges in a record; none if it is about something else.

        Raises:
            NotAnExchangeError: It should hold one and does not.
        """
        ...


def mapping(value: object) -> Record:
    """The value if it is an object, else an empty one, so that lookups can be chained."""
    return value if isinstance(value, Mapping) else {}


def items(value: object) -> list[Record]:
    """The objects of a list; empty if it is none."""
    return [part for part in value if isinstance(part, Mapping)] if isinstance(value, list) else []


def text(value: object) -> str | None:
    """The value if it is a non-empty text."""
    return value if isinstance(value, str) and value else None


def whole(value: object) -> int | None:
    """The value as an integer, also from text as access logs write it; None if it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            return None
    return None


def real(value: object) -> float | None:
    """The value as a finite number, also from text; None if it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def first(record: Record, *names: str) -> object:
    """The value of the first of these names that has one."""
    for name in names:
        value = record.get(name)
        if value is not None and value != "":
            return value
    return None


def total(*parts: int | None) -> int | None:
    """The sum of what is known; None if nothing is."""
    known = [part for part in parts if part is not None]
    return sum(known) if known else None


def epoch(seconds: object) -> datetime | None:
    """A moment from seconds since 1970; None if it is no number."""
    count = real(seconds)
    if count is None or not 0 < count < 1e11:
        return None
    return datetime.fromtimestamp(count, UTC)

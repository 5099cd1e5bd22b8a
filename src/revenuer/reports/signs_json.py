"""`signs.json`: the early signs of a watch, written and read back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from revenuer.errors import SourceError
from revenuer.records import Sign

SCHEMA = "revenuer/signs/1"
DIGITS = 6


@dataclass(frozen=True, slots=True)
class _Document:
    schema: str
    at: datetime
    blind: tuple[str, ...]
    signs: tuple[Sign, ...]


def signs_to_json(signs: Sequence[Sign], blind: Sequence[str], at: datetime) -> str:
    """Write signs as `signs.json`.

    Args:
        signs: Of one look.
        blind: What could not be looked for, and why, a sentence each.
        at: Time of the look.

    Returns:
        The file's text, the same for equal signs.
    """
    tidy = tuple(_tidy(one) for one in signs)
    document = _Document(SCHEMA, at, tuple(blind), tidy)
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def signs_from_json(text: str | bytes) -> tuple[Sign, ...]:
    """Read the signs of a look back.

    Raises:
        SourceError: The text is no `signs.json` of this schema.
    """
    try:
        document = msgspec.json.decode(text, type=_Document)
    except msgspec.DecodeError as error:
        hint = "Give the signs.json that a watch wrote, unedited."
        raise SourceError(f"signs.json cannot be read: {error}", hint) from error
    if document.schema != SCHEMA:
        hint = "Read the file with the version that wrote it."
        raise SourceError(
            f"signs.json has the schema {document.schema!r}, and this Revenuer reads {SCHEMA!r}",
            hint,
        )
    return document.signs


def _tidy(sign: Sign) -> Sign:
    """The sign with numbers that JSON can say, in the order of their names' coming."""
    return replace(sign, numbers={name: _digits(value) for name, value in sign.numbers.items()})


def _digits(value: int | float) -> int | float:
    if isinstance(value, int):
        return value
    return float(f"{value:.{DIGITS}g}") if math.isfinite(value) else 0.0

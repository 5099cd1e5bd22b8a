"""Exhibits kept as JSON, so that a report can be drawn again without the logs.

They hold example texts as they were shown, masked or not: whoever may read the report
may read this, and nobody else.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from revenuer.errors import SourceError
from revenuer.records import Exhibit


def exhibits_to_json(exhibits: Sequence[Exhibit]) -> str:
    """Write exhibits, the same text for equal ones."""
    return msgspec.json.format(msgspec.json.encode(tuple(exhibits)), indent=1).decode() + "\n"


def exhibits_from_json(text: str | bytes) -> tuple[Exhibit, ...]:
    """Read exhibits back.

    Raises:
        SourceError: The text is not what `exhibits_to_json` writes; the message says where.
    """
    try:
        return msgspec.json.decode(text, type=tuple[Exhibit, ...])
    except (msgspec.DecodeError, UnicodeError) as error:
        raise SourceError(
            f"the exhibits cannot be read: {error}", "Scan again to have them written anew."
        ) from error

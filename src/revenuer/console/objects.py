"""The objects of a bundle as they are written, by type: the first of each, and all for who asks."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from revenuer.console.page import Visit

ASKED = "objects"
"""What the query calls the type whose objects are all written."""
FIRST = 20
"""Objects of a type that are written unless somebody asks for all. A campaign of 24,000 accounts
has hundreds that differ in one value, and each value stands in a table. placeholder"""


@dataclass(frozen=True, slots=True)
class Objects:
    """The objects of one type.

    Attributes:
        type: As STIX calls it.
        count: How many there are.
        texts: Those that are written.
        all_url: Where all are; empty where they are here.
        asked: Whether somebody asked for all.
    """

    type: str
    count: int
    texts: tuple[str, ...]
    all_url: str
    asked: bool


def objects_of(visit: Visit, bodies: Iterable[Mapping[str, Any]]) -> list[Objects]:
    """The objects of a bundle by type, in the order in which types come."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for one in bodies:
        found.setdefault(str(one["type"]), []).append(one)
    return [_objects(visit, kind, every) for kind, every in found.items()]


def _objects(visit: Visit, kind: str, every: list[Mapping[str, Any]]) -> Objects:
    asked = visit.query.get(ASKED) == kind
    written = every if asked else every[:FIRST]
    kept = [(key, said) for key, said in visit.query.multi_items() if key != ASKED]
    url = f"{visit.url.partition('?')[0]}?{urlencode([*kept, (ASKED, kind)])}"
    all_url = url if len(written) < len(every) else ""
    return Objects(kind, len(every), tuple(map(_text, written)), all_url, asked)


def _text(one: Mapping[str, Any]) -> str:
    said = dict(one)
    if isinstance(one.get("schema"), str):
        said["schema"] = f"(a JSON Schema of {len(one['schema']):,} characters)"
    return json.dumps(said, indent=1, ensure_ascii=False)

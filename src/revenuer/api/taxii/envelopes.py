"""Objects as partners send them: an envelope of TAXII 2.1, section 3.7, and what is in it.

Each object is written anew from what was understood of it, so that whoever reads it later cannot
understand it otherwise: a key that stands there twice, or spaces, are gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from revenuer.api.bodies import read_json
from revenuer.api.problems import ProblemError
from revenuer.api.taxii.query import time_us
from revenuer.store.taxii_objects import Candidate

MOST_OBJECTS = 10_000
"""Objects of one envelope. placeholder"""
MOST_OBJECT_BYTES = 1_048_576
"""Bytes of one object. placeholder"""
_ID = re.compile(
    r"([a-z][a-z0-9-]{1,248}[a-z0-9])--[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
_NONE = object()
"""Neither modified nor created is there; null is no such thing."""
Read = Candidate | tuple[str, str, str]
"""An object that can be added, or the id, version and reason of one that cannot."""


def read_envelope(body: bytes) -> list[Read]:
    """The objects of an envelope.

    Raises:
        ProblemError: 400 where it is no JSON, 413 where there are too many, 422 where it is no
            envelope or an object has no id, so that nobody could be told what became of it.
    """
    value = read_json(body)
    objects = value.get("objects") if isinstance(value, dict) else None
    if not isinstance(objects, list) or not objects:
        raise ProblemError(
            422, "The body is no envelope.", 'It reads {"objects": [...]}, with an object at least.'
        )
    if len(objects) > MOST_OBJECTS:
        raise ProblemError(413, f"The envelope has more than {MOST_OBJECTS} objects.")
    return [_read(one, place) for place, one in enumerate(objects)]


def _read(one: Any, place: int) -> Read:
    id_ = one.get("id") if isinstance(one, dict) else None
    found = _ID.fullmatch(id_) if isinstance(id_, str) else None
    if found is None or not isinstance(id_, str):
        raise ProblemError(
            422, f"Object {place} of the envelope has no STIX id.", "It reads type--UUID."
        )
    said = one.get("modified", one.get("created", _NONE))
    version_us = time_us(said) if isinstance(said, str) else None
    version = said if isinstance(said, str) and version_us is not None else ""
    text = msgspec.json.encode(one)
    if problem := _problem(one, found[1], said, version_us, len(text)):
        return id_, version, problem
    maker = one.get("created_by_ref")
    return Candidate(
        id=id_,
        type=found[1],
        version=version,
        version_us=version_us,
        revoked=one.get("revoked") is True,
        maker=maker if isinstance(maker, str) else "",
        markings=tuple(_markings(one)),
        body=text,
    )


def _markings(one: dict[str, Any]) -> Iterator[str]:
    """The markings of an object, and those of parts of it (STIX 2.1, section 7.2)."""
    whole, parts = one.get("object_marking_refs"), one.get("granular_markings")
    named = list(whole) if isinstance(whole, list) else []
    if isinstance(parts, list):
        named += [part.get("marking_ref") for part in parts if isinstance(part, dict)]
    return (ref for ref in named if isinstance(ref, str))


def _problem(one: dict[str, Any], type_: str, said: Any, version_us: int | None, size: int) -> str:
    if one.get("type") != type_:
        return "its type is not that of its id"
    if type_ == "bundle":
        return "a bundle is no object of a collection: send what is in it"
    # Cyber-observables may leave it out; whatever has a time of its own may not.
    if one.get("spec_version", "2.1" if said is _NONE else "2.0") != "2.1":
        return "only STIX 2.1 is kept, and it does not say that it is"
    if said is not _NONE and version_us is None:
        return "its modified or created is no time such as 2027-01-31T12:00:00.000Z"
    if not isinstance(one.get("revoked", False), bool):
        return "its revoked is neither true nor false"
    return f"it has more than {MOST_OBJECT_BYTES} bytes" if size > MOST_OBJECT_BYTES else ""

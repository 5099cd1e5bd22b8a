"""Our own word that comes back is no second witness, through however many third parties."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from revenuer.sharing.profile import EXTENSION_ID

TAKEN = frozenset(
    {"campaign", "indicator", "infrastructure", "observed-data", "sighting", "opinion"}
)
"""Types of objects that can be a witness; a person decides about these."""
COMES_FROM = frozenset({"derived-from", "duplicate-of", "related-to"})
"""Relationships by which an object says that it rests on another."""
REFERENCES = ("sighting_of_ref", "object_refs", "observed_data_refs")
"""Properties by which it says so itself."""


@dataclass(frozen=True, slots=True)
class Ours:
    """What is our own and must not come back as a witness.

    Attributes:
        identities: Our identities.
        clusters: Our pseudonyms of campaigns.
        objects: Ids of objects that we made.
    """

    identities: frozenset[str] = frozenset()
    clusters: frozenset[str] = frozenset()
    objects: frozenset[str] = frozenset()


def echoes_in(objects: Iterable[Mapping[str, Any]], ours: Ours) -> frozenset[str]:
    """Ids of objects that are ours, or that by what is said rest on what is ours.

    Args:
        objects: Of one bundle.
        ours: What is our own.
    """
    every = list(objects)
    echoes = set(ours.objects) | {str(one.get("id")) for one in every if _is_ours(one, ours)}
    rests_on: dict[str, set[str]] = {}
    for one in every:
        for what, other in _rests(one):
            rests_on.setdefault(other, set()).add(what)
    waiting = list(echoes)
    while waiting:
        new = rests_on.get(waiting.pop(), set()) - echoes
        echoes |= new
        waiting += new
    return frozenset(echoes)


def _rests(one: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Pairs of an object and one that it rests on."""
    if one.get("type") == "relationship":
        if one.get("relationship_type") in COMES_FROM:
            yield str(one.get("source_ref")), str(one.get("target_ref"))
        return
    if one.get("type") in TAKEN:
        for place in REFERENCES:
            named = one.get(place)
            for other in named if isinstance(named, list) else [named]:
                yield str(one.get("id")), str(other)


def _is_ours(one: Mapping[str, Any], ours: Ours) -> bool:
    extensions = one.get("extensions")
    told = extensions.get(EXTENSION_ID) if isinstance(extensions, Mapping) else None
    cluster = told.get("cluster") if isinstance(told, Mapping) else None
    return str(one.get("created_by_ref")) in ours.identities or str(cluster) in ours.clusters

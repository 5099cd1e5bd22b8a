"""What a peer sent, read as a stranger's: which objects may wait for a person, and why others not.

Nothing here trusts a name, a time or a marking of the bundle. Sans I/O.

| fault | then |
|---|---|
| not JSON, too large, nested too deep, no bundle | the whole file is refused |
| a TLP marking whose content is not the published one | the whole file is refused: it is forged |
| no id of its type, no times, no maker, no TLP, a wrong word in the extension | the object |
| it is ours, or says that it comes from ours | the object: an echo is no second witness |
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from revenuer.sharing.bounded import UnreadableError, read_json
from revenuer.sharing.echoes import TAKEN, Ours, echoes_in
from revenuer.sharing.patterns import value_of
from revenuer.sharing.profile import (
    PROFILE_IDENTITY_ID,
    Details,
    ProfileError,
    details_of,
)
from revenuer.sharing.tiers import held_back
from revenuer.sharing.tlp import MARKING_IDS, OF_TLP_1, Tlp, label_of, marking

MOST_BYTES = 64_000_000
"""Of one file, unpacked. placeholder"""
MOST_OBJECTS = 100_000
"""Of one file. placeholder"""
LONGEST_NAME = 80
"""Letters of a peer's name that are kept. placeholder"""
ID = re.compile(
    r"([a-z][a-z0-9-]{2,249})--[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
)
COMPARED = ("name", "extensions", "definition", "definition_type", "created")
"""What makes a TLP marking what it is."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An object that may wait for a person's decision.

    Attributes:
        id: Of the object.
        type: Of the object.
        modified: Its version.
        creator: The identity that made it.
        tlp: Who may see it.
        revoked: Its maker took it back.
        cluster: The peer's name of the campaign; empty if it says none.
        kind: Of an indicator's value; empty for others.
        value: Of an indicator; empty for others.
        since: From when the value is a campaign's; None if it does not say.
        until: Until when; None if it does not say.
        body: The object.
    """

    id: str
    type: str
    modified: datetime
    creator: str
    tlp: Tlp
    revoked: bool
    cluster: str
    kind: str
    value: str
    since: datetime | None
    until: datetime | None
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refused:
    """An object that is not taken: its id as far as it has one, its type, and why."""

    id: str
    type: str
    why: str


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds.

    Attributes:
        taken: May wait for a decision.
        refused: May not.
        names: Of the identities that it names.
    """

    taken: tuple[Taken, ...]
    refused: tuple[Refused, ...]
    names: dict[str, str]


class _FaultError(Exception):
    """Why one object is not taken."""


def read_bundle(body: bytes, ours: Ours) -> Read:
    """Read a bundle, or a page of a TAXII collection.

    Args:
        body: Unpacked; of `MOST_BYTES` at most.
        ours: What is no witness.

    Raises:
        UnreadableError: It is none, or a marking in it is forged; nothing of it is taken.
    """
    objects = _objects(read_json(body))
    _check_markings(objects)
    echoes = echoes_in(objects, ours)
    taken, refused = [], []
    for one in objects:
        type_ = one.get("type")
        if type_ not in TAKEN:
            continue
        try:
            taken.append(_taken(one, echoes))
        except _FaultError as fault:
            refused.append(Refused(_shown_id(one), str(type_), str(fault)))
    return Read(tuple(taken), tuple(refused), _names(objects))


def _objects(told: Any) -> list[dict[str, Any]]:
    if not isinstance(told, dict) or told.get("type", "bundle") != "bundle":
        raise UnreadableError("is no STIX bundle and no page of a collection")
    objects = told.get("objects", [])
    if not isinstance(objects, list) or not all(isinstance(one, dict) for one in objects):
        raise UnreadableError("has objects that are none")
    if len(objects) > MOST_OBJECTS:
        raise UnreadableError(f"has more than {MOST_OBJECTS} objects")
    return objects


def _check_markings(objects: Iterable[Mapping[str, Any]]) -> None:
    published = {tlp.marking_id: marking(tlp) for tlp in Tlp}
    for one in objects:
        if one.get("type") != "marking-definition" or one.get("id") not in published:
            continue
        known = published[str(one["id"])]
        if any(one.get(name) != known.get(name) for name in COMPARED):
            raise UnreadableError("has a TLP marking with another meaning than the published one")


def _taken(one: Mapping[str, Any], echoes: frozenset[str]) -> Taken:
    id_, type_ = _id(one), str(one["type"])
    creator = one.get("created_by_ref")
    if not (isinstance(creator, str) and _is_id(creator, "identity")):
        raise _FaultError("does not say who made it")
    if creator == PROFILE_IDENTITY_ID:
        raise _FaultError("the profile makes no campaigns")
    if id_ in echoes:
        raise _FaultError("an echo: it is ours, or rests on what is ours")
    if one.get("spec_version") != "2.1":
        raise _FaultError("is not STIX 2.1")
    tlp = _tlp(one)
    try:
        details = details_of(one)
    except ProfileError as problem:
        raise _FaultError(problem.message.rstrip(".")) from None
    if details is not None and details.tlp is not tlp:
        raise _FaultError("its marking and its extension name different TLP labels")
    modified = _time(one, "modified", needed=True)
    assert modified is not None
    kind, value = _value(one, details) if type_ == "indicator" else ("", "")
    since, until = _span(one, details)
    return Taken(
        id=id_,
        type=type_,
        modified=modified,
        creator=creator,
        tlp=tlp,
        revoked=one.get("revoked") is True,
        cluster="" if details is None else details.cluster,
        kind=kind,
        value=value,
        since=since,
        until=until,
        body=one,
    )


def _id(one: Mapping[str, Any]) -> str:
    id_ = one.get("id")
    if not (isinstance(id_, str) and _is_id(id_, str(one.get("type")))):
        raise _FaultError("has no id of its type")
    return id_


def _is_id(text: str, type_: str) -> bool:
    found = ID.fullmatch(text)
    return found is not None and found.group(1) == type_


def _shown_id(one: Mapping[str, Any]) -> str:
    """The id, if it is one: what is shown is not to be a stranger's text."""
    id_ = one.get("id")
    return id_ if isinstance(id_, str) and ID.fullmatch(id_) else ""


def _tlp(one: Mapping[str, Any]) -> Tlp:
    refs = one.get("object_marking_refs", [])
    if not isinstance(refs, list) or not all(isinstance(ref, str) for ref in refs):
        raise _FaultError("has markings that are none")
    if set(refs) - set(MARKING_IDS.values()) - set(OF_TLP_1):
        raise _FaultError("has a marking that is not of TLP, and nobody here knows what it forbids")
    if one.get("granular_markings"):
        raise _FaultError("marks parts of it apart")
    found = label_of(refs)
    if found is None:
        raise _FaultError("has no TLP marking")
    return found


def _value(one: Mapping[str, Any], details: Details | None) -> tuple[str, str]:
    """Kind and value of an indicator of one value."""
    if details is None:
        raise _FaultError("does not carry the extension that names its campaign")
    pattern = one.get("pattern")
    if one.get("pattern_type") != "stix" or not isinstance(pattern, str):
        raise _FaultError("has no STIX pattern")
    found = value_of(pattern)
    if found is None:
        raise _FaultError("its pattern is not one value of a kind that is known here")
    why = held_back(*found)
    if why is not None:
        raise _FaultError(f"its value says nothing: {why}")
    return found


def _span(
    one: Mapping[str, Any], details: Details | None
) -> tuple[datetime | None, datetime | None]:
    since, until = _time(one, "valid_from"), _time(one, "valid_until")
    if details is not None:
        # The campaign was there before the indicator was written.
        since = min(filter(None, (since, details.window.first)))
        until = min(filter(None, (until, details.expires)))
    return since, until


def _time(one: Mapping[str, Any], name: str, *, needed: bool = False) -> datetime | None:
    told = one.get(name)
    if told is None and not needed:
        return None
    try:
        found = datetime.fromisoformat(str(told))
    except ValueError:
        raise _FaultError(f"its {name} is no time") from None
    if found.tzinfo is None:
        raise _FaultError(f"its {name} is no time of UTC")
    return found.astimezone(UTC)


def _names(objects: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Who made what, as they call themselves; shortened, and without what a screen obeys."""
    found = {}
    for one in objects:
        id_, name = one.get("id"), one.get("name")
        if one.get("type") == "identity" and isinstance(id_, str) and isinstance(name, str):
            shown = "".join(each for each in name if each.isprintable())[:LONGEST_NAME].strip()
            if _is_id(id_, "identity") and shown:
                found[id_] = shown
    return found

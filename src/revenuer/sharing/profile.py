"""Our STIX 2.1 profile: its names, its one extension, and how the extension is read.

Every object is a standard one; what STIX has no word for stands in one property-extension
(`Details`), which the JSON Schema in `schemas/` describes and a sentence in `description` says
again for people and for programs that skip extensions. Writers and readers use this file alone.
"""

from __future__ import annotations

import inspect
import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from importlib.resources import files
from typing import Annotated, Any, Literal

import msgspec

from revenuer.errors import PeerError
from revenuer.records import Method
from revenuer.sharing.tlp import Tlp

NAMESPACE = uuid.UUID("6b0d4a1e-93a4-5a0e-9a57-3c1f5be3d6f1")
"""Of every deterministic id of the profile (RFC 9562, version 5). Fixed for ever."""
CREATED = "2026-11-22T00:00:00.000Z"
"""When the profile's own objects were made; a change of the profile makes a new version."""
VERSION = "1.0.0"


def name_based(type_: str, *parts: str) -> str:
    """The id of an object: the same parts, the same id, on every machine.

    Examples:
        >>> name_based("campaign", "a", "b") == name_based("campaign", "a", "b")
        True
        >>> name_based("campaign", "ab") == name_based("campaign", "a", "b")
        False
    """
    return f"{type_}--{uuid.uuid5(NAMESPACE, chr(0x1F).join((type_, *parts)))}"


EXTENSION_ID = name_based("extension-definition", "distillation")
PROFILE_IDENTITY_ID = name_based("identity", "revenuer profile")


class Level(StrEnum):
    """How far the analysis itself is to be trusted, apart from how likely the finding is.

    Source: Intelligence Community Directive 203 (2015), D.6.e.(2)(b).
    """

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


class Manner(StrEnum):
    """How a campaign harvests: the Frontier Model Forum's five methods, or that it does not show.

    STIX allows no empty list, so what the traffic does not tell has a word too.
    """

    COT_EXFILTRATION = Method.COT_EXFILTRATION.value
    COT_CRITIQUING = Method.COT_CRITIQUING.value
    COT_AUTOGRADING = Method.COT_AUTOGRADING.value
    RL_PROMPT_GENERATION = Method.RL_PROMPT_GENERATION.value
    SYNTHETIC_DATA = Method.SYNTHETIC_DATA.value
    UNDETERMINED = "undetermined"


class Response(StrEnum):
    """What was done about the accounts when the object was made."""

    NONE = "none"
    OBSERVED = "observed"
    LIMITED = "limited"
    CHALLENGED = "challenged"
    BLOCKED = "blocked"
    UNDISCLOSED = "undisclosed"


class Said(StrEnum):
    """The verdict behind an object; others are not shared."""

    CONVICTED = "convicted"
    SUSPECTED = "suspected"


class Ladder(StrEnum):
    """How far an attribution goes; the network alone never gets beyond the second step."""

    BEHAVIOUR = "L0"
    OPERATOR = "L1"
    RESELLER = "L2"
    ORGANIZATION = "L3"


Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Percent = Annotated[int, msgspec.Meta(ge=0, le=100)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
ClusterId = Annotated[str, msgspec.Meta(pattern=f"^cluster--{UUID}$")]


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Part of the extension; unknown properties of a later version are passed over."""


class Window(_Part, frozen=True, kw_only=True, rename={"first": "from", "last": "to"}):
    """From when to when it was seen, by whole days."""

    first: Moment
    last: Moment


class Confidence(_Part, frozen=True, kw_only=True):
    """How far the analysis is to be trusted."""

    level: Level
    value: Percent


class Likelihood(_Part, frozen=True, kw_only=True):
    """How likely the finding is: a word of ICD 203 and its range in percent."""

    term: Text
    low_percent: Percent
    high_percent: Percent


class Attribution(_Part, frozen=True, kw_only=True):
    """Who may be behind it."""

    actor: Text
    level: Ladder
    rivals: Annotated[tuple[Text, ...], msgspec.Meta(max_length=50)] = ()


class Details(_Part, frozen=True, kw_only=True):
    """The extension: what an object says of a distillation campaign.

    Attributes:
        extension_type: As STIX wants it.
        profile_version: Of the profile that the writer followed.
        methods: How it harvests.
        window: When it was seen.
        cluster: The writer's pseudonym for the campaign, the same in every object of it.
        verdict: What the writer's own evidence suffices for.
        behaviour: What the accounts do, in plain words.
        confidence: How far the analysis is to be trusted.
        likelihood: How likely the finding is.
        response: What was done about it.
        expires: When nobody should act on it any more.
        tlp: Who may see it; the same as the object's marking.
        legal_basis: Why the writer may share it.
        permitted_use: What a receiver may do with it.
        kind: Of an indicator's value, as in `ties.parquet`.
        tier: How that kind may leave.
        key_id: Of a keyed value, the group's key.
        accounts: How many accounts, as a band.
        exchanges: How many requests, as a band.
        capabilities: Shares of the traffic by what it trains.
        attribution: Who may be behind it.
    """

    extension_type: Literal["property-extension"] = "property-extension"
    profile_version: Annotated[str, msgspec.Meta(pattern=r"^1\.\d+\.\d+$")] = VERSION
    methods: Annotated[tuple[Manner, ...], msgspec.Meta(min_length=1, max_length=5)]
    window: Window
    cluster: ClusterId
    verdict: Said
    behaviour: Text
    confidence: Confidence
    likelihood: Likelihood
    response: Response
    expires: Moment
    tlp: Tlp
    legal_basis: Text
    permitted_use: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1, max_length=20)]
    kind: Text | None = None
    tier: Literal["clear", "keyed"] | None = None
    key_id: Text | None = None
    accounts: Text | None = None
    exchanges: Text | None = None
    capabilities: dict[str, Share] | None = None
    attribution: Attribution | None = None


ALWAYS = ("extension_type", "profile_version")
"""Written though they have a default."""


class ProfileError(PeerError):
    """An object does not follow the profile; the message quotes none of its values."""


def extension_of(details: Details) -> dict[str, Any]:
    """The `extensions` property of an object."""
    said: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(details))
    said["window"] = {"from": stamp(details.window.first), "to": stamp(details.window.last)}
    said["expires"] = stamp(details.expires)
    said |= {name: getattr(details, name) for name in ALWAYS}
    return {EXTENSION_ID: dict(sorted(said.items()))}


def details_of(stix: Mapping[str, Any]) -> Details | None:
    """What an object says of a campaign; None if it does not carry the extension.

    Args:
        stix: An object as it came, of anybody.

    Raises:
        ProfileError: It carries the extension, and that is not as the profile says.
    """
    extensions = stix.get("extensions")
    if not isinstance(extensions, Mapping) or EXTENSION_ID not in extensions:
        return None
    try:
        found = msgspec.convert(extensions[EXTENSION_ID], type=Details)
    except (msgspec.ValidationError, RecursionError) as problem:
        # Only where it is wrong is told: what follows the colon may quote a value.
        where = str(problem).rpartition(" - at ")[2].strip("`") if " - at " in str(problem) else ""
        raise ProfileError(
            f"An object's extension is not as the profile says{_at(where)}."
        ) from None
    if found.window.last < found.window.first:
        raise ProfileError("An object's window ends before it begins.")
    return found


def _at(problem: str) -> str:
    where = problem.rpartition(" - at `$.")[2].rstrip("`")
    # A key of a hostile object may be anything.
    return f", at {where}" if re.fullmatch(r"[a-z_.]{1,40}", where) else ""


def stamp(at: datetime) -> str:
    """A time as STIX writes it, to the millisecond.

    Examples:
        >>> stamp(datetime(2026, 6, 1, 12, tzinfo=UTC))
        '2026-06-01T12:00:00.000Z'
    """
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def schema_text() -> str:
    """The JSON Schema of objects that carry the extension, as it is published."""
    return files("revenuer.sharing").joinpath("schemas", f"{EXTENSION_ID}.json").read_text("utf-8")


def json_schema() -> dict[str, Any]:
    """The same, made from `Details`; the published file is written from it."""
    (_,), parts = msgspec.json.schema_components([Details], ref_template="#/$defs/{name}")
    for part in parts.values():
        part["description"] = inspect.cleandoc(part["description"])
    own = parts["Details"]
    own["required"] = sorted({*own["required"], *ALWAYS})
    found = {"properties": {EXTENSION_ID: {"$ref": "#/$defs/Details"}}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "An object of the Revenuer sharing profile",
        "description": f"Version {VERSION}. Unknown properties of the extension are allowed.",
        "type": "object",
        "properties": {"extensions": {"type": "object", **found}},
        "$defs": dict(sorted(parts.items())),
    }

"""`campaigns.json`: what a scan found, for programs.

The records are the schema: every field of `records.Campaign` is written under its own
name, in the order of the contract, and read back by type. Reading tolerates keys it does
not know, so that an older Revenuer reads the file of a newer one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from revenuer.errors import SourceError
from revenuer.records import Axis, Campaign, Findings, Scanned

SCHEMA = "revenuer/campaigns/1"
CAMPAIGN_KEYS = (
    "id",
    "supersedes",
    "verdict",
    "probability",
    "log_e_value",
    "axes",
    "methods",
    "capabilities",
    "taxonomy",
    "attribution",
    "account_ids",
    "innocents_nearby",
    "exchanges",
    "tasks",
    "output_tokens",
    "reasoning_tokens",
    "first_seen",
    "last_seen",
    "detected_at",
    "leaked_before_detection",
    "pivots",
    "evidence",
    "innocent_explanations",
)
SCANNED_NAMES = {"first": "from", "last": "to"}
TAXONOMIES = ("atlas", "owasp", "nist")
TIMES = ("first", "last", "first_seen", "last_seen", "detected_at", "at")
DECIMALS = 6
# JSON has no infinity; beyond a million nats nothing differs any more.
LARGEST = 1e6


def to_json(findings: Findings) -> str:
    """Write findings as `campaigns.json`; exhibits are not part of it.

    Numbers are rounded to six decimals. JSON has no NaN or infinity: NaN is written as
    0 (neutral), infinity as a million. A time without an offset is taken as UTC.

    Returns:
        The file's text, the same for equal findings.
    """
    document = {
        "schema": SCHEMA,
        "scanned": _scanned(findings.scanned),
        "campaigns": [_campaign(campaign) for campaign in findings.campaigns],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"


def from_json(text: str | bytes) -> Findings:
    """Read `campaigns.json` back, without exhibits.

    Raises:
        SourceError: The text is not JSON, of another schema, or a value is missing or
            of the wrong type; the message says where.
    """
    try:
        return _findings(_document(text))
    except (msgspec.DecodeError, UnicodeError) as error:
        raise SourceError(
            f"campaigns.json cannot be read: {error}",
            "Give the campaigns.json of an earlier scan, or the folder it is in, unedited.",
        ) from error


def _scanned(scanned: Scanned) -> dict[str, Any]:
    raw = _plain(scanned)
    raw["detector_versions"] = dict(sorted(raw["detector_versions"].items()))
    return {SCANNED_NAMES.get(key, key): value for key, value in raw.items()}


def _campaign(campaign: Campaign) -> dict[str, Any]:
    raw = _plain(campaign)
    raw["axes"] = {axis.value: raw["axes"].get(axis.value, 0.0) for axis in Axis}
    raw["capabilities"] = dict(sorted(raw["capabilities"].items(), key=_largest_first))
    raw["taxonomy"] = _taxonomy(raw["taxonomy"])
    return {key: raw[key] for key in CAMPAIGN_KEYS}


def _largest_first(item: tuple[str, float]) -> tuple[float, str]:
    return -item[1], item[0]


def _taxonomy(given: Mapping[str, Any]) -> dict[str, Any]:
    """The contract's three schemes, present even when empty, then any other."""
    return {scheme: given.get(scheme, []) for scheme in TAXONOMIES} | dict(sorted(given.items()))


def _plain(record: Scanned | Campaign) -> dict[str, Any]:
    """A record as dicts, lists, strings and finite rounded numbers."""
    plain = _tidy(msgspec.to_builtins(record, builtin_types=(datetime,)))
    return dict(plain)


def _tidy(value: Any) -> Any:
    if isinstance(value, float):
        return _finite(value)
    if isinstance(value, datetime):
        return _utc(value).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, dict):
        return {key: _tidy(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_tidy(item) for item in value]
    return value


def _finite(value: float) -> float:
    if math.isnan(value):
        return 0.0
    # Adding zero turns -0.0 into 0.0, which prints the same for equal findings.
    return round(min(max(value, -LARGEST), LARGEST), DECIMALS) + 0.0


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _document(text: str | bytes) -> dict[str, Any]:
    document = msgspec.json.decode(text, type=dict[str, Any])
    schema = document.get("schema")
    if schema != SCHEMA:
        raise SourceError(
            f"campaigns.json has the schema {schema!r}, and this Revenuer reads {SCHEMA!r}",
            "Scan again with this version, or read the file with the version that wrote it.",
        )
    return document


def _findings(document: dict[str, Any]) -> Findings:
    campaigns = msgspec.convert(document.get("campaigns"), list[dict[str, Any]])
    return Findings(
        scanned=_read_scanned(msgspec.convert(document.get("scanned"), dict[str, Any])),
        campaigns=tuple(_read_campaign(raw, place) for place, raw in enumerate(campaigns)),
    )


def _read_scanned(raw: dict[str, Any]) -> Scanned:
    names = {written: name for name, written in SCANNED_NAMES.items()}
    try:
        return msgspec.convert(_with_offset({names.get(k, k): v for k, v in raw.items()}), Scanned)
    except msgspec.ValidationError as error:
        raise msgspec.DecodeError(f"scanned: {error}") from error


def _read_campaign(raw: dict[str, Any], place: int) -> Campaign:
    try:
        kept = _with_offset(raw)
        axes = msgspec.convert(kept.get("axes"), dict[str, float])
        kept["axes"] = {axis: axes[axis] for axis in Axis if axis in axes}
        taxonomy = msgspec.convert(kept.get("taxonomy", {}), dict[str, list[str]])
        kept["taxonomy"] = {scheme: ids for scheme, ids in taxonomy.items() if ids}
        return msgspec.convert(kept, Campaign)
    except msgspec.ValidationError as error:
        raise msgspec.DecodeError(f"campaign {place + 1}: {error}") from error


def _with_offset(raw: dict[str, Any]) -> dict[str, Any]:
    """The same record with every time in UTC, for comparing with other times."""
    return {key: _read_time(key, value) for key, value in raw.items()}


def _read_time(key: str, value: Any) -> Any:
    if key == "pivots" and isinstance(value, list):
        return [_with_offset(item) if isinstance(item, dict) else item for item in value]
    if key in TIMES and isinstance(value, str):
        return _utc(msgspec.convert(value, datetime))
    return value
